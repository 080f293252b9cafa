"""How a check came to its end: by itself, by what ends it or the whole run, or kept from judging by the account."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from imagebuilder_conformance.client.budget import OverBudgetError
from imagebuilder_conformance.client.client import TargetLostError
from imagebuilder_conformance.client.keys import CredentialsDoubtedError, CredentialsRenewedError
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.sdk_process import SdkProcessError
from imagebuilder_conformance.extras import ExtraMissingError
from imagebuilder_conformance.judging.judgements import Rest
from imagebuilder_conformance.machine import complaint
from imagebuilder_conformance.oracles.excuses import excuse_of, reason
from imagebuilder_conformance.probing.sending import InconclusiveError, SecondPipelineMissingError
from imagebuilder_conformance.running.preflight import NoVerdictError
from imagebuilder_conformance.target import CredentialsLostError
from imagebuilder_reports.errors import UnwritableError
from imagebuilder_reports.events import CheckFinished
from imagebuilder_reports.verdicts import Cause, Ending, Verdict

# What ends one check, and what it is then said of the clauses that it had not judged.
_ENDS_A_CHECK: Mapping[type[BaseException], tuple[Verdict, Cause | None]] = {
    InconclusiveError: (Verdict.INCONCLUSIVE, None),
    # The process that leads makes the check again, and finds out.
    CredentialsDoubtedError: (Verdict.INCONCLUSIVE, None),
    SecondPipelineMissingError: (Verdict.NOT_RUN, Cause.PIPELINES),
    ExtraMissingError: (Verdict.NOT_RUN, Cause.EXTRA),
    SdkProcessError: (Verdict.ERROR, None),
    OverBudgetError: (Verdict.NOT_RUN, Cause.BUDGET),
}
# What ends the whole run, and how it has then ended.
_ENDS_THE_RUN: Mapping[type[BaseException], Ending] = {
    TargetLostError: Ending.TARGET_LOST,
    CredentialsRenewedError: Ending.INTERRUPTED,
    CredentialsLostError: Ending.INTERRUPTED,
    UnwritableError: Ending.INTERRUPTED,
}


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


@dataclass(frozen=True, slots=True)
class End:
    """How a check ended: what is said of the clauses that it had not judged, and what reaches beyond the check."""

    rest: Rest
    fatal: NoVerdictError | None = None
    broke_off: BaseException | None = None


def ended_by(error: BaseException, starts: Callable[[], str], redacted: Callable[[str], str]) -> End:
    """How a check ended that raised an error.

    Args:
        error: What it raised.
        starts: How many starts there were so far, in words.
        redacted: Takes the secrets out of what ends the run.
    """
    kind = type(error)
    if kind in _ENDS_A_CHECK:
        verdict, cause = _ENDS_A_CHECK[kind]
        return End((verdict, str(error), cause))
    if kind in _ENDS_THE_RUN:
        no_keys = isinstance(error, CredentialsLostError)
        said = f"after {starts()} {error}" if no_keys else str(error)
        rest = Verdict.INCONCLUSIVE if no_keys else Verdict.ERROR, str(error), None
        return End(rest, fatal=NoVerdictError(_ENDS_THE_RUN[kind], redacted(said)))
    if isinstance(error, Exception):
        # A bug of one check must not cost the others their verdicts.
        return End((Verdict.ERROR, complaint(error) or f"the check itself failed: {error!r}", None))
    in_short = ": ".join(filter(None, (kind.__name__, *str(error).splitlines()[:1])))
    return End((Verdict.ERROR, f"the check was ended from outside: {in_short}", None), broke_off=error)


def is_of_the_account(exchange: Exchange) -> bool:
    """Whether the account, and not the target, kept an exchange from its answer."""
    excuse = excuse_of(exchange)
    return excuse is not None and excuse.is_of_the_account


def kept_by_the_account(exchanges: Iterable[Exchange]) -> Rest | None:
    """Why a check could not judge, where the account kept it from that."""
    why = next((reason(each) for each in exchanges if is_of_the_account(each)), None)
    return (Verdict.INCONCLUSIVE, why, None) if why else None
