"""Requests that are not for the operation: other methods, other paths."""

from collections.abc import Iterator

from imagebuilder_conformance.client.messages import Exchange
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
