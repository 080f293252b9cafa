"""The report of a soak: the same as that of a run, with throughput and latency among what was measured."""

from collections.abc import Iterator, Mapping

from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.judging.announcing import announce, target_info
from imagebuilder_conformance.judging.judgements import Rest, finished
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.soaking.tribunal import Tribunal
from imagebuilder_conformance.target import Target
from imagebuilder_reports.events import (
    Event,
    Footer,
    Header,
    Intent,
    Result,
    RunInfo,
)
from imagebuilder_reports.moments import now
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
    return announce(
        contract,
        target_info(target),
        RunInfo(
            started=now(),
            nonce=nonce,
            seed=settings.seed,
            workers=1,
            suites=(Suite.CORE,),
            prefixes=(),
            strict=settings.strict,
            max_executions=settings.max_executions,
        ),
        clauses={clause for check in tribunal.checks for clause in check.clauses},
        passive=tribunal.checks,
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
        yield finished(check, tribunal.found(check), contract, redactor, rest=_NOT_SHOWN)
    yield Footer(
        finished=now(),
        seconds=round(seconds, 3),
        ending=ending,
        reason=redactor.optional(reason),
        measured=measured,
        exchanges=tribunal.counters.exchanges,
        executions=tribunal.counters.images,
    )
