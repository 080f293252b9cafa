"""The report of a soak: the same as that of a run, with throughput and latency among what was measured."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version

from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.judging.announcing import clause_infos
from imagebuilder_conformance.judging.judgements import Rest, failure_records, judge
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.soaking.tribunal import Tribunal
from imagebuilder_conformance.target import Target
from imagebuilder_reports.digest import selection_digest
from imagebuilder_reports.events import (
    CheckFinished,
    CheckInfo,
    Event,
    Footer,
    Header,
    Intent,
    Result,
    RunInfo,
    SuiteInfo,
    TargetInfo,
)
from imagebuilder_reports.verdicts import Cause, Ending, Verdict
from imagebuilder_spec import Contract, Suite

_NOT_SHOWN: Rest = (Verdict.NOT_RUN, "the soak did not show it", Cause.NEVER_SHOWN)
# The report shows so many exchanges at most, and lists so many builds where there is no limit of them.
_MOST = 2000


class Rows:
    """Keeps some exchanges of a stream, evenly over its length, and those that named the first images."""

    def __init__(self) -> None:
        self.sample: list[Exchange] = []
        self.starts: dict[str, Exchange] = {}
        self.most_starts = _MOST
        self._stride = 1
        self._seen = 0

    def see(self, exchange: Exchange) -> None:
        """Keep an exchange, or not."""
        if self._seen % self._stride == 0:
            self.sample.append(exchange)
            if len(self.sample) > _MOST:
                self.sample = self.sample[::2]
                self._stride *= 2
        self._seen += 1
        if exchange.image and len(self.starts) < self.most_starts:
            self.starts.setdefault(exchange.image, exchange)


def header(settings: Settings, target: Target, contract: Contract, tribunal: Tribunal, nonce: str) -> Header:
    """The header of a soak's report: the clauses that the checks of a soak can judge are the selected ones."""
    suite = version("imagebuilder-conformance")
    clauses = {clause for check in tribunal.checks for clause in check.clauses}
    return Header(
        suite=SuiteInfo(suite, contract.revision, selection_digest(suite, contract, clauses)),
        target=TargetInfo(target.name, target.endpoint, target.region, target.pipelines, target.reference),
        run=RunInfo(
            started=_now(),
            nonce=nonce,
            seed=settings.seed,
            workers=1,
            suites=(Suite.CORE,),
            prefixes=(),
            strict=settings.strict,
            max_executions=settings.max_executions,
        ),
        clauses=tuple(clause_infos(contract, clauses)),
        checks=tuple(CheckInfo(each.id, each.clauses, each.law, executions=0) for each in tribunal.checks),
    )


def events(
    header_: Header,
    tribunal: Tribunal,
    rows: Rows,
    contract: Contract,
    redactor: Redactor,
    *,
    ending: Ending,
    reason: str | None,
    seconds: float,
    measured: Mapping[str, float],
) -> Iterator[Event]:
    """The events of a soak, of which its report is folded."""
    yield header_
    for exchange in rows.starts.values():
        yield Intent(
            exchange.id, exchange.check, exchange.started_at, exchange.request.token, exchange.request.pipeline
        )
    kept = {exchange.id: exchange for exchange in (*rows.starts.values(), *rows.sample)}
    sampled = {exchange.id for exchange in rows.sample}
    for exchange in kept.values():
        evidence = record(exchange, redactor)
        shown = evidence if exchange.id in sampled else None
        yield Result(exchange.id, evidence.last.at, evidence.last.status, evidence.image, shown)
    for check in tribunal.checks:
        findings = tribunal.found(check)
        yield CheckFinished(
            id=check.id,
            judgements=judge(check.clauses, findings, contract, set_aside={}, rest=_NOT_SHOWN),
            failures=failure_records(findings, redactor, contract),
        )
    yield Footer(
        finished=_now(),
        seconds=round(seconds, 3),
        ending=ending,
        reason=redactor.optional(reason),
        measured=measured,
        exchanges=tribunal.counters.exchanges,
        executions=tribunal.counters.images,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
