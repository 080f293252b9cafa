"""What surrounds the operation: other methods and paths, and the connection."""

from collections.abc import Iterator

from imagebuilder_conformance.client.messages import Exchange, Fault
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held


class StartedOffOperation(Failure):
    """A request with another method or path started an image."""

    code = "off-operation.started"
    title = "A request that is not for the operation started an image"
    hint = "Route by method and path, both exactly."


def starts_nothing(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """What is not for the operation is not answered with an image."""
    if exchange.answer is None:
        return
    if exchange.is_success and exchange.image is not None:
        expected = f"no image for {exchange.request.label}"
        yield StartedOffOperation(clause, expected, str(exchange), (exchange,))
    else:
        yield Held(clause)


class ConnectionSpoilt(Failure):
    """A valid request on a connection that had seen a refusal was dropped without an answer."""

    code = "connection.spoilt"
    title = "After a refusal the connection drops the next request"
    hint = "Read the refused body to its end, or send Connection: close with the refusal."


def answered_at_once(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """The first sending is answered, be it on a kept connection."""
    first = exchange.attempts[0]
    if first.fault is Fault.CLOSED and not first.stale:
        yield ConnectionSpoilt(clause, "an answer on the same connection", str(first.fault), (exchange,))
    else:
        yield Held(clause)
