"""Several reports side by side: targets by clauses."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from imagebuilder_reports.comparing import remarks
from imagebuilder_reports.model import ClauseReport, Report
from imagebuilder_reports.overview import tally
from imagebuilder_reports.verdicts import RunVerdict, Verdict


@dataclass(frozen=True, slots=True)
class Column:
    """A report, by the name of its target."""

    name: str
    contract: str
    verdict: RunVerdict
    sentence: str
    tally: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A clause, and its verdict in each column; None where a report did not select it."""

    id: str
    level: str
    statement: str
    verdicts: tuple[Verdict | None, ...]

    @property
    def area(self) -> str:
        """The first segment of the id."""
        return self.id.split(".", 1)[0]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A column for each report, a row for each clause that one of them selected.

    `remarks` are sentences on what makes the columns hard to compare.
    """

    columns: tuple[Column, ...]
    rows: tuple[MatrixRow, ...]
    remarks: tuple[str, ...] = ()

    @property
    def areas(self) -> tuple[tuple[str, tuple[MatrixRow, ...]], ...]:
        """The rows by area."""
        names = dict.fromkeys(row.area for row in self.rows)
        return tuple((name, tuple(row for row in self.rows if row.area == name)) for name in names)


def matrix(reports: Sequence[Report], names: Sequence[str] = ()) -> Matrix:
    """Put reports side by side, in the order given.

    Args:
        reports: The reports.
        names: What to call their targets, one for each; by default as the reports do.
    """
    columns = map(_column, reports, names or _names(reports))
    return Matrix(tuple(columns), tuple(_rows(reports)), remarks(reports))


def _names(reports: Sequence[Report]) -> list[str]:
    """The targets' names; those of the same name are told apart by the time of the run."""
    counted = Counter(report.target.name for report in reports)
    return [
        report.target.name
        if counted[report.target.name] == 1
        else f"{report.target.name}, {report.run.started[:19].replace('T', ' ')}"
        for report in reports
    ]


def _column(report: Report, name: str) -> Column:
    return Column(name, report.suite.contract, report.verdict, report.verdict_sentence, tally(report))


def _rows(reports: Sequence[Report]) -> Iterator[MatrixRow]:
    selected = [{clause.id: clause for clause in report.clauses if clause.selected} for report in reports]
    clauses: dict[str, ClauseReport] = {}
    for each in selected:
        clauses |= {clause_id: clause for clause_id, clause in each.items() if clause_id not in clauses}
    for clause in clauses.values():
        verdicts = (each[clause.id].verdict if clause.id in each else None for each in selected)
        yield MatrixRow(clause.id, clause.level, clause.statement, tuple(verdicts))
