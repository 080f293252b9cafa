"""What changed from one report to another, clause by clause."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from imagebuilder_reports.comparing import remarks
from imagebuilder_reports.model import ClauseReport, Report
from imagebuilder_reports.verdicts import Verdict

_BROKEN = frozenset({Verdict.FAILED, Verdict.WARNED})


class Change(StrEnum):
    """What became of a clause, the worst first. Only the first kind is a step back for certain."""

    NEWLY_BROKEN = "newly broken"
    STILL_BROKEN = "still broken"
    MENDED = "mended"
    NEWLY_INCONCLUSIVE = "newly inconclusive"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause that is worth a word. `before` or `after` is None where that report does not select the clause.

    `failures` are the failures' codes that came up anew, where the clause was broken before in another way.
    """

    id: str
    level: str
    statement: str
    change: Change
    before: Verdict | None
    after: Verdict | None
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes from `before` to `after`, in the order of the contract."""

    before: Report
    after: Report
    changes: tuple[ClauseChange, ...]

    @property
    def regressed(self) -> bool:
        """Whether anything is newly broken."""
        return bool(self.of(Change.NEWLY_BROKEN))

    @property
    def compared(self) -> int:
        """How many clauses both sides judged, by the same contract; where there is none, nothing is known."""
        if self.before.suite.contract != self.after.suite.contract:
            return 0
        judged = [{clause.id for clause in each.clauses if clause.exercised} for each in (self.before, self.after)]
        return len(judged[0] & judged[1])

    @property
    def remarks(self) -> tuple[str, ...]:
        """What makes the two hard to compare, in sentences."""
        return remarks((self.before, self.after))

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed; what is still broken in the same way is no change."""
        return all(each.change is Change.STILL_BROKEN and not each.failures for each in self.changes)

    def of(self, change: Change) -> tuple[ClauseChange, ...]:
        """The clauses of which this became."""
        return tuple(each for each in self.changes if each.change is change)


def compare(before: Report, after: Report) -> Difference:
    """Compare two reports, of one target at two times or of two targets.

    Under different revisions of the contract a clause does not promise the same, so that none is comparable.
    """
    return Difference(before, after, tuple(_changes(before, after)))


def _changes(before: Report, after: Report) -> Iterator[ClauseChange]:
    same_contract = before.suite.contract == after.suite.contract
    olds, news = _selected(before), _selected(after)
    for clause_id, clause in (olds | news).items():
        old, new = olds.get(clause_id), news.get(clause_id)
        change = _change(old, new) if same_contract else Change.NOT_COMPARABLE
        if change is Change.MENDED and not _asked_again(clause_id, before, after):
            change = Change.NOT_COMPARABLE
        if change is not None:
            yield ClauseChange(
                id=clause_id,
                level=clause.level,
                statement=clause.statement,
                change=change,
                before=old.verdict if old else None,
                after=new.verdict if new else None,
                failures=_new_codes(clause_id, before, after) if change is Change.STILL_BROKEN else (),
            )


def _change(old: ClauseReport | None, new: ClauseReport | None) -> Change | None:
    if old is None or new is None:
        return Change.NOT_COMPARABLE
    if new.verdict in _BROKEN:
        return Change.STILL_BROKEN if old.verdict in _BROKEN else Change.NEWLY_BROKEN
    if old.exercised and not new.exercised:
        return Change.NEWLY_INCONCLUSIVE
    return Change.MENDED if old.verdict in _BROKEN else None


def _asked_again(clause_id: str, before: Report, after: Report) -> bool:
    """Whether a check that had found the clause broken has judged it again."""
    found = {check.id for check in before.checks if any(each.clause == clause_id for each in check.failures)}
    asked = {
        check.id
        for check in after.checks
        if any(each.clause == clause_id and each.verdict.judges for each in check.judgements)
    }
    return not found or bool(found & asked)


def _selected(report: Report) -> dict[str, ClauseReport]:
    return {clause.id: clause for clause in report.clauses if clause.selected}


def _new_codes(clause_id: str, before: Report, after: Report) -> tuple[str, ...]:
    return tuple(sorted(_codes(clause_id, after) - _codes(clause_id, before)))


def _codes(clause_id: str, report: Report) -> set[str]:
    return {failure.code for failure in report.failures if failure.clause == clause_id}
