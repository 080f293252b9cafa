"""Valid requests: accepted, replayed, refused as a mismatch, not found."""

from collections.abc import Iterator

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_conformance.oracles.hindrances import hindrance, is_denied
from imagebuilder_conformance.oracles.parameters import is_legal, same_parameters
from imagebuilder_spec import Contract

NOT_FOUND = "ResourceNotFoundException"
MISMATCH = "IdempotentParameterMismatchException"


class ValidRefused(Failure):
    """A valid request was refused."""

    code = "valid.refused"
    title = "A valid request was refused"
    hint = "The value is allowed by the contract; look at what the validation compares it with."

    def is_allowed(self, contract: Contract) -> bool:
        """Where the request is not legal."""
        return not is_legal(self.exchanges[0].request, contract)


class ValidCrashes(Failure):
    """A request that may be refused got a server error or no answer, while others were answered."""

    code = "valid.server-error"
    title = "A request that may be refused was not answered properly"
    hint = "An unexpected value reaches code that can't deal with it; accept it or answer 400."


class ReplayRefused(Failure):
    """A replay was refused."""

    code = "replay.refused"
    title = "A replay was refused"
    hint = "Look the token up before deciding that something is wrong with the request, and answer as at first."


class ReplayStartsAnother(Failure):
    """A replay got another image than the original."""

    code = "replay.another-image"
    title = "A replay started another image"
    hint = "Remember the token and its image, and answer a request that brings the token again with that image."


class DistinctTokensShareImage(Failure):
    """Two different tokens got one image."""

    code = "distinct.shared-image"
    title = "Different tokens got the same image"
    hint = "The tokens are cut, folded or normalised before they are compared, or ignored altogether."


class DistinctTokenTakenForUsed(Failure):
    """A token that was not used before was answered as a mismatch."""

    code = "distinct.taken-for-mismatch"
    title = "A fresh token was taken for a used one"
    hint = "The tokens are cut, folded or normalised before they are compared."


class MismatchAccepted(Failure):
    """A used token with other parameters was a success."""

    code = "mismatch.accepted"
    title = "A used token was accepted with another request"
    hint = "Remember the parameters beside the token, and compare them when the token comes again."

    def is_allowed(self, contract: Contract) -> bool:
        """Where the requests are the same, as the members that differ are not known."""
        original, other = self.exchanges
        return same_parameters(original.request, other.request, contract)


class MismatchMisnamed(Failure):
    """A mismatch was refused with another code."""

    code = "mismatch.other-code"
    title = "A mismatch was answered with another error"
    hint = "Answer a used token with other parameters with IdempotentParameterMismatchException, 400."


class UnknownPipelineAccepted(Failure):
    """A pipeline that does not exist was accepted."""

    code = "not-found.accepted"
    title = "An unknown pipeline was accepted"
    hint = "Look the pipeline up before starting anything."


class UnknownPipelineMisnamed(Failure):
    """An unknown pipeline was answered with another error."""

    code = "not-found.other-code"
    title = "An unknown pipeline was answered with another error"
    hint = "Answer a well-formed ARN of a pipeline that does not exist with ResourceNotFoundException, 404."


def accepted(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A valid request is a success. Undecided answers (5xx, throttling, no answer) and hindrances judge nothing."""
    if exchange.is_undecided or hindrance(exchange):
        return
    if exchange.is_success:
        yield Held(clause)
    else:
        yield ValidRefused(clause, f"a success for {exchange.request.label}", str(exchange), (exchange,))


def accepted_or_used(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """As `accepted`, for a token that an earlier run may have used: a mismatch shows that it is legal too."""
    if exchange.answer is not None and exchange.answer.code == MISMATCH:
        yield Held(clause)
    else:
        yield from accepted(exchange, clause)


def accepted_or_refused(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A request that may be refused is a success or a client error, not a server error and not silence."""
    answer = exchange.answer
    if exchange.is_undecided:
        return
    if answer is not None and not answer.is_server_error:
        yield Held(clause)
    else:
        expected = f"a success or a client error for {exchange.request.label}"
        yield ValidCrashes(clause, expected, str(exchange), (exchange,))


def same_image(original: Exchange, replay: Exchange, clause: str) -> Iterator[Finding]:
    """A replay gets the image of its original."""
    if original.image is None or not replay.is_success or replay.image is None:
        return
    if replay.image == original.image:
        yield Held(clause)
    else:
        yield ReplayStartsAnother(clause, f"the image {original.image}", f"{replay.image}", (original, replay))


def replay_succeeds(original: Exchange, replay: Exchange, clause: str) -> Iterator[Finding]:
    """A replay is a success."""
    if replay.is_undecided or is_denied(replay):
        return
    if replay.is_success:
        yield Held(clause)
    else:
        yield ReplayRefused(clause, "the success of the original", str(replay), (original, replay))


def distinct(first: Exchange, second: Exchange, clause: str, difference: str) -> Iterator[Finding]:
    """Requests with different tokens start different images."""
    expected = f"an image of its own for a token that differs in {difference}"
    if second.answer is not None and second.answer.code == MISMATCH:
        yield DistinctTokenTakenForUsed(clause, expected, str(second), (first, second))
    elif first.image is not None and second.image is not None:
        if first.image == second.image:
            yield DistinctTokensShareImage(clause, expected, f"{second.image} again", (first, second))
        else:
            yield Held(clause)


def mismatch_refused(original: Exchange, other: Exchange, clause: str) -> Iterator[Finding]:
    """A used token with other parameters is not a success."""
    if other.is_undecided or is_denied(other):
        return
    if other.is_success:
        yield MismatchAccepted(clause, f"a refusal for {other.request.label}", str(other), (original, other))
    else:
        yield Held(clause)


def mismatch_named(original: Exchange, other: Exchange, clause: str) -> Iterator[Finding]:
    """A mismatch that is refused is refused by its name. What was accepted is judged elsewhere."""
    if not other.is_success and _is_named(other):
        yield from _named(other, clause, MISMATCH, MismatchMisnamed, (original, other))


def not_found(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A well-formed ARN of a pipeline that does not exist is answered with ResourceNotFoundException."""
    if exchange.is_success and not _names(exchange, NOT_FOUND):
        yield UnknownPipelineAccepted(clause, f"{NOT_FOUND} (404)", str(exchange), (exchange,))
    elif _is_named(exchange) or exchange.is_success:
        yield from _named(exchange, clause, NOT_FOUND, UnknownPipelineMisnamed, (exchange,))


def starts_no_other(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A pipeline that is not there starts nothing, however its request is answered."""
    if exchange.is_undecided:
        return
    if exchange.is_success:
        yield UnknownPipelineAccepted(clause, f"a refusal for {exchange.request.label}", str(exchange), (exchange,))
    else:
        yield Held(clause)


def _is_named(exchange: Exchange) -> bool:
    """Whether there is a code to judge; a client error without any is judged by `answers.error-code`."""
    if exchange.is_undecided or is_denied(exchange):
        return False
    return exchange.answer is None or exchange.answer.code is not None or exchange.answer.is_server_error


def _names(exchange: Exchange, code: str) -> bool:
    return exchange.answer is not None and exchange.answer.named_code == code


def _named(
    exchange: Exchange, clause: str, code: str, broken: type[Failure], evidence: tuple[Exchange, ...]
) -> Iterator[Finding]:
    if _names(exchange, code):
        yield Held(clause)
    else:
        yield broken(clause, code, str(exchange), evidence)
