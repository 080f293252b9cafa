"""What the generators yield beside bare values: a value together with the one thing it shows or breaks."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Edge(Generic[T]):
    """A valid value at an edge of what the contract allows; `label` says at which (`token.longest`)."""

    value: T
    label: str


@dataclass(frozen=True, slots=True)
class Invalid(Generic[T]):
    """A value that breaks the contract in one way; `violates` names it (`arn.account.eleven-digits`).

    `judged` is False where the break is not beyond dispute, so that an answer to it is worth recording only.
    """

    value: T
    violates: str
    judged: bool = True


class InvalidToken(Invalid[str]):
    """A text that is not a legal clientToken."""

    __slots__ = ()


class InvalidArn(Invalid[str]):
    """A text that is not a legal imagePipelineArn."""

    __slots__ = ()


class InvalidTags(Invalid[Any]):
    """A JSON value that is not a legal map of tags."""

    __slots__ = ()


class InvalidRequest(Invalid[dict[str, Any]]):
    """A JSON object that is not a legal request; `value` can be given to `json.dumps`."""

    __slots__ = ()


class MalformedBody(Invalid[bytes]):
    """The bytes of a body that no JSON object of the request's members can be read from."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Two legal tokens that differ, but that a sloppy implementation takes for one; `label` says which sloppiness."""

    label: str
    first: str
    second: str

    @property
    def ascii(self) -> bool:
        """Whether both tokens are of printable ASCII characters only, which every target must accept."""
        return printable_ascii(self.first) and printable_ascii(self.second)


@dataclass(frozen=True, slots=True)
class NearTags:
    """Two legal maps of tags that differ, but that a sloppy implementation takes for one; `label` says how."""

    label: str
    first: dict[str, str]
    second: dict[str, str]


def printable_ascii(text: str) -> bool:
    r"""Whether the text is of printable ASCII characters only (blanks count as printable).

    Examples:
        >>> printable_ascii("run 1"), printable_ascii("tab\t")
        (True, False)
    """
    return text.isascii() and text.isprintable()
