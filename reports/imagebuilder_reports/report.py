"""Folds the events of a run into its report. A stream that breaks off folds too, and never looks complete."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace

from imagebuilder_reports.answerers import Answerers
from imagebuilder_reports.causes import with_causes
from imagebuilder_reports.conclusion import conclude
from imagebuilder_reports.events import WORKERS, Event, ExchangeRecord, FailureRecord, Footer
from imagebuilder_reports.executions import account
from imagebuilder_reports.gathering import Gathered, gather
from imagebuilder_reports.judging import judge_check, judge_clause
from imagebuilder_reports.model import CheckReport, ClauseReport, ExchangeRow, Execution, Report, RunReport, Totals
from imagebuilder_reports.verdicts import Ending, Verdict

__all__ = ["Report", "fold", "total"]


def fold(events: Iterable[Event]) -> Report:
    """The report of a run.

    Raises:
        MissingHeaderError: The first event is not a header, or there is none.
        InconsistentError: The events contradict each other.
    """
    gathered = gather(events)
    header = gathered.header
    run = _run(gathered)
    ended = gathered.footer.reason if gathered.footer else None
    clauses = tuple(
        judge_clause(clause, header.checks, gathered.finished, recorded=header.target.recorded, ended=ended)
        for clause in header.clauses
    )
    selected = {clause.id for clause in clauses if clause.selected}
    records = _records(gathered)
    checks = _explained(
        tuple(judge_check(check, gathered.finished.get(check.id), selected) for check in header.checks), records
    )
    conclusion = conclude(clauses, run, header.target, [failure for check in checks for failure in check.failures])
    exchanges = _rows(records)
    executions = account(tuple(gathered.intents.values()), gathered.results, header.run.started)
    return Report(
        verdict=conclusion.verdict,
        verdict_sentence=conclusion.sentence,
        suite=header.suite,
        target=header.target,
        run=run,
        totals=total(clauses, exchanges, executions, counted=gathered.footer),
        clauses=clauses,
        checks=checks,
        exchanges=exchanges,
        executions=executions,
        measured=gathered.footer.measured if gathered.footer else {},
    )


def total(
    clauses: Iterable[ClauseReport],
    exchanges: Sequence[ExchangeRow],
    executions: Sequence[Execution],
    *,
    counted: Footer | None = None,
) -> Totals:
    """What a run comes to in numbers. `counted` says how many there were of what is not listed whole, if anything."""
    verdicts = Counter(clause.verdict for clause in clauses)
    told = (counted.exchanges, counted.executions) if counted else (None, None)
    return Totals(
        len(exchanges) if told[0] is None else told[0],
        len(executions) if told[1] is None else told[1],
        {verdict: verdicts[verdict] for verdict in Verdict},
    )


def _run(gathered: Gathered) -> RunReport:
    ending, reason = _ending(gathered)
    footer = gathered.footer
    header = gathered.header.run
    run = {each.name: getattr(header, each.name) for each in fields(header)}
    if footer is not None and WORKERS in footer.measured:
        run["workers"] = int(footer.measured[WORKERS])
    return RunReport(
        **run,
        finished=footer.finished if footer else None,
        seconds=footer.seconds if footer else None,
        ending=ending,
        reason=reason,
    )


def _ending(gathered: Gathered) -> tuple[Ending, str | None]:
    """How the run ended: as its footer says, unless the stream shows that it can't be so."""
    if gathered.footer is None:
        return Ending.TRUNCATED, "the event stream has no footer"
    if gathered.footer.ending is Ending.COMPLETED and gathered.unfinished:
        first, count = gathered.unfinished[0].id, len(gathered.unfinished)
        return Ending.TRUNCATED, f"{count} of {len(gathered.header.checks)} checks left no result, the first is {first}"
    return gathered.footer.ending, gathered.footer.reason


def _explained(checks: tuple[CheckReport, ...], records: Iterable[ExchangeRecord]) -> tuple[CheckReport, ...]:
    """The checks, their failures told what they share, and who answered."""
    if not any(check.failures for check in checks):
        return checks
    answerers = Answerers(records)

    def told(failure: FailureRecord) -> FailureRecord:
        return replace(failure, answered_by=answerers.of(failure.exchanges[-1].last)) if failure.exchanges else failure

    return tuple(replace(check, failures=tuple(map(told, check.failures))) for check in with_causes(checks))


def _rows(records: Iterable[ExchangeRecord]) -> tuple[ExchangeRow, ...]:
    return tuple(sorted(map(ExchangeRow.of, records), key=lambda row: row.at))


def _records(gathered: Gathered) -> tuple[ExchangeRecord, ...]:
    """Every exchange once, whole: the evidence of a failure may end with the try that shows it."""
    records: dict[str, ExchangeRecord] = {}
    for record in _recorded(gathered):
        if record.id not in records or len(record.attempts) > len(records[record.id].attempts):
            records[record.id] = record
    return tuple(records.values())


def _recorded(gathered: Gathered) -> Iterator[ExchangeRecord]:
    for result in gathered.results.values():
        if result.record is not None:
            yield result.record
    for event in gathered.finished.values():
        yield from event.exchanges
        for failure in event.failures:
            yield from failure.exchanges
