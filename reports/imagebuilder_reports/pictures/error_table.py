"""The error table: which of the declared errors the run exercised, which it merely saw, which never came."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from imagebuilder_reports.model import Report
from imagebuilder_reports.overview import evidence
from imagebuilder_spec import DeclaredError, ErrorTable, load_contract, revisions

# The areas whose clauses name the error that they are about.
_AREAS = ("errors", "faults")


class Occasion(StrEnum):
    """How a run met an error: brought about to judge a clause, met on the way, or not at all."""

    EXERCISED = "exercised"
    SEEN = "seen"
    NOT_SEEN = "not seen"


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """An error code: the statuses it may have, and how many exchanges had which (None: no answer).

    `broken` are the statuses with which it shows why a clause failed.
    """

    code: str
    admissible: frozenset[int]
    due: str
    occasion: Occasion
    seen: Mapping[int | None, int]
    broken: frozenset[int | None]

    def is_admissible(self, status: int | None) -> bool:
        """Whether the code may come with this status."""
        return not self.admissible or status in self.admissible


@dataclass(frozen=True, slots=True)
class Errors:
    """The declared errors in the order of the contract, and every other code that came."""

    declared: tuple[ErrorRow, ...]
    others: tuple[ErrorRow, ...]


def error_table(report: Report) -> Errors | None:
    """The error table of a run, or None where its contract is of a revision unknown here."""
    if report.suite.contract not in revisions():
        return None
    table = load_contract(report.suite.contract).errors
    seen = _seen(report)
    telling = evidence(report)
    broken = {(row.code, row.status) for row in report.exchanges if row.id in telling}

    def row(code: str, admissible: frozenset[int], due: str, occasion: Occasion) -> ErrorRow:
        unfit = {status for status in seen[code] if admissible and status not in admissible}
        shown = frozenset(status for status in unfit if (code, status) in broken)
        return ErrorRow(code, admissible, due, occasion, seen[code], shown)

    declared = tuple(
        row(error.code, frozenset({error.status}), error.due, _occasion(error, report, seen))
        for error in table.declared.values()
    )
    others = tuple(
        row(code, table.statuses(code) or frozenset(), _due(code, table), Occasion.SEEN)
        for code in sorted(seen.keys() - table.declared.keys())
    )
    return Errors(declared, others)


def _due(code: str, table: ErrorTable) -> str:
    return "a common AWS error" if code in table.common else "a code that AWS publishes nowhere"


def _seen(report: Report) -> Mapping[str, Counter[int | None]]:
    """The statuses that came with each code, counted; a code that never came has none."""
    seen: defaultdict[str, Counter[int | None]] = defaultdict(Counter)
    for row in report.exchanges:
        if row.code is not None:
            seen[row.code][row.status] += 1
    return seen


def _occasion(error: DeclaredError, report: Report, seen: Mapping[str, Counter[int | None]]) -> Occasion:
    clauses = tuple(f"{area}.{error.words}." for area in _AREAS)
    judged = (clause for clause in report.clauses if clause.exercised and clause.activity == "active")
    if any(clause.id.startswith(clauses) for clause in judged):
        return Occasion.EXERCISED
    return Occasion.SEEN if seen[error.code] else Occasion.NOT_SEEN
