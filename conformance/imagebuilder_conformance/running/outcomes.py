"""How a check came to its end: by itself, by what ends it or the whole run, or kept from judging by the account."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from imagebuilder_conformance.client.budget import OverBudgetError
from imagebuilder_conformance.client.client import TargetLostError
from imagebuilder_conformance.client.keys import CredentialsDoubtedError, CredentialsRenewedError
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.sdk_process import SdkProcessError
from imagebuilder_conformance.extras import ExtraMissingError
from imagebuilder_conformance.judging.judgements import Rest
from imagebuilder_conformance.oracles.excuses import excuse_of, reason
from imagebuilder_conformance.probing.sending import InconclusiveError, SecondPipelineMissingError
from imagebuilder_conformance.running.preflight import NoVerdictError
from imagebuilder_conformance.target import CredentialsLostError
from imagebuilder_reports.errors import UnwritableError
from imagebuilder_reports.events import CheckFinished
from imagebuilder_reports.verdicts import Cause, Ending, Verdict

ENDS_A_CHECK: Mapping[type[Exception], tuple[Verdict, Cause | None]] = {
    InconclusiveError: (Verdict.INCONCLUSIVE, None),
    # The process that leads makes the check again, and finds out.
    CredentialsDoubtedError: (Verdict.INCONCLUSIVE, None),
    SecondPipelineMissingError: (Verdict.NOT_RUN, Cause.PIPELINES),
    ExtraMissingError: (Verdict.NOT_RUN, Cause.EXTRA),
    SdkProcessError: (Verdict.ERROR, None),
    OverBudgetError: (Verdict.NOT_RUN, Cause.BUDGET),
}
"""What ends one check, and what it is then said of the clauses that it had not judged."""

ENDS_THE_RUN: Mapping[type[Exception], Ending] = {
    TargetLostError: Ending.TARGET_LOST,
    CredentialsRenewedError: Ending.INTERRUPTED,
    CredentialsLostError: Ending.INTERRUPTED,
    UnwritableError: Ending.INTERRUPTED,
}
"""What ends the whole run, and how it has then ended."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a check: the event, and the exception that ends the whole run, if there was one.

    `measured` are its figures; `exchanges` are its own, where another process leads the run. `excused` is the first
    answer by which the account kept it from judging. `broke_off` is what ended the check from outside: an interrupt, or
    somebody's timeout.
    """

    event: CheckFinished
    fatal: NoVerdictError | None = None
    broke_off: BaseException | None = None
    exchanges: tuple[Exchange, ...] = ()
    measured: Mapping[str, float] = field(default_factory=dict)
    excused: Exchange | None = None


def in_short(error: BaseException) -> str:
    """An exception in one line."""
    return ": ".join(filter(None, (type(error).__name__, *str(error).splitlines()[:1])))


def is_of_the_account(exchange: Exchange) -> bool:
    """Whether the account, and not the target, kept an exchange from its answer."""
    excuse = excuse_of(exchange)
    return excuse is not None and excuse.is_of_the_account


def kept_by_the_account(exchanges: Iterable[Exchange]) -> Rest | None:
    """Why a check could not judge, where the account kept it from that."""
    why = next((reason(each) for each in exchanges if is_of_the_account(each)), None)
    return (Verdict.INCONCLUSIVE, why, None) if why else None
