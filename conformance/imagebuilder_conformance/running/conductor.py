"""The life of a run: the target, the preflight, the checks one after the other, the fold at the end."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from itertools import cycle
from math import inf

from imagebuilder_conformance.checks import Check, SharedStart
from imagebuilder_conformance.client.budget import Budget, OverBudgetError
from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.forms import FORMS
from imagebuilder_conformance.client.keys import CredentialsRenewedError, KeyWatch
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.client.sdk_process import SdkProcessError
from imagebuilder_conformance.debug_log import bound_to, decided, written_to
from imagebuilder_conformance.extras import ExtraMissingError
from imagebuilder_conformance.judging.announcing import announce, target_info
from imagebuilder_conformance.judging.judgements import Rest, finished
from imagebuilder_conformance.oracles.excuses import reason
from imagebuilder_conformance.oracles.findings import Explained, failures
from imagebuilder_conformance.oracles.passive import PassiveCheck, Watch
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.probing.revisions import Fit, known_fit
from imagebuilder_conformance.probing.shared import Shared
from imagebuilder_conformance.probing.thrift import Thrift
from imagebuilder_conformance.running.costs import essential_checks, limit_of
from imagebuilder_conformance.running.outcomes import (
    End,
    Outcome,
    ended_by,
    is_of_the_account,
    kept_by_the_account,
)
from imagebuilder_conformance.running.parts import Part
from imagebuilder_conformance.running.preflight import (
    OTHER_CHECK,
    NoVerdictError,
    ask_others,
    expect_revision,
    preflight,
)
from imagebuilder_conformance.running.selection import Selection, select
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.target import CredentialsLostError, Target
from imagebuilder_reports.events import (
    WORKERS,
    CheckFinished,
    Event,
    Footer,
    Header,
    RevisionsAsked,
    RunInfo,
)
from imagebuilder_reports.legible import plural
from imagebuilder_reports.moments import now
from imagebuilder_reports.verdicts import Cause, Ending, Verdict
from imagebuilder_spec import Activity, Contract, Suite, load_contract

_NOT_JUDGED: Rest = (Verdict.INCONCLUSIVE, "nothing came that could be judged", None)
_NOT_PAID: Rest = (Verdict.NOT_RUN, "the budget does not pay for a start", Cause.BUDGET)
_NEVER_SHOWN: Rest = (Verdict.NOT_RUN, "the target did not show it", Cause.NEVER_SHOWN)


class Conductor:
    """Leads a run from its header to its footer, or takes part in one. `emit` gets every event in order.

    `left_out` are checks that pytest was told not to make; the header says so of those that would have been selected.
    """

    def __init__(
        self,
        settings: Settings,
        checks: Iterable[Check],
        emit: Callable[[Event], None],
        part: Part | None = None,
        *,
        left_out: Iterable[Check] = (),
    ) -> None:
        self.settings = settings
        self.contract: Contract = load_contract(settings.contract)
        self.selection: Selection = select(settings, self.contract, checks)
        self._left_out = select(settings, self.contract, left_out).checks
        self._emit = emit
        self._stack = ExitStack()
        self._watch = Watch(self.selection.passive, self.contract)
        self._seen: list[Exchange] = []
        self._measured: dict[str, float] = {}
        self._started: dict[str, float] = {}
        self._excused: list[Exchange] = []
        self._explained = Explained()
        self._quickest = inf
        self._shared = Shared(
            self._burst_client,
            sdk_python=settings.sdk_python,
            thorough=settings.thorough,
            retention=settings.retention,
            forms=cycle((None, *FORMS)),
        )
        self._bursting: Client | None = None
        self._part = part or Part.of(settings)
        self._tokens = self._part.tokens()
        self._redactor = Redactor(())
        self._opened = False
        self.essential = essential_checks(self.selection, on_aws=settings.on_aws)
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
        if target.reference:
            self._shared.fit = known_fit(self.contract.revision)
        paid = any(check.least for check in self.selection.checks)
        # Without a budget for it there is no first start to share, and each clause says so.
        thrift = self._shared.thrift
        token = thrift.token(SharedStart.FIRST) if thrift else None
        with suppress(OverBudgetError):
            try:
                self._shared.first = preflight(
                    self._client, self._tokens, start=paid, token=token, on_fit=self._note_fit
                )
                self._ask_others()
            except NoVerdictError as none:
                raise NoVerdictError(none.ending, self._redactor.text(none.reason)) from none
            except CredentialsLostError as lost:
                raise NoVerdictError(Ending.DENIED, self._redactor.text(str(lost))) from lost

    def _ask_others(self) -> None:
        """See whether further pipelines can be used, if any check is going to use one."""
        first = self._shared.first
        if first is not None and first.image and any(check.pipelines > 1 for check in self.selection.checks):
            start = self.max_executions is None and any(check.id == OTHER_CHECK for check in self.selection.checks)
            self._shared.others, self._shared.refusing = ask_others(self._client, self._tokens, first, start=start)
            # The preflight judges nothing either, though it asks of a pipeline with a token that is used.
            self._explained.silent.add(first.request.token or "")

    @property
    def fit(self) -> Fit | None:
        """Which revision the first answers fit, if they were asked for."""
        return self._shared.fit

    def _note_fit(self, fit: Fit) -> None:
        self._shared.fit = fit
        self._emit(RevisionsAsked(fit.revisions, self._redactor.text(fit.sentence)))
        expect_revision(fit, self.settings)

    def join(self, target: Target) -> None:
        """Take part in a run that another process leads: no header, no preflight, no footer."""
        self._redactor = Redactor(target.secrets)
        log = self.settings.debug_log
        # Threads of one process have one.
        if log is not None and self._part.common is None:
            self._stack.enter_context(written_to(log, self._part.epoch))
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
            keys=KeyWatch(proven=bool(self._part.number)),
        )
        self._stack.callback(self._client.transport.close)
        self._stack.callback(self._shared.close)

    def lane(self, number: int) -> Part:
        """What it takes to take part in this run from another thread of this process."""
        return replace(self._part, number=number, common=(self._tokens, self._client.pace))

    @property
    def target(self) -> Target:
        """What is judged, once the run is opened."""
        return self._client.target

    @property
    def latency(self) -> float:
        """The least time in which a request was answered so far, in seconds; 0 where none was."""
        return self._quickest if self._quickest < inf else 0.0

    def note_workers(self, number: int) -> None:
        """Take note of how many make checks at the same time."""
        self._measured[WORKERS] = float(number)
        decided("%d checks are made at the same time", number)

    def leave(self) -> None:
        """End the part in a run that another process leads."""
        self._stack.close()

    def run(self, check: Check, test: Callable[[Probe], None]) -> Outcome:
        """Make one check and write its event. Raises what ended the check from outside."""
        outcome = self.make(check, test)
        self.take_check(outcome.event, outcome.measured, outcome.excused)
        if outcome.broke_off is not None:
            raise outcome.broke_off
        return outcome

    def take(self, exchanges: Iterable[Exchange], *, doubtful: bool) -> None:
        """Take over exchanges of another process of the run: the passive checks see them, and their builds count.

        `doubtful` says that what they show may be due to what went on beside them, and is asked again.
        """
        for exchange in exchanges:
            if doubtful and exchange.request.token is not None:
                self._explained.tokens.add(exchange.request.token)
            self._client.account(exchange)
            self._observe(exchange)

    def take_check(self, event: CheckFinished, measured: Mapping[str, float], excused: Exchange | None = None) -> None:
        """Write the event of a check, also of one that another process made."""
        self._measured.update(measured)
        if excused is not None:
            self._excused.append(excused)
        self._explained.clauses.update(each.clause for each in event.judgements if each.verdict is Verdict.FAILED)
        self._emit(event)

    def lose(self, check: Check, reason: str) -> None:
        """Write the event of a check that was begun by another process and never came to its end."""
        self._emit(finished(check, (), self.contract, self._redactor, rest=(Verdict.ERROR, reason, None)))

    def make(self, check: Check, test: Callable[[Probe], None]) -> Outcome:
        """Make one check and write no event of it."""
        with bound_to(check.id):
            outcome = self._make(check, test)
            for judgement in outcome.event.judgements:
                why = f": {judgement.reason}" if judgement.reason else ""
                decided("%s is %s%s", judgement.clause, judgement.verdict, why)
        return outcome

    def _make(self, check: Check, test: Callable[[Probe], None]) -> Outcome:
        began, spent = time.monotonic(), self._client.budget.spent
        probe = self._probe(check)
        try:
            try:
                test(probe)
            except CredentialsRenewedError:
                # They ended among requests that belong together, so that these are to be sent together again.
                probe = self._probe(check)
                test(probe)
            end = End(kept_by_the_account(probe.exchanges) or _NOT_JUDGED)
        except BaseException as error:  # noqa: BLE001  # what ends it from outside is raised where the event is written
            end = ended_by(error, self._starts, self._redactor.text)
        tokens = {each.request.token for each in probe.exchanges if each.request.token is not None}
        if failures(probe.findings):
            # Who found one thing of them has looked at all of them.
            self._explained.tokens |= tokens
        elif not probe.findings:
            self._explained.silent |= tokens
        event = replace(
            finished(check, probe.findings, self.contract, self._redactor, rest=end.rest, set_aside=probe.set_aside),
            notes=tuple(map(self._redactor.text, probe.notes)),
            executions=self._client.budget.spent - spent,
            seconds=round(time.monotonic() - began, 6),
        )
        seen, self._seen = self._seen, []
        # A check that judged all of its clauses all the same was kept from nothing.
        kept = any(judgement.verdict is Verdict.INCONCLUSIVE for judgement in event.judgements)
        excused = next(filter(is_of_the_account, probe.excused), None) if kept else None
        return Outcome(event, end.fatal, end.broke_off, tuple(seen), probe.measured, excused)

    def _probe(self, check: Check) -> Probe:
        return Probe(check, self._client, self._tokens, self._shared, seed=self.settings.seed)

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
                reason=self._redactor.optional(reason or self._kept_from_starting()),
                measured=self._measured,
            )
        )
        self._stack.close()

    def _kept_from_starting(self) -> str | None:
        """The sentence of a run that the account kept from judging everything; None where it did not."""
        if not self._excused:
            return None
        first = min(self._excused, key=lambda exchange: exchange.started_at)
        # Those that overlapped it took the place that it did not get.
        starts = self._starts(until=first.ended_at)
        return f"after {starts} {self._client.target.endpoint} answered {reason(first)}"

    def _starts(self, until: float = inf) -> str:
        """How many images the run has started, in words; `until` is on the run's clock, in seconds."""
        return plural(sum(at <= until for at in self._started.values()), "start")

    def _fold(self, check: PassiveCheck) -> CheckFinished:
        findings = self._watch.found(check, self._explained)
        unpaid = self.max_executions is not None and self._shared.first is None
        rest = _NOT_PAID if unpaid else _NOT_JUDGED
        set_aside = {
            clause: _NEVER_SHOWN
            for clause in check.clauses
            if check.residual or self.contract.clauses[clause].activity is Activity.PASSIVE
        }
        event = finished(check, findings, self.contract, self._redactor, rest=rest, set_aside=set_aside)
        return replace(event, notes=self._watch.notes(check))

    def _observe(self, exchange: Exchange) -> None:
        if self._part.number:
            # The process that leads looks at it.
            self._seen.append(exchange)
            return
        self._watch.see(exchange)
        last = exchange.attempts[-1]
        if last.answer is not None and not self._part.workers:
            # A long one takes its time on the way, and several at once take the memory.
            self._quickest = 0.0 if last.answer.cut else min(self._quickest, last.seconds)
        if exchange.image is not None:
            self._started.setdefault(exchange.image, exchange.started_at)
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

    def calls_sdk(self, check: Check) -> bool:
        """Whether an SDK makes the calls of a check."""
        return any(self.contract.clauses[clause].suite is Suite.SDK for clause in check.clauses)

    def _sdk(self) -> str | None:
        """What makes the calls of the suite `sdk`, or why nothing does; None where none are made."""
        if not any(map(self.calls_sdk, self.selection.checks)):
            return None
        try:
            return self._shared.sdk_of(self._client).described
        except (ExtraMissingError, SdkProcessError) as error:
            return f"none: {error}"

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
                prefixes=settings.prefixes if settings.again is None else tuple(self.selection.clauses),
                strict=settings.strict,
                max_executions=self.max_executions,
                time_limit=settings.time_limit,
                retention=settings.retention,
                thorough=settings.thorough,
                sdk=self._sdk(),
                provisioned=settings.made.resources if settings.made else (),
            ),
            clauses=self.selection.clauses,
            checks=self.selection.checks,
            deselected=self._left_out,
            passive=self.selection.passive,
        )
