"""Answers of which only a part was recorded: what is not there raises, so that no oracle judges by it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_spec import Family, load_contract

T = TypeVar("T")


class NotRecordedError(Exception):
    """A recording does not hold what was asked for; whatever hangs on it can't be judged."""

    def __init__(self, part: str) -> None:
        super().__init__(f"{part} was not recorded")


class PartialMembers(dict[str, Any]):
    """Members of an answer of which there may have been more: asking for one that is not here raises."""

    def __missing__(self, name: str) -> Any:
        raise NotRecordedError(f"the member {name}")

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002  # the shape of dict.get
        """A member. Raises `NotRecordedError` where it is not here."""
        return self[name]

    def __contains__(self, name: object) -> bool:
        if not super().__contains__(name):
            raise NotRecordedError(f"the member {name}")
        return True


class PartialAnswer(Answer):
    """An answer as far as it was recorded. Each property raises `NotRecordedError` where it hangs on what was not.

    Only a record that names neither status nor bytes (CloudTrail's) says by itself whether the call succeeded, which
    code it was refused with, which message, and which members a success had.
    """

    _known: Mapping[str, Any]

    def __init__(
        self,
        *,
        status: int | None = None,
        headers: tuple[tuple[str, str], ...] | None = None,
        body: bytes | None = None,
        succeeded: bool | None = None,
        code: str | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        """Hold what was recorded; None is for what was not."""
        known = {
            "status": status,
            "headers": headers,
            "body": body,
            "succeeded": succeeded,
            "code": code,
            "members": None if members is None else PartialMembers(members),
        }
        # The class it extends is frozen, and has the first three as fields.
        object.__setattr__(self, "_known", known)

    @property
    def may_be_cut(self) -> bool:
        """It is not: nobody can ask again."""
        return False

    @property
    def may_be_a_gateways(self) -> bool:
        """Whether all that says so was recorded."""
        return bool(known_or_none(lambda: Answer.may_be_a_gateways.fget(self)))  # type: ignore[attr-defined]  # a property

    def _part(self, name: str) -> Any:
        value = self._known[name]
        if value is None:
            raise NotRecordedError(f"the {name} of the answer")
        return value

    def _has(self, name: str) -> bool:
        return self._known[name] is not None

    @property
    def status(self) -> int:
        """The status."""
        return int(self._part("status"))

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers."""
        headers: tuple[tuple[str, str], ...] = self._part("headers")
        return headers

    @property
    def body(self) -> bytes:
        """The bytes of the body."""
        body: bytes = self._part("body")
        return body

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx, or the record says that the call succeeded."""
        return super().is_success if self._has("status") else bool(self._part("succeeded"))

    @property
    def is_client_error(self) -> bool:
        """Whether the status is 4xx, or every admissible status of its code is."""
        return super().is_client_error if self._has("status") else self._every_status(lambda status: status < 500)

    @property
    def is_server_error(self) -> bool:
        """Whether the status is 5xx, or every admissible status of its code is."""
        return super().is_server_error if self._has("status") else self._every_status(lambda status: status >= 500)

    @property
    def is_throttled(self) -> bool:
        """Whether it says, by its status or by its code, that there were too many requests."""
        if self._has("status"):
            return super().is_throttled
        return not self.is_success and self.code in load_contract().errors.family(Family.THROTTLING)

    @property
    def members(self) -> dict[str, Any] | None:
        """The JSON object of the body, or the members of a success that are known."""
        if not self._has("members"):
            return super().members
        members: PartialMembers = self._part("members")
        return members

    @property
    def named_code(self) -> str | None:
        """The code that the record names, or that of the header, then the body."""
        return str(self._part("code")) if self._has("code") else super().named_code

    def _every_status(self, holds: Callable[[int], bool]) -> bool:
        """What all statuses that the table of errors admits for the code agree on."""
        if self.is_success:
            return False
        answers = {holds(status) for status in load_contract().errors.statuses(self.code or "") or ()}
        if len(answers) != 1:
            raise NotRecordedError("the status of the answer")
        return answers.pop()

    def __str__(self) -> str:
        """What is known, in a few words on one line, for `received`."""
        known = [str(self.status)] if self._has("status") else []
        if known_or_none(lambda: self.is_success):
            image = known_or_none(lambda: self.image)
            known.append(f"with image {image}" if image else "as a success")
        else:
            code = known_or_none(lambda: self.code)
            known.append(code or "without a known error code")
        return " ".join(" ".join(known).split())

    # The fields of the class that it extends may be missing, so it is compared by what is known.
    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartialAnswer) and self._known == other._known

    def __hash__(self) -> int:
        return hash((PartialAnswer, str(self)))


def known_or_none(read: Callable[[], T]) -> T | None:
    """What was recorded, or None where it was not."""
    try:
        return read()
    except NotRecordedError:
        return None
