"""A burst: throttled with the right status and code, and over after a while."""

from collections.abc import Iterator

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import ALL, NONE, Excuse
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_spec import Contract, Family


class ThrottlingStatus(Failure):
    """A throttled request was answered with another status."""

    code = "throttling.status"
    title = "A throttled request was answered with another status"
    hint = "Answer 429."


class ThrottlingCode(Failure):
    """A throttled request was answered with a code for something else, or with none."""

    code = "throttling.code"
    title = "A throttled request was not answered with a code of throttling"
    hint = "The operation declares CallRateLimitExceededException; SDKs tell errors apart by their code."


class NeverRecovers(Failure):
    """After a burst the target goes on throttling."""

    code = "throttling.no-recovery"
    title = "After a burst the target does not answer again"
    hint = "Refill the bucket with time, also while requests are being refused."


_TAKES_A_BURST = "it takes a burst of requests, which is not in the report"


@oracle(ThrottlingStatus, ThrottlingCode, excused_by=NONE, replay=_TAKES_A_BURST)
def throttled_in_form(exchange: Exchange, contract: Contract, status: str, code: str) -> Iterator[Finding]:
    """A throttled request is answered 429, or as AWS publishes for its code, with a code of the throttling family."""
    answer = exchange.answer
    if answer is None:
        return
    family = contract.errors.family(Family.THROTTLING)
    statuses = (contract.errors.statuses(answer.code) if answer.code in family else None) or frozenset({429})
    if answer.status in statuses:
        yield Held(status)
    else:
        yield ThrottlingStatus(status, " or ".join(map(str, sorted(statuses))), str(answer), (exchange,))
    if answer.code in family:
        yield Held(code)
    else:
        received = answer.code or "no error code"
        yield ThrottlingCode(code, f"one of {', '.join(sorted(family))}", received, (exchange,))


@oracle(NeverRecovers, excused_by=ALL - {Excuse.THROTTLED}, replay=_TAKES_A_BURST)
def recovered(throttled: Exchange, later: Exchange, clause: str) -> Iterator[Finding]:
    """Some time after a burst a request is answered for itself."""
    if later.is_throttled:
        yield NeverRecovers(clause, "an answer for the request itself", str(later), (throttled, later))
    else:
        yield Held(clause)
