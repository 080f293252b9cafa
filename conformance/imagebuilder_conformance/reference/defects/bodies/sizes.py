"""Defects in reading large and deep bodies."""

from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import crash
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault, HangUp
from imagebuilder_conformance.reference.messages import Call, StartRequest
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.validation import MAX_NESTING


@defect("body-deep-crashes", breaks="request.body.deep-nesting.client-error")
class BodyDeepCrashes(Behaviour):
    """A deeply nested body ends in a server error."""

    def parse(self, body: bytes) -> Any:
        """Let the stack overflow."""
        if _is_deep(body):
            raise crash()
        return super().parse(body)


@defect("body-deep-drops-connection", breaks="request.body.deep-nesting")
class BodyDeepDropsConnection(Behaviour):
    """A deeply nested body ends in a connection closed without an answer."""

    def parse(self, body: bytes) -> Any:
        """Let the worker die."""
        if _is_deep(body):
            raise HangUp
        return super().parse(body)


def _is_deep(body: bytes) -> bool:
    return max(body.count(b"["), body.count(b"{")) > MAX_NESTING


@defect("body-large-crashes", breaks="request.body.large.client-error")
class BodyLargeCrashes(Behaviour):
    """A large body ends in a server error."""

    def oversized(self) -> Fault:
        """Let a buffer overflow."""
        return crash()


class _BreaksNextRequests(Behaviour):
    """After some bodies the next three valid requests are refused."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.broken = 0

    def read(self, call: Call) -> StartRequest:
        """Recover slowly."""
        request = super().read(call)
        if self.broken:
            self.broken -= 1
            raise self.unreadable("trailing data")
        return request


@defect("body-deep-breaks-next-requests", breaks="request.body.deep-nesting")
class BodyDeepBreaksNextRequests(_BreaksNextRequests):
    """After a deeply nested body the next three valid requests are refused: the parser keeps its state."""

    def parse(self, body: bytes) -> Any:
        """Leave the parser in a mess."""
        if _is_deep(body):
            self.broken = 3
        return super().parse(body)


@defect("body-large-breaks-next-requests", breaks="request.body.large")
class BodyLargeBreaksNextRequests(_BreaksNextRequests):
    """After a large body the next three valid requests are refused: what is left of it is read as theirs."""

    def oversized(self) -> Fault:
        """Leave the rest unread."""
        self.broken = 3
        return super().oversized()


@defect("body-large-drops-connection", breaks="request.body.large")
class BodyLargeDropsConnection(Behaviour):
    """A large body ends in a connection closed without an answer."""

    def oversized(self) -> Fault:
        """Let the worker die."""
        raise HangUp
