"""Invalid requests: refused, by a client error, before anything is looked up."""

from collections.abc import Iterator

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import NONE
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held, reported_as
from imagebuilder_conformance.oracles.parameters import is_legal, is_well_formed
from imagebuilder_conformance.oracles.starts import MISMATCH, NOT_FOUND
from imagebuilder_spec import Contract


class InvalidAccepted(Failure):
    """An invalid request was a success."""

    code = "invalid.accepted"
    title = "An invalid request was accepted"
    hint = (
        "Validate before anything else, and answer 400: the body a JSON object, each required member there, a string, "
        "within its length and its pattern."
    )

    def is_allowed(self, contract: Contract) -> bool:
        """Where the request is legal."""
        return is_legal(self.exchanges[0].request, contract)


class InvalidCrashes(Failure):
    """An invalid request was answered with a server error, again after retries."""

    code = "invalid.server-error"
    title = "An invalid request was answered with a server error"
    hint = "An unexpected value reaches code that can't deal with it; validate first and answer 400."


class NestingCrashes(Failure):
    """A deeply nested body was answered with a server error, again after retries."""

    code = "nesting.server-error"
    title = "A deeply nested body was answered with a server error"
    hint = (
        "The JSON parser gives up before the application sees anything. In Python it raises a RecursionError, which is "
        "no ValueError: catch it beside the others and answer 400."
    )


class InvalidUnanswered(Failure):
    """An invalid request got no answer, again on a fresh connection."""

    code = "invalid.unanswered"
    title = "An invalid request got no answer"
    hint = "The handler probably dies on this input; validate first and answer 400."


class HeavyUnanswered(Failure):
    """A body that no client sends got no answer, again on a fresh connection."""

    code = "heavy.unanswered"
    title = "A deeply nested or large body got no answer"
    hint = "The worker probably dies of it, and with it what it does for others; limit what is read, and answer."


class InvalidLookedUp(Failure):
    """A malformed ARN was looked up instead of refused."""

    code = "invalid.looked-up"
    title = "A malformed ARN was looked up before it was validated"
    hint = "Hold the whole ARN against the pattern before looking the pipeline up; a prefix match is not enough."


class InvalidPassedValidation(Failure):
    """An invalid request got as far as the look-up, though not by a malformed ARN."""

    code = "invalid.passed-validation"
    title = "An invalid request was not refused before its pipeline was looked up"
    hint = "Refuse what is missing, null or no string, and what breaks a limit, before looking anything up."

    def is_allowed(self, contract: Contract) -> bool:
        """Where the request is legal."""
        return is_legal(self.exchanges[0].request, contract)


class InvalidTakenForMismatch(Failure):
    """An invalid request with a token of its own was answered as a mismatch."""

    code = "invalid.taken-for-mismatch"
    title = "An invalid request was answered as a mismatch"
    hint = "The token was never used before; it was cut or folded before it was looked up."


@oracle(
    InvalidAccepted,
    InvalidCrashes,
    InvalidUnanswered,
    InvalidLookedUp,
    InvalidPassedValidation,
    InvalidTakenForMismatch,
)
def refused(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """An invalid request is refused with a client error that is not about anything looked up."""
    kind = _broken_by(exchange)
    if kind is None:
        yield Held(clause)
        return
    expected = f"a client error (400) for {exchange.request.violates or exchange.request.label}"
    yield kind(clause, expected, str(exchange), (exchange,))


@oracle(NestingCrashes)
def nesting_refused(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """As `refused`, for a deeply nested body, whose server errors have a cause of their own."""
    yield from reported_as(NestingCrashes, refused(exchange, clause), instead_of=InvalidCrashes)


@oracle(HeavyUnanswered, excused_by=NONE)
def answered(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """What no client sends is answered, whatever the answer is."""
    if exchange.answer is not None:
        yield Held(clause)
    elif exchange.reproduced:
        yield HeavyUnanswered(clause, f"an answer to {exchange.request.label}", str(exchange), (exchange,))


def _broken_by(exchange: Exchange) -> type[Failure] | None:
    answer = exchange.answer
    if answer is None:
        return InvalidUnanswered
    if answer.is_server_error:
        return InvalidCrashes
    if not answer.is_client_error:
        return InvalidAccepted
    if answer.code == NOT_FOUND:
        # A member that is missing, null or a number has no text that the pattern could be to blame for.
        named = exchange.request.pipeline
        return InvalidPassedValidation if named is None or is_well_formed(named) else InvalidLookedUp
    if answer.code == MISMATCH:
        return InvalidTakenForMismatch
    return None
