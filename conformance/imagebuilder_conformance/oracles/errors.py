"""The passive oracles of errors: code, status, body and content type of every error that a run sees."""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from imagebuilder_conformance.client.messages import Answer, Exchange
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_conformance.oracles.hindrances import is_denied
from imagebuilder_conformance.oracles.passive import PassiveCheck, passive_on_each
from imagebuilder_spec import Contract, Family

_REFUSALS = ("request", "errors", "idempotency", "wire")


class WrongErrorStatus(Failure):
    """An error has a status other than that of its code."""

    code = "error.status"
    title = "An error has another status than its code"
    hint = "Take the status from the operation's error table."


class WrongBadParameterStatus(Failure):
    """A bad parameter is refused with a status other than 400."""

    code = "bad-parameter.status"
    title = "A bad parameter is refused with another status than 400"
    hint = "Answer 400; a framework's own validation often answers 422 or 404."


class WrongBadParameterCode(Failure):
    """A bad parameter is refused with a code that AWS does not use for it."""

    code = "bad-parameter.code"
    title = "A bad parameter is refused with a code that AWS does not use for it"
    hint = "Use a code that the operation declares, or one of AWS's validation family."


class UndeclaredBadParameterCode(Failure):
    """A bad parameter is refused with a code that the operation does not declare."""

    code = "bad-parameter.undeclared-code"
    title = "A bad parameter is refused with a code that the operation does not declare"
    hint = "ClientException and InvalidRequestException are declared; AWS itself was seen using others."


class CodeMissing(Failure):
    """An error names no code."""

    code = "error.no-code"
    title = "An error names no code"
    hint = "Send the code in the header x-amzn-ErrorType, or in the body as __type or code."


class CodesDisagree(Failure):
    """The header and the body name different codes."""

    code = "error.codes-disagree"
    title = "The header and the body of an error name different codes"
    hint = "Send the same code in both places, or in one only."


class CodeUnknown(Failure):
    """An error has a code that nobody publishes."""

    code = "error.unknown-code"
    title = "An error has a code that neither the operation nor AWS publishes"
    hint = "SDKs give an unknown code as a generic exception; use a declared code."


class ErrorBodyNotJson(Failure):
    """The body of an error is not one JSON object."""

    code = "error.body"
    title = "The body of an error is not a JSON object"
    hint = 'Send one JSON object, {"message": ...}.'


class MessageMissing(Failure):
    """An error carries no message."""

    code = "error.no-message"
    title = "An error carries no message"
    hint = "Send the member message in the body."


class ErrorContentType(Failure):
    """An error is not sent as JSON."""

    code = "error.content-type"
    title = "An error is not sent as JSON"
    hint = "Send Content-Type: application/json for errors too."


class Html(Failure):
    """An answer is an HTML page."""

    code = "answer.html"
    title = "An answer is an HTML page"
    hint = "A framework's own error page got through; catch its errors and answer JSON."


class RetryAfterIllegible(Failure):
    """An error carries a Retry-After that is neither seconds nor a date."""

    code = "error.retry-after"
    title = "The Retry-After of an error can't be read"
    hint = "Send a whole number of seconds, such as 1, or an HTTP date."


def _errors(exchange: Exchange) -> Iterator[Answer]:
    """The errors that the operation answered, try by try.

    What other methods and paths answer is judged by its status only. A server error that the next try overcame may be
    that of a gateway in between; it is warned about as such.
    """
    if exchange.request.off_operation:
        return
    for attempt in exchange.attempts:
        answer = attempt.answer
        overcome = attempt is not exchange.attempts[-1] and answer is not None and answer.is_server_error
        if answer is not None and answer.status >= 400 and not overcome:
            yield answer


_DECLARED_STATUS_CLAUSES = (
    "errors.resource-not-found.status",
    "errors.idempotent-parameter-mismatch.status",
    "errors.call-rate-limit-exceeded.status",
    "errors.client.status",
    "errors.forbidden.status",
    "errors.invalid-request.status",
    "errors.resource-in-use.status",
    "errors.service.status",
    "errors.service-unavailable.status",
)


@passive_on_each(
    "answers.error-status", *_DECLARED_STATUS_CLAUSES, "errors.common.status", stimuli=(*_REFUSALS, "faults")
)
def error_status(exchange: Exchange, contract: Contract) -> Iterator[Finding]:
    """Every error has the status that the contract gives its code."""
    for attempt in exchange.attempts:
        answer = attempt.answer
        # A success may name a code too: then the status is what is wrong with it.
        code = answer.named_code if answer else None
        statuses = contract.errors.statuses(code) if code else None
        if answer is None or code is None or statuses is None:
            continue
        declared = contract.errors.declared.get(code)
        clause = f"errors.{declared.words}.status" if declared else "errors.common.status"
        if answer.status in statuses:
            yield Held(clause)
        else:
            expected = f"{' or '.join(map(str, sorted(statuses)))} for {code}"
            yield WrongErrorStatus(clause, expected, str(answer.status), (exchange,))


@passive_on_each(
    "answers.bad-parameter",
    "errors.bad-parameter.status",
    "errors.bad-parameter.code",
    "errors.bad-parameter.declared-code",
    stimuli=("request",),
)
def bad_parameter(exchange: Exchange, contract: Contract) -> Iterator[Finding]:
    """A bad parameter is refused with 400 and a code that AWS uses for bad parameters."""
    answer = exchange.answer
    if answer is None or answer.status < 400 or exchange.request.off_operation or exchange.request.violates is None:
        return
    if answer.status == 404 or answer.is_throttled or is_denied(exchange):
        # A lookup is judged as such, and neither throttling nor a denial says anything of the parameter.
        return
    if answer.status == 400:
        yield Held("errors.bad-parameter.status")
    else:
        yield WrongBadParameterStatus("errors.bad-parameter.status", "400", str(answer), (exchange,))
    if answer.code is None or answer.is_server_error:
        return
    family = contract.errors.family(Family.BAD_PARAMETER)
    if answer.code in family:
        yield Held("errors.bad-parameter.code")
    else:
        expected = f"one of {', '.join(sorted(family))}"
        yield WrongBadParameterCode("errors.bad-parameter.code", expected, answer.code, (exchange,))
    if answer.code in contract.errors.declared:
        yield Held("errors.bad-parameter.declared-code")
    elif answer.code in family:
        expected = f"one of {', '.join(sorted(family & contract.errors.declared.keys()))}"
        yield UndeclaredBadParameterCode("errors.bad-parameter.declared-code", expected, answer.code, (exchange,))


@passive_on_each("answers.error-code", "errors.code.present", "errors.code.consistent", stimuli=_REFUSALS)
def error_code(exchange: Exchange, contract: Contract) -> Iterator[Finding]:  # noqa: ARG001  # the oracles' shape
    """Every error names its code, and header and body do not name different ones."""
    for answer in _errors(exchange):
        if answer.is_html:
            continue
        if answer.code is None:
            received = f"{answer.status} without one"
            yield CodeMissing("errors.code.present", "a code in header or body", received, (exchange,))
            continue
        yield Held("errors.code.present")
        if answer.header_code and answer.body_code and answer.header_code != answer.body_code:
            received = f"{answer.header_code} in the header, {answer.body_code} in the body"
            yield CodesDisagree("errors.code.consistent", "one code", received, (exchange,))
        else:
            yield Held("errors.code.consistent")


@passive_on_each("answers.error-code-known", "errors.code.known", stimuli=_REFUSALS)
def error_code_known(exchange: Exchange, contract: Contract) -> Iterator[Finding]:
    """Every error code is one that the operation declares or one common to AWS."""
    answer = exchange.answer
    if answer is None or answer.code is None:
        return
    if contract.errors.statuses(answer.code) is not None:
        yield Held("errors.code.known")
    else:
        yield CodeUnknown("errors.code.known", "a declared or common code", answer.code, (exchange,))


@passive_on_each(
    "answers.envelope", "errors.body.json", "errors.body.message", "errors.content-type", stimuli=_REFUSALS
)
def envelope(exchange: Exchange, contract: Contract) -> Iterator[Finding]:  # noqa: ARG001  # the oracles' shape
    """Every error is sent as one JSON object with a message."""
    for answer in _errors(exchange):
        if not answer.is_html:
            yield from _enveloped(answer, exchange)


def _enveloped(answer: Answer, exchange: Exchange) -> Iterator[Finding]:
    if answer.members is None:
        yield ErrorBodyNotJson("errors.body.json", "one JSON object", repr(answer.body[:80]), (exchange,))
        return
    yield Held("errors.body.json")
    if answer.message:
        yield Held("errors.body.message")
    else:
        yield MessageMissing("errors.body.message", "a message", repr(answer.body[:80]), (exchange,))
    if "json" in answer.media_type:
        yield Held("errors.content-type")
    else:
        received = answer.header("content-type") or "no content type"
        yield ErrorContentType("errors.content-type", "application/json", received, (exchange,))


@passive_on_each("answers.no-html", "errors.no-html", stimuli=("operation", "request", "errors", "idempotency", "wire"))
def no_html(exchange: Exchange, contract: Contract) -> Iterator[Finding]:  # noqa: ARG001  # the oracles' shape
    """No answer is an HTML page."""
    for attempt in exchange.attempts:
        if attempt.answer is None:
            continue
        if attempt.answer.is_html:
            yield Html("errors.no-html", "JSON", f"{attempt.answer.status}, an HTML page", (exchange,))
        else:
            yield Held("errors.no-html")


@passive_on_each("answers.retry-after", "faults.retry-after", stimuli=("faults",))
def retry_after(exchange: Exchange, contract: Contract) -> Iterator[Finding]:  # noqa: ARG001  # the oracles' shape
    """The Retry-After of an error, where it carries one, is a whole number of seconds or a date."""
    value = exchange.answer.header("retry-after") if exchange.answer else None
    if value is None:
        return
    if re.fullmatch("[0-9]+", value) or _is_date(value):
        yield Held("faults.retry-after")
    else:
        yield RetryAfterIllegible("faults.retry-after", "seconds or an HTTP date", repr(value), (exchange,))


def _is_date(value: str) -> bool:
    try:
        parsedate_to_datetime(value)
    except ValueError:
        return False
    return True


ERROR_CHECKS: tuple[PassiveCheck, ...] = (
    error_status,
    bad_parameter,
    error_code,
    error_code_known,
    envelope,
    no_html,
    retry_after,
)
