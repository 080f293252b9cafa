"""Defects in reading JSON that is seldom written so, and says what other JSON says."""

import re
from typing import Any, ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import crash
from imagebuilder_conformance.reference.defects.registry import defect


@defect("escaped-slash-refused", breaks="idempotency.replay.encoding")
class EscapedSlashRefused(Behaviour):
    """A slash may not be escaped, as every writer in PHP does by default: the parser is hand-written."""

    def parse(self, body: bytes) -> Any:
        """Know no such escape."""
        if rb"\/" in body:
            raise self.unreadable("an escape is not known")
        return super().parse(body)


@defect("short-escapes-unread", breaks="idempotency.replay.encoding")
class ShortEscapesUnread(Behaviour):
    """Of the short escapes those for backspace and form feed are read as their letters."""

    def parse(self, body: bytes) -> Any:
        """Drop the backslash."""
        return super().parse(re.sub(rb"(?<!\\)\\([bf])", rb"\1", body))


class _Refuses(Behaviour):
    """Some spelling is refused wherever it is."""

    spelling: ClassVar[re.Pattern[bytes]]

    def parse(self, body: bytes) -> Any:
        """Refuse it."""
        if self.spelling.search(body):
            raise self.unreadable("a value can't be read")
        return super().parse(body)


@defect("exponent-refused", breaks="request.body.unknown-members")
class ExponentRefused(_Refuses):
    """A number may have no exponent: the parser is hand-written."""

    spelling = re.compile(rb"[:\[, ]-?[0-9.]+[eE]")


@defect("fraction-refused", breaks="request.body.unknown-members")
class FractionRefused(_Refuses):
    """A number may have no fraction: the parser knows integers only."""

    spelling = re.compile(rb"[:\[, ]-?[0-9]+\.[0-9]")


@defect("negative-zero-refused", breaks="request.body.unknown-members")
class NegativeZeroRefused(_Refuses):
    """A zero may have no sign: numbers are read by a pattern."""

    spelling = re.compile(rb"[:\[, ]-0[,\]} ]")


@defect("delete-refused", breaks="request.body.unknown-members")
class DeleteRefused(_Refuses):
    """DEL may not be in a text as it is, as if it were one of the characters that JSON has escaped."""

    spelling = re.compile(rb"\x7f")


@defect("line-separator-refused", breaks="request.body.unknown-members")
class LineSeparatorRefused(_Refuses):
    """A line separator may not be in a text as it is, as in JavaScript before 2019."""

    spelling = re.compile("\u2028".encode())


@defect("noncharacter-refused", breaks="request.body.unknown-members")
class NoncharacterRefused(_Refuses):
    """Noncharacters may not be in a text as they are: they are taken for broken UTF-8."""

    spelling = re.compile("\uffff".encode())


class _RefusesMember(Behaviour):
    """A member is refused for what it is, also where the operation does not know it."""

    def refuses(self, name: str, value: Any) -> bool:
        """Whether it is."""
        raise NotImplementedError

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Look at each of them."""
        if any(self.refuses(name, value) for name, value in document.items()):
            raise crash()
        return super().members(document)


@defect("unknown-null-crashes", breaks="request.body.unknown-members")
class UnknownNullCrashes(_RefusesMember):
    """A member that is not known and null ends in a server error, as every value is asked for its length."""

    def refuses(self, name: str, value: Any) -> bool:
        """Whether it has none."""
        return value is None and name not in self.schema.members


@defect("unknown-boolean-crashes", breaks="request.body.unknown-members")
class UnknownBooleanCrashes(_RefusesMember):
    """A member that is not known and a boolean ends in a server error, as no such type is mapped."""

    def refuses(self, name: str, value: Any) -> bool:
        """Whether it is one."""
        return isinstance(value, bool) and name not in self.schema.members


@defect("member-without-name-crashes", breaks="request.body.unknown-members")
class MemberWithoutNameCrashes(_RefusesMember):
    """A member whose name is empty ends in a server error, as its first letter is looked at."""

    def refuses(self, name: str, value: Any) -> bool:  # noqa: ARG002 - a step keeps its parameters
        """Whether it has none."""
        return not name
