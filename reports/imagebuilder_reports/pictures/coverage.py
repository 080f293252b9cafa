"""The contract's coverage: the selected clauses by area and level."""

from collections import Counter
from dataclasses import dataclass

from imagebuilder_reports.model import ClauseReport, Report
from imagebuilder_reports.overview import GOOD_FIRST, areas
from imagebuilder_reports.verdicts import Verdict

_LEVELS = ("MUST", "SHOULD", "MAY")


@dataclass(frozen=True, slots=True)
class Cell:
    """The clauses of one area and level."""

    clauses: tuple[ClauseReport, ...]

    @property
    def counts(self) -> tuple[tuple[Verdict, int], ...]:
        """How many of them have which verdict, those that held first."""
        counted = Counter(clause.verdict for clause in self.clauses)
        return tuple((verdict, counted[verdict]) for verdict in GOOD_FIRST if counted[verdict])


@dataclass(frozen=True, slots=True)
class Coverage:
    """A table of cells: a row for each area, a column for each level that occurs."""

    levels: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def coverage(report: Report) -> Coverage:
    """The coverage of the selected clauses."""
    selected = [clause for clause in report.clauses if clause.selected]
    levels = tuple(level for level in _LEVELS if any(clause.level == level for clause in selected))
    rows = (
        (
            area.name,
            tuple(
                Cell(tuple(clause for clause in selected if (clause.area, clause.level) == (area.name, level)))
                for level in levels
            ),
        )
        for area in areas(report)
    )
    return Coverage(levels, tuple(rows))
