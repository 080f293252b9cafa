"""The life of a run: the target, the preflight, the checks one after the other, the fold at the end."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace

from imagebuilder_conformance.checks import Check, SharedStart
from imagebuilder_conformance.client.budget import Budget, OverBudgetError
from imagebuilder_conformance.client.client import Client, TargetLostError
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.extras import ExtraMissingError
from imagebuilder_conformance.judging.announcing import announce, target_info
from imagebuilder_conformance.judging.judgements import Rest, finished
from imagebuilder_conformance.oracles.hindrances import hindrance
from imagebuilder_conformance.oracles.passive import PassiveCheck, Watch
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.probing.sending import InconclusiveError, SecondPipelineMissingError
from imagebuilder_conformance.probing.shared import Shared
from imagebuilder_conformance.probing.thrift import Thrift
from imagebuilder_conformance.running.costs import essential_checks, limit_of
from imagebuilder_conformance.running.parts import Part
from imagebuilder_conformance.running.preflight import NoVerdictError, preflight
from imagebuilder_conformance.running.selection import Selection, select
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.target import CredentialsLostError, Target
from imagebuilder_reports.events import (
    CheckFinished,
    Event,
    Footer,
    Header,
    RunInfo,
)
from imagebuilder_reports.moments import now
from imagebuilder_reports.verdicts import Cause, Ending, Verdict
from imagebuilder_spec import Activity, Contract, load_contract

_NOT_JUDGED: Rest = (Verdict.INCONCLUSIVE, "nothing came that could be judged", None)
_NOT_PAID: Rest = (Verdict.NOT_RUN, "the budget does not pay for a start", Cause.BUDGET)
_NEVER_SHOWN: Rest = (Verdict.NOT_RUN, "the target did not show it", Cause.NEVER_SHOWN)

_ENDS_A_CHECK: Mapping[type[Exception], tuple[Verdict, Cause | None]] = {
    InconclusiveError: (Verdict.INCONCLUSIVE, None),
    SecondPipelineMissingError: (Verdict.NOT_RUN, Cause.PIPELINES),
    ExtraMissingError: (Verdict.NOT_RUN, Cause.EXTRA),
    OverBudgetError: (Verdict.NOT_RUN, Cause.BUDGET),
}
_ENDS_THE_RUN: Mapping[type[Exception], Ending] = {
    TargetLostError: Ending.TARGET_LOST,
    CredentialsLostError: Ending.INTERRUPTED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a check: the event, and the exception that ends the whole run, if there was one.

    `measured` are its figures; `exchanges` are its own, where another process leads the run.
    """

    event: CheckFinished
    fatal: NoVerdictError | None = None
    exchanges: tuple[Exchange, ...] = ()
    measured: Mapping[str, float] = field(default_factory=dict)


class Conductor:
    """Leads a run from its header to its footer, or takes part in one. `emit` gets every event in order."""

    def __init__(
        self, settings: Settings, checks: Iterable[Check], emit: Callable[[Event], None], part: Part | None = None
    ) -> None:
        self.settings = settings
        self.contract: Contract = load_contract(settings.contract)
        self.selection: Selection = select(settings, self.contract, checks)
        self._emit = emit
        self._stack = ExitStack()
        self._watch = Watch(self.selection.passive, self.contract)
        self._seen: list[Exchange] = []
        self._measured: dict[str, float] = {}
        self._shared = Shared(self._burst_client)
        self._bursting: Client | None = None
        self._part = part or Part()
        self._tokens = self._part.tokens()
        self._redactor = Redactor(())
        self._opened = False
        self.essential = essential_checks(self.selection)
        """The checks that a run under a budget makes first."""
        self.max_executions = limit_of(settings, self.selection)
        """The most executions that the run may start: those asked for, else on AWS the least that will do."""
        if self.max_executions is not None:
            self._shared.thrift = Thrift(self._tokens.nonce, self.contract)

    def open(self) -> None:
        """Start the embedded target if there is no other, write the header, and look whether a run makes sense.

        Raises `NoVerdictError` where it does not.
        """
        target = self.settings.target or self._embedded_target()
        self.join(target)
        self._emit(self._header(target))
        self._opened = True
        paid = any(check.executions for check in self.selection.checks)
        # Without a budget for it there is no first start to share, and each clause says so.
        thrift = self._shared.thrift
        token = thrift.token(SharedStart.FIRST) if thrift else None
        with suppress(OverBudgetError):
            try:
                self._shared.first = preflight(self._client, self._tokens, start=paid, token=token)
            except NoVerdictError as none:
                raise NoVerdictError(none.ending, self._redactor.text(none.reason)) from none
            except CredentialsLostError as lost:
                raise NoVerdictError(Ending.DENIED, self._redactor.text(str(lost))) from lost

    def join(self, target: Target) -> None:
        """Take part in a run that another process leads: no header, no preflight, no footer."""
        self._redactor = Redactor(target.secrets)
        pace = self._part.pace(self.settings.rate_limit)
        self._stack.callback(pace.close)
        self._client = Client(
            target,
            self.contract,
            budget=Budget(self.max_executions),
            pace=pace,
            journal=self._emit,
            observe=self._observe,
            redactor=self._redactor,
            prefix=f"{self._part.prefix}x",
            epoch=self._part.epoch,
        )
        self._stack.callback(self._client.transport.close)

    def leave(self) -> None:
        """End the part in a run that another process leads."""
        self._stack.close()

    def run(self, check: Check, test: Callable[[Probe], None]) -> Outcome:
        """Make one check and write its event."""
        outcome = self.make(check, test)
        self.take_check(outcome.event, outcome.measured)
        return outcome

    def take(self, exchanges: Iterable[Exchange]) -> None:
        """Take over exchanges of another process of the run: the passive checks see them, and their builds count."""
        for exchange in exchanges:
            self._client.account(exchange)
            self._observe(exchange)

    def take_check(self, event: CheckFinished, measured: Mapping[str, float]) -> None:
        """Write the event of a check, also of one that another process made."""
        self._measured.update(measured)
        self._emit(event)

    def lose(self, check: Check, reason: str) -> None:
        """Write the event of a check that was begun by another process and never came to its end."""
        self._emit(finished(check, (), self.contract, self._redactor, rest=(Verdict.ERROR, reason, None)))

    def make(self, check: Check, test: Callable[[Probe], None]) -> Outcome:
        """Make one check and write no event of it."""
        probe = Probe(check, self._client, self._tokens, self._shared, seed=self.settings.seed)
        began, spent = time.monotonic(), self._client.budget.spent
        rest, fatal = _NOT_JUDGED, None
        try:
            test(probe)
            rest = _hindered(probe.exchanges) or rest
        except tuple(_ENDS_A_CHECK) as error:
            verdict, cause = _ENDS_A_CHECK[type(error)]
            rest = verdict, str(error), cause
        except tuple(_ENDS_THE_RUN) as error:
            rest = Verdict.ERROR, str(error), None
            fatal = NoVerdictError(_ENDS_THE_RUN[type(error)], self._redactor.text(str(error)))
        except Exception as error:  # noqa: BLE001  # a bug of one check must not cost the others their verdicts
            rest = Verdict.ERROR, f"the check itself failed: {error!r}", None
        event = replace(
            finished(check, probe.findings, self.contract, self._redactor, rest=rest, set_aside=probe.set_aside),
            notes=tuple(map(self._redactor.text, probe.notes)),
            executions=self._client.budget.spent - spent,
            seconds=round(time.monotonic() - began, 6),
        )
        seen, self._seen = self._seen, []
        return Outcome(event, fatal, tuple(seen), probe.measured)

    def close(self, ending: Ending, reason: str | None = None) -> None:
        """Fold the passive checks, write the footer, and let go of the target.

        A run that broke off before its header leaves nothing: there would be nothing to fold it with.
        """
        if not self._opened:
            self._stack.close()
            return
        if ending in {Ending.COMPLETED, Ending.INTERRUPTED, Ending.TARGET_LOST}:
            for check in self.selection.passive:
                self._emit(self._fold(check))
        self._emit(
            Footer(
                finished=now(),
                seconds=round(time.monotonic() - self._part.epoch, 3),
                ending=ending,
                reason=self._redactor.optional(reason),
                measured=self._measured,
            )
        )
        self._stack.close()

    def _fold(self, check: PassiveCheck) -> CheckFinished:
        findings = self._watch.found(check)
        unpaid = self.max_executions is not None and self._shared.first is None
        rest = _NOT_PAID if unpaid else _NOT_JUDGED
        set_aside = {
            clause: _NEVER_SHOWN
            for clause in check.clauses
            if self.contract.clauses[clause].activity is Activity.PASSIVE
        }
        return finished(check, findings, self.contract, self._redactor, rest=rest, set_aside=set_aside)

    def _observe(self, exchange: Exchange) -> None:
        if self._part.number:
            # The process that leads looks at it.
            self._seen.append(exchange)
            return
        self._watch.see(exchange)
        if self._shared.thrift is not None:
            self._shared.thrift.see(exchange)

    def _embedded_target(self) -> Target:
        from imagebuilder_conformance.running.embedded import embedded_target

        return self._stack.enter_context(embedded_target(self.contract))

    def _burst_client(self) -> Client:
        """The client for bursts; the embedded target has an instance with a rate limit for them."""
        if self._bursting is None:
            target = self._client.target
            if target.reference:
                from imagebuilder_conformance.running.embedded import throttled_target

                target = self._stack.enter_context(throttled_target(self.contract))
            self._bursting = self._client.beside(target, f"{self._part.prefix}b")
        return self._bursting

    def _header(self, target: Target) -> Header:
        settings = self.settings
        return announce(
            self.contract,
            target_info(target),
            RunInfo(
                started=now(),
                nonce=self._tokens.nonce,
                seed=settings.seed,
                workers=max(1, self._part.workers),
                suites=tuple(settings.suites),
                prefixes=settings.prefixes,
                strict=settings.strict,
                max_executions=self.max_executions,
            ),
            clauses=self.selection.clauses,
            checks=self.selection.checks,
            passive=self.selection.passive,
        )


def _hindered(exchanges: Iterable[Exchange]) -> Rest | None:
    """Why a check could not judge, where answers hindered it."""
    reason = next((found for each in exchanges if (found := hindrance(each))), None)
    return (Verdict.INCONCLUSIVE, reason, None) if reason else None
