"""The passive oracles of every answer, success or error, and the list of all passive checks."""

from collections.abc import Iterable

from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault
from imagebuilder_conformance.idempotency import TOKEN_LIFETIME
from imagebuilder_conformance.oracles.agreement import no_contradictions
from imagebuilder_conformance.oracles.build_numbers import no_builds_behind_faults
from imagebuilder_conformance.oracles.errors import ERROR_CHECKS
from imagebuilder_conformance.oracles.excuses import Excuse, excuse_of
from imagebuilder_conformance.oracles.findings import Failure, Finding, held
from imagebuilder_conformance.oracles.forms import forms_accepted
from imagebuilder_conformance.oracles.framing import framed
from imagebuilder_conformance.oracles.legality import legal_server_error
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.passive import Judge, PassiveCheck, passive, passive_on_each
from imagebuilder_conformance.oracles.successes import SUCCESS_CHECKS
from imagebuilder_conformance.oracles.surroundings import is_of_operation
from imagebuilder_conformance.target import token_space
from imagebuilder_spec import Contract

_NOT_KEPT = "idempotency.server-error.not-kept"
_ALL = ("operation", "request", "errors", "idempotency", "wire")


class RequestIdHeaderMissing(Failure):
    """An answer has no request id header."""

    code = "answer.no-request-id"
    title = "An answer has no x-amzn-RequestId header"
    hint = (
        "Send the request's id in it with every answer, a refusal too, such as a new UUID. AWS's SDKs show it to the "
        "people who look for a request in the logs."
    )


class AnsweredLate(Failure):
    """A request was answered only when it was sent again."""

    code = "answer.late"
    title = "A request was answered only when it was sent again"
    hint = "The target answers now and then with a server error or not at all; SDKs hide this by retrying."


class RetryStartsAnother(Failure):
    """A request that was retried after a server error started two images."""

    code = "retry.another-image"
    title = "A retry after a server error started another image"
    hint = "Remember the token before starting the build, so that a retry finds it."


class ErrorKept(Failure):
    """A token goes on meeting server errors, while a fresh one of the same form is answered."""

    code = "retry.error-kept"
    title = "A server error is kept for its token"
    hint = "An answer is stored under the token whatever it is; store successes only, so that a retry is made anew."


@passive_on_each("answers.request-id-header", "response.request-id.header", stimuli=_ALL)
def request_id_header(exchange: Exchange, contract: Contract) -> Iterable[Finding]:  # noqa: ARG001  # the oracles' shape
    """Every answer of the operation carries the header x-amzn-RequestId."""
    answer = exchange.answer
    if answer is None or answer.may_be_a_gateways or excuse_of(exchange) is Excuse.INTERIM:
        return ()
    if not is_of_operation(exchange.request, answer):
        return ()
    if answer.header("x-amzn-requestid"):
        return held("response.request-id.header")
    expected, received = "the header x-amzn-RequestId", "an answer without it"
    return (RequestIdHeaderMissing("response.request-id.header", expected, received, (exchange,)),)


@passive_on_each("answers.first-try", "errors.transient", stimuli=_ALL)
def first_try(exchange: Exchange, contract: Contract) -> Iterable[Finding]:  # noqa: ARG001  # the oracles' shape
    """Every request is answered at the first try, throttling apart."""
    if not any(map(_is_faulty, exchange.attempts)):
        return held("errors.transient")
    if _is_faulty(exchange.attempts[-1]):
        return ()
    received = ", then ".join(str(attempt.answer or attempt.fault) for attempt in exchange.attempts)
    return (AnsweredLate("errors.transient", "an answer at the first try", received, (exchange,)),)


def _is_faulty(attempt: Attempt) -> bool:
    """What another try may overcome, unless the connection may have ended of mere idleness."""
    idle = attempt.stale and attempt.fault is Fault.CLOSED
    return not idle and (attempt.may_pass or (attempt.answer is not None and attempt.answer.is_server_error))


def _met_error(exchange: Exchange) -> bool:
    return any(attempt.answer is not None and attempt.answer.is_server_error for attempt in exchange.attempts)


@passive("answers.retry-after-error", "idempotency.retry-after-error", stimuli=(*_ALL, "faults"))
def retry_after_error(contract: Contract, memory: Memory) -> Judge:  # noqa: ARG001  # what makes a judge is given it
    """A token that met a server error is given one image in the end."""
    # Of each token its first image, when its request was sent, and the exchange; and what brought it another one.
    first, second = memory.table(), memory.table()
    met_error, kept = memory.table(), memory.archive

    def judge(exchange: Exchange) -> Iterable[Finding]:
        request, image = exchange.request, exchange.image
        if request.token is None:
            return ()
        token = f"{token_space(request.pipeline or '')} {request.token}"
        if _met_error(exchange):
            met_error[token] = True
        if image:
            known = first.get(token)
            if known is None:
                first[token] = image, exchange.started_at, kept.keep(exchange)
            elif known[0] != image and abs(known[1] - exchange.started_at) <= TOKEN_LIFETIME and token not in second:
                second[token] = kept.keep(exchange)
        if token not in met_error or token not in first:
            return ()
        if token not in second:
            return held("idempotency.retry-after-error")
        evidence = kept[first[token][2]], kept[second[token]]
        received = " and ".join(str(each.image) for each in evidence)
        return (RetryStartsAnother("idempotency.retry-after-error", "one image", received, evidence),)

    return judge


@passive("answers.error-kept", _NOT_KEPT, stimuli=(*_ALL, "faults"))
def error_kept(contract: Contract, memory: Memory) -> Judge:  # noqa: ARG001  # what makes a judge is given it
    """A token that met a server error is answered when the error is over, as a fresh one of the same form is."""
    # Of each token the exchange that met the error.
    stuck, archive = memory.table(), memory.archive

    def judge(exchange: Exchange) -> Iterable[Finding]:
        request = exchange.request
        if request.token is None:
            return ()
        space = token_space(request.pipeline or "")
        own = f"{space} {request.token}"
        met_error = _met_error(exchange)
        if exchange.is_undecided:
            if met_error:
                stuck[own] = archive.keep(exchange)
            return ()
        found: Iterable[Finding] = ()
        if met_error or own in stuck:
            stuck.pop(own, None)
            found = held(_NOT_KEPT)
        kept = None if request.instead_of is None else stuck.get(f"{space} {request.instead_of}")
        if kept is not None:
            expected = "an answer of its own, as a fresh token of the same form gets"
            return (*found, ErrorKept(_NOT_KEPT, expected, str(archive[kept]), (archive[kept], exchange)))
        return found

    return judge


COMMON_CHECKS: tuple[PassiveCheck, ...] = (
    *SUCCESS_CHECKS,
    *ERROR_CHECKS,
    request_id_header,
    first_try,
    retry_after_error,
    error_kept,
    legal_server_error,
)
"""The passive checks of whatever was sent."""

PASSIVE_CHECKS: tuple[PassiveCheck, ...] = (
    *COMMON_CHECKS,
    framed,
    forms_accepted,
    no_contradictions,
    no_builds_behind_faults,
)
"""Those of a run, which knows all that it has sent itself."""
