"""What every written form shows of a report: the areas in numbers, and the broken promises, the gravest first."""

import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from imagebuilder_reports.events import FailureRecord
from imagebuilder_reports.model import CheckReport, ClauseReport, Report
from imagebuilder_reports.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Area:
    """The selected clauses of an area, such as `idempotency`, counted by verdict."""

    name: str
    counts: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class Broken:
    """A failure with the clause that it breaks and the check that found it."""

    clause: ClauseReport
    check: CheckReport
    failure: FailureRecord


def areas(report: Report) -> tuple[Area, ...]:
    """The areas that clauses were selected of, in the order of the contract."""
    names = dict.fromkeys(clause.area for clause in report.clauses if clause.selected)
    return tuple(Area(name, _counts(report, name)) for name in names)


def verdicts_shown(report: Report) -> tuple[Verdict, ...]:
    """The verdicts that some selected clause has, the good ones first."""
    return tuple(verdict for verdict in _GOOD_FIRST if any(area.counts[verdict] for area in areas(report)))


def broken_promises(report: Report) -> tuple[Broken, ...]:
    """Every failure: MUST before SHOULD, and else in the order of the contract."""
    clauses = {clause.id: (order, clause) for order, clause in enumerate(report.clauses)}
    found = [
        Broken(clauses[failure.clause][1], check, failure) for check in report.checks for failure in check.failures
    ]
    return tuple(sorted(found, key=lambda each: (each.clause.level != "MUST", clauses[each.clause.id][0])))


def replay_line(check: CheckReport) -> str:
    """The command that makes a check again, to be called from the report's folder."""
    return f"imagebuilder-conformance replay report.json {shlex.quote(check.id)}"


def tally(report: Report) -> str:
    """How many of the clauses that the target showed something of were kept, such as `71 of 71`."""
    exercised = [clause for clause in report.clauses if clause.exercised]
    return f"{report.totals.clauses[Verdict.PASSED]} of {len(exercised)}"


def frugality(report: Report) -> str | None:
    """How many clauses were judged for each exchange and execution, such as `0.20 an exchange, 0.61 an execution`.

    None where nothing was sent or nothing judged.
    """
    judged = sum(clause.exercised for clause in report.clauses)
    taken = {"an exchange": report.totals.exchanges, "an execution": report.totals.executions}
    if report.target.recorded or not report.totals.exchanges or not judged:
        return None
    return ", ".join(f"{judged / count:.2f} {unit}" for unit, count in taken.items() if count)


_GOOD_FIRST = (
    Verdict.PASSED,
    Verdict.WARNED,
    Verdict.FAILED,
    Verdict.INCONCLUSIVE,
    Verdict.ERROR,
    Verdict.NOT_RUN,
)


def _counts(report: Report, area: str) -> Mapping[Verdict, int]:
    return Counter(clause.verdict for clause in report.clauses if clause.selected and clause.area == area)
