"""Faults on demand: raised as the contract declares them, and survived by the token."""

from collections.abc import Iterator

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import ALL, NONE, Excuse
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_spec import IMAGE_HEADER, Contract


class DemandedMisnamed(Failure):
    """A demanded fault names another code, or none."""

    code = "fault.code"
    title = "A demanded fault names another code"
    hint = "Answer with the code that the request demands, written as the contract writes it."


class DemandedStatus(Failure):
    """A demanded fault has a status other than that of its code."""

    code = "fault.status"
    title = "A demanded fault has another status"
    hint = "Take the status from the operation's error table, for demanded faults as for others."


class DemandedEnvelope(Failure):
    """A demanded fault is not sent as a JSON object with a message."""

    code = "fault.envelope"
    title = "A demanded fault is not a JSON object with a message"
    hint = 'Send one JSON object, {"message": ...}, as application/json; gateways like to send pages of their own.'


class RetryRefused(Failure):
    """After a demanded server error the same request, without the demand, was no success."""

    code = "fault.retry-refused"
    title = "After a server error the retry is refused"
    hint = "A server error must leave the token usable: bind it to the image that was started, and to nothing else."


class HiddenImageLost(Failure):
    """After a server error that hid the start of an image the retry got another image."""

    code = "fault.another-image"
    title = "After a server error that hid a started image the retry starts another"
    hint = "Remember the token as soon as the build is started, whatever becomes of the answer."


@oracle(DemandedMisnamed, DemandedStatus, DemandedEnvelope, excused_by=NONE)
def raised_as_declared(exchange: Exchange, contract: Contract, clause: str) -> Iterator[Finding]:
    """A demanded fault has its code, its status, and one JSON object with a message."""
    answer, demand = exchange.answer, exchange.request.demand
    if answer is None or demand is None or not exchange.raises_demand:
        return
    status = contract.errors.declared[demand.code].status
    broken: list[Finding] = []
    if answer.named_code != demand.code:
        broken.append(DemandedMisnamed(clause, demand.code, answer.named_code or "no error code", (exchange,)))
    if answer.status != status:
        broken.append(DemandedStatus(clause, f"{status} for {demand.code}", str(answer.status), (exchange,)))
    if wrong := _wrong_with(answer):
        broken.append(DemandedEnvelope(clause, "one JSON object with a message", wrong, (exchange,)))
    yield from broken or [Held(clause)]


@oracle(RetryRefused, HiddenImageLost, excused_by=ALL - {Excuse.KEPT})
def retry_recovers(fault: Exchange, retry: Exchange, clause: str) -> Iterator[Finding]:
    """After a demanded server error the same request is a success, with the image that the error hid, if it named one.

    An interface that does not name it leaves open which image that was.
    """
    if not fault.raises_demand:
        return
    hidden = fault.answer.header(IMAGE_HEADER) if fault.answer else None
    if not retry.is_success:
        yield RetryRefused(clause, "a success, as the fault was over", str(retry), (fault, retry))
    elif hidden is not None and retry.image is not None and retry.image != hidden:
        yield HiddenImageLost(clause, f"the image {hidden}", retry.image, (fault, retry))
    else:
        yield Held(clause)


def _wrong_with(answer: Answer) -> str | None:
    """What keeps an error from being a JSON object with a message, or None."""
    if answer.is_html:
        return "an HTML page"
    if answer.members is None:
        return repr(answer.body[:80])
    if not answer.message:
        return f"no message in {answer.body[:80]!r}"
    return None if "json" in answer.media_type else answer.header("content-type") or "no content type"
