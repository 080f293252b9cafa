"""The auditor: exchanges in, a report out."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from time import monotonic
from urllib.parse import urlsplit

from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.partial import known_or_none
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.judging.announcing import announce
from imagebuilder_conformance.judging.judgements import Rest, finished
from imagebuilder_conformance.oracles.findings import Tally
from imagebuilder_conformance.oracles.memory import Memory, Table
from imagebuilder_conformance.oracles.passive import PassiveCheck, Watch
from imagebuilder_conformance.oracles.recorded import RECORDED_CHECKS
from imagebuilder_conformance.target import arn_scope, is_aws_host
from imagebuilder_reports.events import (
    CheckFinished,
    Event,
    ExchangeRecord,
    Footer,
    Header,
    Result,
    RunInfo,
    TargetInfo,
)
from imagebuilder_reports.model import Report
from imagebuilder_reports.moments import now
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Cause, Ending, Verdict
from imagebuilder_spec import Contract, Suite

_NEVER_SHOWN: Rest = (Verdict.NOT_RUN, "the recorded traffic did not show it", Cause.NEVER_SHOWN)
# The report names so many endpoints and pipelines.
_NAMES = 5


class Auditor:
    """Judges exchanges one after the other, and holds only what may yet be evidence.

    What it holds grows with the distinct tokens, images and request ids, in tables that `table` makes. Times (`at`) of
    all exchanges are on one clock. Not safe for use by several threads at once.
    """

    def __init__(self, contract: Contract, *, table: Table = dict, strict: bool = False, rows: int = 1000) -> None:
        """Begin an audit.

        Args:
            contract: What the answers are held against.
            table: Makes the tables that grow.
            strict: Whether a SHOULD that is not kept makes the target non-conformant.
            rows: How many exchanges the report lists, the first ones; all are judged.
        """
        self.exchanges = 0
        """How many exchanges it saw, and how many of them were calls of the operation."""
        self.calls = 0
        self._contract = contract
        self._strict = strict
        self._table = table
        self._redactor = Redactor(())
        self._checks = tuple(each.of(contract) for each in RECORDED_CHECKS)
        self._watches: dict[str, Watch] = {}
        self._rows: list[ExchangeRecord] = []
        self._most_rows = rows
        self._origins: dict[str, None] = {}
        self._pipelines: dict[str, None] = {}
        self._began = monotonic()
        self._started = now()

    def see(self, exchange: Exchange, source: str = "") -> None:
        """Judge an exchange.

        Args:
            exchange: Its id is unique among all that the auditor sees.
            source: The recording that it is from. Tokens and images are compared within a recording, and over all of
                them for AWS's own hosts only: any other target may have been started anew in between.
        """
        origin, scope = _scope(exchange.url, source)
        watch = self._watches.get(scope)
        if watch is None:
            watch = self._watches[scope] = Watch(self._checks, self._contract, Memory(self._table))
        watch.see(exchange)
        self.exchanges += 1
        self.calls += not exchange.request.off_operation
        _note(origin, self._origins)
        pipeline = exchange.request.pipeline
        noted = not pipeline or pipeline in self._pipelines or len(self._pipelines) >= _NAMES
        if pipeline and not noted and known_or_none(lambda: exchange.is_success):
            _note(pipeline, self._pipelines)
        if len(self._rows) < self._most_rows:
            self._rows.append(record(exchange, self._redactor))

    def close(self, *, incomplete: str | None = None, measured: Mapping[str, float] | None = None) -> Report:
        """The report on all exchanges.

        Args:
            incomplete: Why there should be more of them, if so.
            measured: Figures to go with the report.
        """
        return fold(self._events(incomplete, measured or {}))

    def _events(self, incomplete: str | None, measured: Mapping[str, float]) -> Iterator[Event]:
        yield self._header()
        for row in self._rows:
            yield Result(row.id, row.last.at, row.last.status, row.image, row)
        for check in self._checks:
            yield self._finished(check)
        yield Footer(
            finished=now(),
            seconds=round(monotonic() - self._began, 3),
            ending=Ending.TRUNCATED if incomplete else Ending.COMPLETED,
            reason=incomplete,
            measured=measured,
            exchanges=self.exchanges,
        )

    def _finished(self, check: PassiveCheck) -> CheckFinished:
        findings = Tally()
        for watch in self._watches.values():
            findings.add(watch.found(check))
        return finished(check, findings, self._contract, self._redactor, rest=_NEVER_SHOWN)

    def _header(self) -> Header:
        regions = dict.fromkeys(arn_scope(pipeline)[1] for pipeline in self._pipelines if pipeline.count(":") >= 5)
        return announce(
            self._contract,
            TargetInfo(
                name="recorded traffic",
                endpoint=", ".join(self._origins),
                region=", ".join(regions),
                pipelines=tuple(self._pipelines),
                reference=False,
                recorded=True,
            ),
            RunInfo(
                started=self._started,
                nonce="",
                seed=0,
                workers=1,
                suites=tuple(Suite),
                prefixes=(),
                strict=self._strict,
            ),
            clauses=self._contract.clauses,
            passive=self._checks,
        )


# Most exchanges of a recording are with one URL.
@lru_cache(maxsize=16)
def _scope(url: str, source: str) -> tuple[str, str]:
    """The origin of a URL, and within what tokens and images are compared."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin, origin if is_aws_host(parts.hostname or "") else f"{origin} {source}"


def _note(name: str, names: dict[str, None]) -> None:
    if name not in names and len(names) < _NAMES:
        names[name] = None
