"""JSON values that know where they stand, so that a reader can say in one sentence what is not as it should be."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn


class UnreadableModelError(Exception):
    """A model can't be had or read; the message is one sentence for people."""


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value and the dotted way to it. Whoever asks it for what it is not gets an `UnreadableModelError`."""

    value: Any
    where: str

    def at(self, key: str) -> "Node":
        """A member of an object that must be there."""
        found = self.get(key)
        if found is None:
            raise UnreadableModelError(f"{self.where}: expected a member {key!r}, and there is none")
        return found

    def get(self, key: str) -> "Node | None":
        """A member of an object, or None where it is absent."""
        members = self._object()
        return Node(members[key], f"{self.where}.{key}") if key in members else None

    def has(self, key: str) -> bool:
        """Whether an object has a member that is not false."""
        return self._object().get(key, False) is not False

    def members(self) -> Iterator[tuple[str, "Node"]]:
        """The members of an object, by name."""
        for key, value in self._object().items():
            yield key, Node(value, f"{self.where}.{key}")

    def elements(self) -> Iterator["Node"]:
        """The elements of an array."""
        if not isinstance(self.value, list):
            self._misfit("an array")
        for index, value in enumerate(self.value):
            yield Node(value, f"{self.where}.{index}")

    def text(self) -> str:
        """A string."""
        return self.value if isinstance(self.value, str) else self._misfit("a string")

    def status(self) -> int:
        """An HTTP status."""
        number = self.number()
        return number if isinstance(number, int) and 100 <= number <= 599 else self._misfit("an HTTP status")

    def number(self) -> int | float:
        """A number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self._misfit("a number")
        return self.value

    def _object(self) -> dict[str, Any]:
        return self.value if isinstance(self.value, dict) else self._misfit("an object")

    def _misfit(self, expected: str) -> NoReturn:
        shown = repr(self.value)
        raise UnreadableModelError(f"{self.where}: expected {expected}, got {shown[:60]}{'…' * (len(shown) > 60)}")


def text_of(node: Node | None) -> str | None:
    """The string of a node that may be absent."""
    return None if node is None else node.text()


def number_of(node: Node | None) -> int | float | None:
    """The number of a node that may be absent."""
    return None if node is None else node.number()
