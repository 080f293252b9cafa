"""Replays the failures of a check: each in several manners, until it shows again or all are through."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.client.budget import Budget
from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.oracles.declaring import CannotJudgeError
from imagebuilder_conformance.oracles.findings import Excused
from imagebuilder_conformance.oracles.registry import expect_judgeable, judge_again
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.probing.renewal import Renewal
from imagebuilder_conformance.probing.shared import Shared
from imagebuilder_conformance.probing.tokens import Tokens, new_nonce
from imagebuilder_conformance.replaying.context import led_to
from imagebuilder_conformance.replaying.outcomes import Outcome, Replayed, compare, outcome_of, overlap
from imagebuilder_conformance.replaying.rebuilding import CannotRebuildError, rebuild
from imagebuilder_conformance.replaying.sending import Case, Manner, distance, in_order, send
from imagebuilder_conformance.target import Target
from imagebuilder_reports.events import ExchangeRecord, FailureRecord
from imagebuilder_reports.model import CheckReport, Report
from imagebuilder_spec import Contract

_PLAIN = Manner("")
_RECONNECTING = Manner("each on a connection of its own", reconnects=True)
_INFORMED = Manner("after what the run had sent before", with_context=True)
_DISTANT = Manner("with as much time and as many other starts in between as then", keeps_distance=True)
# A race may be won by chance.
_RACES = tuple(Manner(f"in round {number}") for number in range(2, 11))
# A recorded distance below this, in seconds, and without other starts, is none.
_NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Replay:
    """Replays failures of a report against a target, which need not be the one of the report.

    `sent` is everything that the run had sent, as far as that is known. `max_executions` is the most image builds to
    start; None sets no limit.
    """

    report: Report
    target: Target
    contract: Contract
    sent: tuple[ExchangeRecord, ...] = ()
    max_executions: int | None = None

    def failures_of(self, check: CheckReport) -> Iterator[Replayed]:
        """What came of each failure of a check.

        Raises:
            TargetLostError: Nothing listens at the target.
            OverBudgetError: More builds would be started than allowed.
            MisfitError: The record of a request is damaged.
        """
        client = Client(self.target, self.contract, budget=Budget(self.max_executions))
        declared = Check(id=check.id, clauses=check.clauses, law=check.law)
        probe = Probe(declared, client, Tokens(new_nonce()), Shared(lambda: client), seed=self.report.run.seed)
        try:
            for failure in check.failures:
                yield self._replay(failure, check.id, probe)
        finally:
            client.transport.close()

    def _replay(self, failure: FailureRecord, check: str, probe: Probe) -> Replayed:
        try:
            expect_judgeable(check, failure.code, len(failure.exchanges))
            best = self._round(failure, check, probe, _PLAIN)
            for manner in self._further_manners(failure):
                if best.outcome is Outcome.REPRODUCED:
                    break
                best = min(best, self._round(failure, check, probe, manner), key=lambda replayed: replayed.gravity)
        except (CannotJudgeError, CannotRebuildError) as error:
            hint = f"`run {failure.clause}` makes it anew"
            return Replayed(failure, Outcome.NOT_SENT, f"can't be sent again: {error}; {hint}")
        return best

    def _round(self, failure: FailureRecord, check: str, probe: Probe, manner: Manner) -> Replayed:
        """Send the exchanges of a failure once, with tokens of their own, and judge them."""
        case = self._case(failure, manner)
        sent = send(case, probe, self.report, manner)
        exchanges = [sent[record.id] for record in failure.exchanges]
        findings = judge_again(check, failure.code, failure.clause, exchanges, self.contract)
        outcome, sentence = outcome_of(failure, findings)
        ordered = in_order(failure.exchanges)
        comparisons = compare(ordered, [sent[record.id] for record in ordered])
        seen = outcome is not Outcome.MENDED and manner.words
        said = f"{sentence} ({manner.words})" if seen else sentence
        return Replayed(
            failure, outcome, said, comparisons, judged=any(not isinstance(each, Excused) for each in findings)
        )

    def _case(self, failure: FailureRecord, manner: Manner) -> Case:
        """The requests to send, all made fresh in the same way."""
        pipelines = zip(self.report.target.pipelines, self.target.pipelines, strict=False)
        renewal = Renewal(self.report.run.nonce.split("+"), pipelines)
        requests = {record.id: self._request(record, renewal) for record in failure.exchanges}
        context = led_to(failure.exchanges, self.sent) if manner.with_context else []
        for record in context:
            with suppress(CannotRebuildError):
                requests[record.id] = self._request(record, renewal)
        records = in_order([record for record in (*failure.exchanges, *context) if record.id in requests])
        return Case(records, tuple(requests[record.id] for record in records))

    def _request(self, record: ExchangeRecord, renewal: Renewal) -> Request:
        return rebuild(record, self.report, self.contract.operation, renewal)

    def _further_manners(self, failure: FailureRecord) -> Iterator[Manner]:
        """How to send once more what did not show at once; on AWS not at all, as it costs money."""
        if self.target.is_aws:
            return
        alone, racing = len(failure.exchanges) == 1, overlap(failure.exchanges)
        if racing:
            yield from _RACES
        elif not alone:
            yield _RECONNECTING
        if led_to(failure.exchanges, self.sent):
            yield _INFORMED
        if not alone and not racing:
            starts, seconds = distance(in_order(failure.exchanges), self.report)
            if starts or seconds > _NEAR:
                yield _DISTANT
