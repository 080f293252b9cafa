"""Invalid requests: refused, by a client error, before anything is looked up."""

from collections.abc import Iterator

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_conformance.oracles.hindrances import is_denied
from imagebuilder_conformance.oracles.parameters import is_legal
from imagebuilder_conformance.oracles.starts import MISMATCH, NOT_FOUND
from imagebuilder_spec import Contract


class InvalidAccepted(Failure):
    """An invalid request was a success."""

    code = "invalid.accepted"
    title = "An invalid request was accepted"
    hint = "Validate the request against the limits and patterns of the contract before anything else."

    def is_allowed(self, contract: Contract) -> bool:
        """Where the request is legal."""
        return is_legal(self.exchanges[0].request, contract)


class InvalidCrashes(Failure):
    """An invalid request was answered with a server error, again after retries."""

    code = "invalid.server-error"
    title = "An invalid request was answered with a server error"
    hint = "An unexpected value reaches code that can't deal with it; validate first and answer 400."


class InvalidUnanswered(Failure):
    """An invalid request got no answer, again on a fresh connection."""

    code = "invalid.unanswered"
    title = "An invalid request got no answer"
    hint = "The handler probably dies on this input; validate first and answer 400."


class InvalidLookedUp(Failure):
    """A malformed ARN was looked up instead of refused."""

    code = "invalid.looked-up"
    title = "A malformed ARN was looked up before it was validated"
    hint = "Hold the whole ARN against the pattern before looking the pipeline up; a prefix match is not enough."


class InvalidTakenForMismatch(Failure):
    """An invalid request with a token of its own was answered as a mismatch."""

    code = "invalid.taken-for-mismatch"
    title = "An invalid request was answered as a mismatch"
    hint = "The token was never used before; it was cut or folded before it was looked up."


def refused(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """An invalid request is refused with a client error that is not about anything looked up."""
    if exchange.is_throttled or is_denied(exchange):
        return
    kind = _broken_by(exchange)
    if kind is None:
        yield Held(clause)
        return
    expected = f"a client error (400) for {exchange.request.violates or exchange.request.label}"
    yield kind(clause, expected, str(exchange), (exchange,))


def _broken_by(exchange: Exchange) -> type[Failure] | None:
    answer = exchange.answer
    if answer is None:
        return InvalidUnanswered
    if answer.is_server_error:
        return InvalidCrashes
    if not answer.is_client_error:
        return InvalidAccepted
    if answer.status == 404 or answer.code == NOT_FOUND:
        return InvalidLookedUp
    if answer.code == MISMATCH:
        return InvalidTakenForMismatch
    return None
