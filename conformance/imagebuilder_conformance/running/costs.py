"""What a run costs in image builds, before anything is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from imagebuilder_conformance.checks import Check, SharedStart
from imagebuilder_conformance.running.selection import Selection
from imagebuilder_conformance.settings import Settings
from imagebuilder_spec import Activity, Clause, Level


def limit_of(settings: Settings, selection: Selection) -> int | None:
    """The most executions of a run: those asked for, else on AWS the least that will do, else no limit."""
    if settings.max_executions is None and settings.on_aws:
        return least_executions(selection, on_aws=True)
    return settings.max_executions


def least_executions(selection: Selection, *, on_aws: bool = False) -> int:
    """The least executions with which every selected, active MUST can be judged on a conformant target.

    Where no such MUST is selected, every other active clause counts: a run that judges nothing has no verdict. On AWS
    nothing is paid for what can't be judged there.
    """
    return _bill(selection, on_aws=on_aws).total


def essential_checks(selection: Selection, *, on_aws: bool = False) -> frozenset[str]:
    """The ids of the checks that a run under a budget makes before those that only add to what others judge.

    They are those that the least executions are counted for, and those that start nothing beyond them.
    """
    bill = _bill(selection, on_aws=on_aws)
    return frozenset(check.id for check in selection.checks if check.id in bill.chosen or not bill.added_by(check))


@dataclass(slots=True)
class _Bill:
    """The checks that are to be paid for, by their ids, and the starts that they share."""

    chosen: dict[str, Check] = field(default_factory=dict)
    starts: set[SharedStart] = field(default_factory=set)

    @property
    def total(self) -> int:
        return len(self.starts) + sum(check.executions for check in self.chosen.values() if check.shares is None)

    def added_by(self, check: Check) -> int:
        """How many executions a check adds to those on the bill. Any paid one needs the first start of the run."""
        if check.id in self.chosen or not check.least:
            return 0
        own = check.executions if check.shares is None else 0
        return own + len(self._needed(check) - self.starts)

    def add(self, check: Check) -> None:
        """Put a check on the bill."""
        if check.least:
            self.starts |= self._needed(check)
        self.chosen[check.id] = check

    def _needed(self, check: Check) -> set[SharedStart]:
        return {SharedStart.FIRST, *(check.shares or ())}


def _bill(selection: Selection, *, on_aws: bool) -> _Bill:
    """For each clause that has to be judged, the check that judges it and adds the least executions to the others."""
    bill = _Bill()
    if selection.passive:
        # They live on answers, and a success takes a start.
        bill.starts.add(SharedStart.FIRST)
    able = [check for check in selection.checks if not (on_aws and check.off_aws)]
    judges = {clause.id: _judges(clause, able) for clause in _to_be_judged(selection.clauses.values(), able)}
    # Where there is a choice, it is made when it is known what is paid for anyway.
    for candidates in sorted(judges.values(), key=len):
        bill.add(min(candidates, key=lambda check: (bill.added_by(check), not check.makes_do, check.least)))
    return bill


def _to_be_judged(clauses: Iterable[Clause], checks: Sequence[Check]) -> list[Clause]:
    active = [clause for clause in clauses if clause.activity is Activity.ACTIVE and _judges(clause, checks)]
    return [clause for clause in active if clause.level is Level.MUST] or active


def _judges(clause: Clause, checks: Sequence[Check]) -> list[Check]:
    """The checks that judge a clause, if possible without those that can't do so alone.

    Some look back at other traffic, which there has to be. And requests that race for a token that has its image each
    hold a unit while they are under way, though they spend none.
    """
    judges = [check for check in checks if clause.id in check.clauses]
    alone = [each for each in judges if not each.last and not (each.overlaps and each.shares == (SharedStart.FIRST,))]
    return alone or judges
