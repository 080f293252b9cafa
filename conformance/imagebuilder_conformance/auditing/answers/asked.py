"""What an exchange asked, in words that hold for every target: the key by which the answers of two are paired."""

from collections.abc import Callable, Sequence

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.partial import known_or_none
from imagebuilder_conformance.oracles.validity import body_reader
from imagebuilder_conformance.target import token_space
from imagebuilder_spec import Contract

_RECORDED = "recorded"

Question = Callable[[Exchange], str]
"""Tells what an exchange asked; exchanges of which it says the same asked the same."""


def by_check(exchange: Exchange) -> str:
    """What a run asked: the check, and the label of the case."""
    return f"{exchange.check}: {exchange.request.label}"


def is_recorded(exchange: Exchange) -> bool:
    """Whether others recorded it, so that nobody says what it was for."""
    return exchange.check == _RECORDED


class ByRequest:
    """What requests ask by themselves: what is wrong with them, or how their token is used elsewhere on that side.

    No answer but a success is looked at, and no order but that of the successes of one token: answers are what is
    compared, and calls of one second have no order.
    """

    def __init__(self, exchanges: Sequence[Exchange], contract: Contract) -> None:
        """Get to know all exchanges of a side, in the order of their times."""
        self._read = body_reader(contract)
        self._owners: dict[str, Exchange] = {}
        self._pipelines: set[str] = set()
        for exchange in exchanges:
            pipeline = exchange.request.pipeline
            if pipeline is not None and _succeeded(exchange):
                self._owners.setdefault(_token(exchange), exchange)
                self._pipelines.add(pipeline)

    def __call__(self, exchange: Exchange) -> str:
        """What the request asks."""
        request = exchange.request
        if request.off_operation:
            return "another path or method"
        breaks = self._read(request.body).breaks
        if breaks:
            return f"a request that breaks {breaks[0]}"
        if request.token is None or request.pipeline is None:
            return "a request in a form that parsers may refuse"
        return self._of_token(exchange)

    def _of_token(self, exchange: Exchange) -> str:
        owner = self._owners.get(_token(exchange))
        if exchange.request.pipeline not in self._pipelines:
            return "a pipeline that never starts an image"
        if owner is None:
            return "a token that never gets an image"
        if owner.request.pipeline != exchange.request.pipeline:
            return "a token of another pipeline"
        return "a token's first image" if owner is exchange else "a token of this pipeline, beside its first image"


def _succeeded(exchange: Exchange) -> bool:
    return known_or_none(lambda: exchange.is_success) or False


def _token(exchange: Exchange) -> str:
    return f"{token_space(exchange.request.pipeline or '')} {exchange.request.token}"
