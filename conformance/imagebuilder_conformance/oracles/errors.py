"""The passive oracles of errors: code, status, body and content type of every error that a run sees."""

import re
from collections.abc import Callable, Iterable, Iterator
from email.utils import parsedate_to_datetime
from functools import partial

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.partial import known_or_none
from imagebuilder_conformance.oracles.excuses import Excuse, excuse_of, is_in_form
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held, held
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.parameters import is_legal, is_well_formed
from imagebuilder_conformance.oracles.passive import Judge, PassiveCheck, passive, passive_on_each
from imagebuilder_conformance.oracles.starts import NOT_FOUND
from imagebuilder_conformance.oracles.surroundings import is_of_operation
from imagebuilder_spec import Contract, Family

_REFUSALS = ("request", "errors", "idempotency", "wire")


class WrongErrorStatus(Failure):
    """An error has a status other than that of its code."""

    code = "error.status"
    title = "An error has another status than its code"
    hint = (
        "Send the status that the contract gives the code, or a code that fits what happened: a path or method that is "
        "not the operation's is an UnknownOperationException."
    )


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


class ClaimsToBeHtml(Failure):
    """What is not for the operation is answered with a text that claims to be HTML."""

    code = "answer.claims-html"
    title = "An answer claims to be HTML, and is none"
    hint = "A framework's own answer got through; give it a content type that fits its body, best application/json."


class RetryAfterIllegible(Failure):
    """An error carries a Retry-After that is neither seconds nor a date."""

    code = "error.retry-after"
    title = "The Retry-After of an error can't be read"
    hint = "Send a whole number of seconds, such as 1, or an HTTP date."


def _errors(exchange: Exchange) -> Iterator[tuple[Answer, Exchange]]:
    """The errors that the operation answered, try by try.

    What else answers is judged by its status only.
    """
    for answer, shown in exchange.own_answers:
        if answer.status >= 400 and is_of_operation(exchange.request, answer):
            yield answer, shown


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
def error_status(exchange: Exchange, contract: Contract) -> Iterable[Finding]:
    """Every error has the status that the contract gives its code."""
    return _of_each(exchange, partial(_status, contract))


def _status(contract: Contract, answer: Answer, shown: Exchange) -> Iterable[Finding]:
    # A success may name a code too: then the status is what is wrong with it.
    code = answer.named_code
    statuses = contract.errors.statuses(code) if code else None
    if code is None or statuses is None:
        return ()
    declared = contract.errors.declared.get(code)
    clause = f"errors.{declared.words}.status" if declared else "errors.common.status"
    if answer.status in statuses:
        return held(clause)
    expected = f"{' or '.join(map(str, sorted(statuses)))} for {code}"
    return (WrongErrorStatus(clause, expected, str(answer.status), (shown,)),)


def _of_each(exchange: Exchange, judge: Callable[[Answer, Exchange], Iterable[Finding]]) -> Iterable[Finding]:
    """What is found of each answer that is to be held against the contract; what is found first is told first."""
    answers = exchange.own_answers
    if len(answers) == 1:
        return judge(*answers[0])
    return (finding for answer, shown in answers for finding in judge(answer, shown))


@passive(
    "answers.bad-parameter",
    "errors.bad-parameter.status",
    "errors.bad-parameter.code",
    "errors.bad-parameter.declared-code",
    stimuli=("request",),
)
def bad_parameter(contract: Contract, memory: Memory) -> Judge:  # noqa: ARG001  # what makes a judge is given it
    """A bad parameter is refused with 400 and a code that AWS uses for bad parameters."""
    unproven = _Unproven(contract)

    def judge(exchange: Exchange) -> Iterable[Finding]:
        settled = unproven.settled_by(exchange)
        return (finding for each in settled for finding in _refused_as_bad(each, contract)) if settled else ()

    return judge


class _Unproven:
    """Bad parameters that were answered by what may be a matter of the account: denied, over a quota, busy.

    It is none where a valid request that was sent later started an image: then the parameter is why. But a pipeline may
    be busy now and then, so that no valid request may have met the same; and a permission may be for some pipelines, so
    that the ARN must be well-formed. Of those that wait one is kept for each excuse.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._waiting: dict[Excuse, Exchange] = {}
        self._excuses: set[Excuse] = set()
        self._latest_start = -1.0

    def settled_by(self, exchange: Exchange) -> list[Exchange]:
        """The answers to bad parameters that can be judged now that this exchange is known."""
        settled: list[Exchange] = []
        if exchange.request.violates is None:
            if exchange.image is not None:
                self._latest_start = max(self._latest_start, exchange.started_at)
            elif (excuse := excuse_of(exchange)) in {Excuse.QUOTA, Excuse.BUSY} and is_legal(
                exchange.request, self._contract
            ):
                self._excuses.add(excuse)
        elif (excuse := excuse_of(exchange)) is None or not excuse.is_of_the_account or not is_in_form(exchange):
            if excuse is not Excuse.THROTTLED:
                settled.append(exchange)
        elif excuse is not Excuse.DENIED or self._may_be_of_the_parameter(exchange):
            self._waiting.setdefault(excuse, exchange)
        proven = [
            each
            for each, waiting in self._waiting.items()
            if each not in self._excuses and waiting.ended_at <= self._latest_start
        ]
        return [*settled, *map(self._waiting.pop, proven)]

    def _may_be_of_the_parameter(self, denied: Exchange) -> bool:
        """Whether it is no permission for other pipelines that is missing, and no key that has ended."""
        code = denied.answer.code if denied.answer else None
        return is_well_formed(denied.request.pipeline) and code in self._contract.errors.family(Family.DENIAL)


def _refused_as_bad(exchange: Exchange, contract: Contract) -> Iterator[Finding]:
    answer = exchange.answer
    if answer is None or answer.is_success or exchange.request.off_operation:
        return
    status = known_or_none(lambda: answer.status)
    if known_or_none(lambda: answer.code) == NOT_FOUND:
        # A lookup is judged as such.
        return
    if answer.may_be_a_gateways or excuse_of(exchange) is Excuse.INTERIM:
        return
    if status == 400:
        yield Held("errors.bad-parameter.status")
    elif status is not None:
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


@passive_on_each(
    "answers.error-code", "errors.code.present", "errors.code.consistent", stimuli=_REFUSALS, of_errors=True
)
def error_code(exchange: Exchange, contract: Contract) -> Iterator[Finding]:  # noqa: ARG001  # the oracles' shape
    """Every error names its code, and header and body do not name different ones."""
    for answer, shown in _errors(exchange):
        if answer.is_html:
            continue
        if answer.code is None:
            received = f"{answer.status} without one"
            yield CodeMissing("errors.code.present", "a code in header or body", received, (shown,))
            continue
        yield Held("errors.code.present")
        if answer.header_code and answer.body_code and answer.header_code != answer.body_code:
            received = f"{answer.header_code} in the header, {answer.body_code} in the body"
            yield CodesDisagree("errors.code.consistent", "one code", received, (shown,))
        else:
            yield Held("errors.code.consistent")


@passive_on_each("answers.error-code-known", "errors.code.known", stimuli=_REFUSALS, of_errors=True)
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
    "answers.envelope",
    "errors.body.json",
    "errors.body.message",
    "errors.content-type",
    stimuli=_REFUSALS,
    of_errors=True,
)
def envelope(exchange: Exchange, contract: Contract) -> Iterator[Finding]:  # noqa: ARG001  # the oracles' shape
    """Every error is sent as one JSON object with a message."""
    for answer, shown in _errors(exchange):
        if not answer.is_html:
            yield from _enveloped(answer, shown)


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


@passive_on_each(
    "answers.no-html",
    "errors.no-html",
    "errors.no-html.off-operation",
    stimuli=("operation", "request", "errors", "idempotency", "wire"),
)
def no_html(exchange: Exchange, contract: Contract) -> Iterable[Finding]:  # noqa: ARG001  # the oracles' shape
    """No answer is an HTML page, and what is not the operation's does not claim to be one.

    What of the operation claims to be HTML is judged by its content type and its body, as any other answer.
    """
    return _of_each(exchange, _no_html)


def _no_html(answer: Answer, shown: Exchange) -> Iterable[Finding]:
    of_operation = is_of_operation(shown.request, answer)
    clause = "errors.no-html" if of_operation else "errors.no-html.off-operation"
    if answer.is_html:
        return (Html(clause, "JSON", f"{answer.status}, an HTML page", (shown,)),)
    if answer.claims_to_be_html and not of_operation:
        received = f"{answer.status} {answer.media_type}, and the body {answer.body[:80]!r}"
        return (ClaimsToBeHtml(clause, "JSON", received, (shown,)),)
    return held(clause)


@passive_on_each("answers.retry-after", "faults.retry-after", stimuli=("faults",))
def retry_after(exchange: Exchange, contract: Contract) -> Iterable[Finding]:  # noqa: ARG001  # the oracles' shape
    """The Retry-After of an error, where it carries one, is a whole number of seconds or a date."""
    value = exchange.answer.header("retry-after") if exchange.answer else None
    if value is None:
        return ()
    if re.fullmatch("[0-9]+", value) or _is_date(value):
        return held("faults.retry-after")
    return (RetryAfterIllegible("faults.retry-after", "seconds or an HTTP date", repr(value), (exchange,)),)


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
