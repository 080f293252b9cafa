"""Several reports side by side: targets by clauses."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from imagebuilder_reports.model import ClauseReport, Report
from imagebuilder_reports.overview import tally
from imagebuilder_reports.verdicts import RunVerdict, Verdict


@dataclass(frozen=True, slots=True)
class Column:
    """A report: its target's name, told apart from others of that name by the time of the run."""

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
    """A column for each report, a row for each clause that one of them selected."""

    columns: tuple[Column, ...]
    rows: tuple[MatrixRow, ...]

    @property
    def areas(self) -> tuple[tuple[str, tuple[MatrixRow, ...]], ...]:
        """The rows by area."""
        names = dict.fromkeys(row.area for row in self.rows)
        return tuple((name, tuple(row for row in self.rows if row.area == name)) for name in names)


def matrix(reports: Sequence[Report]) -> Matrix:
    """Put reports side by side, in the order given."""
    names = Counter(report.target.name for report in reports)
    columns = (_column(report, alone=names[report.target.name] == 1) for report in reports)
    return Matrix(tuple(columns), tuple(_rows(reports)))


def _column(report: Report, *, alone: bool) -> Column:
    name = report.target.name if alone else f"{report.target.name}, {report.run.started[:19].replace('T', ' ')}"
    return Column(name, report.suite.contract, report.verdict, report.verdict_sentence, tally(report))


def _rows(reports: Sequence[Report]) -> Iterator[MatrixRow]:
    selected = [{clause.id: clause for clause in report.clauses if clause.selected} for report in reports]
    clauses: dict[str, ClauseReport] = {}
    for each in selected:
        clauses |= {clause_id: clause for clause_id, clause in each.items() if clause_id not in clauses}
    for clause in clauses.values():
        verdicts = (each[clause.id].verdict if clause.id in each else None for each in selected)
        yield MatrixRow(clause.id, clause.level, clause.statement, tuple(verdicts))
