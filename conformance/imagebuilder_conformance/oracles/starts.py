"""Valid requests: accepted, replayed, refused as a mismatch, not found."""

from collections.abc import Iterator

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import ALL, Excuse
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held, reported_as
from imagebuilder_conformance.oracles.parameters import is_legal, same_parameters
from imagebuilder_spec import Contract

NOT_FOUND = "ResourceNotFoundException"
MISMATCH = "IdempotentParameterMismatchException"


_FIXED = "its token is fixed, and the target has met it now: a replay asks another question"


class ValidRefused(Failure):
    """A valid request was refused. `oracles.particular` has the kinds that say what is particular about it."""

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


class ServerErrorKept(Failure):
    """A token got a server error each time it came, while others were answered."""

    code = "token.server-error-kept"
    title = "A token gets a server error each time it comes"
    hint = (
        "It can't be written in UTF-8. Python reads it from the escape and fails where the answer is encoded, when the "
        "build is started already: refuse it with 400 before that, or write JSON in ASCII."
    )


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


class WordCrashes(Failure):
    """A token that is a word of a language got server errors, while one of its shape is accepted."""

    code = "word.server-error"
    title = "A token that is a name or a value of a language is answered with a server error"
    hint = (
        "It is found where nothing was put: in JavaScript every object has `constructor` and `__proto__`. Keep tokens "
        "in a Map, and as texts."
    )


class WordTakenForUsed(Failure):
    """A token that is a word of a language was a mismatch for all pipelines, while one of its shape is accepted."""

    code = "word.taken-for-mismatch"
    title = "A token that is a name or a value of a language is a mismatch for every pipeline"
    hint = WordCrashes.hint


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


@oracle(ValidRefused)
def accepted(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A valid request is a success."""
    if exchange.is_success:
        yield Held(clause)
    else:
        yield ValidRefused(clause, f"a success for {exchange.request.label}", str(exchange), (exchange,))


def not_started(refusal: Exchange) -> str:
    """The sentence about a pipeline that can't be started, while another one can."""
    answer, pipeline = refusal.answer, refusal.request.pipeline
    if answer is not None and answer.code == NOT_FOUND:
        return f"the target does not know the pipeline {pipeline}; name one with --pipeline-arn"
    said = f", {answer.message!r}" if answer is not None and answer.message else ""
    return f"the target refuses to start the pipeline {pipeline}: {refusal}{said}; name another one with --pipeline-arn"


@oracle(ValidRefused)
def accepted_or_used(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """As `accepted`, for a token that an earlier run may have used: a mismatch shows that it is legal too."""
    if exchange.answer is not None and exchange.answer.code == MISMATCH:
        yield Held(clause)
    else:
        yield from accepted(exchange, clause)


@oracle(ValidCrashes)
def accepted_or_refused(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A request that may be refused is a success or a client error, not a server error and not silence."""
    answer = exchange.answer
    if answer is not None and not answer.is_server_error:
        yield Held(clause)
    else:
        expected = f"a success or a client error for {exchange.request.label}"
        yield ValidCrashes(clause, expected, str(exchange), (exchange,))


@oracle(ServerErrorKept)
def no_error_kept(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """As `accepted_or_refused`, for a token that SDKs send and some encoders can't write."""
    yield from reported_as(ServerErrorKept, accepted_or_refused(exchange, clause), instead_of=ValidCrashes)


def _replayed(original: Exchange, replay: Exchange, clause: str) -> Iterator[Finding]:
    yield from replay_succeeds(original, replay, clause)
    yield from same_image(original, replay, clause)


@oracle(ReplayStartsAnother, replay=_replayed)
def same_image(original: Exchange, replay: Exchange, clause: str) -> Iterator[Finding]:
    """A replay gets the image of its original."""
    if original.image is None or not replay.is_success or replay.image is None:
        return
    if replay.image == original.image:
        yield Held(clause)
    else:
        yield ReplayStartsAnother(clause, f"the image {original.image}", f"{replay.image}", (original, replay))


@oracle(ReplayRefused, excused_by=ALL - {Excuse.QUOTA, Excuse.BUSY, Excuse.KEPT}, replay=_replayed)
def replay_succeeds(original: Exchange, replay: Exchange, clause: str) -> Iterator[Finding]:
    """A replay of a success is a success. As it starts nothing, no quota and no build under way excuses it."""
    if not original.is_success:
        return
    if replay.is_success:
        yield Held(clause)
    else:
        yield ReplayRefused(clause, "the success of the original", str(replay), (original, replay))


@oracle(DistinctTokensShareImage, DistinctTokenTakenForUsed)
def distinct(first: Exchange, second: Exchange, clause: str, difference: str = "its text") -> Iterator[Finding]:
    """Requests with different tokens start different images."""
    expected = f"an image of its own for a token that differs in {difference}"
    if second.answer is not None and second.answer.code == MISMATCH:
        yield DistinctTokenTakenForUsed(clause, expected, str(second), (first, second))
    elif first.image is not None and second.image is not None:
        if first.image == second.image:
            yield DistinctTokensShareImage(clause, expected, f"{second.image} again", (first, second))
        else:
            yield Held(clause)


@oracle(WordCrashes, excused_by=ALL - {Excuse.KEPT}, replay=_FIXED)
def word_answered(control: Exchange, word: Exchange, clause: str) -> Iterator[Finding]:
    """A token that is a word of a language meets no server errors where a control of its shape was accepted."""
    if word.answer is not None and not word.answer.is_server_error:
        yield Held(clause)
    else:
        expected = f"an answer to {word.request.label}, as to the control {control.request.token}"
        yield WordCrashes(clause, expected, str(word), (control, word))


@oracle(WordTakenForUsed, replay=_FIXED)
def word_free_or_used(control: Exchange, word: Exchange, elsewhere: Exchange, clause: str) -> Iterator[Finding]:
    """A token that is a word of a language is no mismatch for two pipelines where its control was accepted.

    The run that used it for another pipeline had used the control for that one too.
    """
    if all(each.answer is not None and each.answer.code == MISMATCH for each in (word, elsewhere)):
        expected = f"an image for {word.request.label}, as for the control {control.request.token}"
        yield WordTakenForUsed(clause, expected, f"{elsewhere}, for both pipelines", (control, word, elsewhere))
    else:
        yield Held(clause)


@oracle(MismatchAccepted)
def mismatch_refused(original: Exchange, other: Exchange, clause: str) -> Iterator[Finding]:
    """A used token with other parameters is not a success."""
    if other.is_success:
        yield MismatchAccepted(clause, f"a refusal for {other.request.label}", str(other), (original, other))
    else:
        yield Held(clause)


@oracle(MismatchMisnamed)
def mismatch_named(original: Exchange, other: Exchange, clause: str) -> Iterator[Finding]:
    """A mismatch that is refused is refused by its name. What was accepted is judged elsewhere."""
    if not other.is_success and _is_named(other):
        yield from _named(other, clause, MISMATCH, MismatchMisnamed, (original, other))


@oracle(UnknownPipelineAccepted, UnknownPipelineMisnamed)
def not_found(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A well-formed ARN of a pipeline that does not exist is answered with ResourceNotFoundException."""
    if exchange.is_success and not _names(exchange, NOT_FOUND):
        yield UnknownPipelineAccepted(clause, f"{NOT_FOUND} (404)", str(exchange), (exchange,))
    elif _is_named(exchange) or exchange.is_success:
        yield from _named(exchange, clause, NOT_FOUND, UnknownPipelineMisnamed, (exchange,))


@oracle(UnknownPipelineAccepted)
def starts_no_other(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A pipeline that is not there starts nothing, however its request is answered."""
    if exchange.is_success:
        yield UnknownPipelineAccepted(clause, f"a refusal for {exchange.request.label}", str(exchange), (exchange,))
    else:
        yield Held(clause)


def _is_named(exchange: Exchange) -> bool:
    """Whether there is a code to judge; a client error without any is judged by `answers.error-code`."""
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
