"""What a run costs in image builds, before anything is sent."""

from imagebuilder_conformance.checks import Check, SharedStart
from imagebuilder_conformance.running.selection import Selection
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.target import is_aws_host
from imagebuilder_spec import Activity, Level


def limit_of(settings: Settings, selection: Selection) -> int | None:
    """The most executions of a run: those asked for, else on AWS the least that will do, else no limit."""
    if settings.max_executions is None and settings.target is not None and is_aws_host(settings.target.host):
        return least_executions(selection)
    return settings.max_executions


def least_executions(selection: Selection) -> int:
    """The least executions with which every selected, active MUST can be judged on a conformant target."""
    checks = _cheapest_judges(selection)
    shared = {start for check in checks for start in check.shares or ()}
    if selection.passive:
        # They live on answers, and a success takes a start.
        shared.add(SharedStart.FIRST)
    return len(shared) + sum(check.executions for check in checks if check.shares is None)


def essential_checks(selection: Selection) -> frozenset[str]:
    """The ids of the checks that a run under a budget makes before those that only add to what others judge."""
    free = {check.id for check in selection.checks if check.makes_do}
    return frozenset(free | {check.id for check in _cheapest_judges(selection)})


def _cheapest_judges(selection: Selection) -> list[Check]:
    """For each selected, active MUST the check that judges it with the least executions."""
    chosen: dict[str, Check] = {}
    for clause in selection.clauses.values():
        judges = [check for check in selection.checks if clause.id in check.clauses]
        if clause.level is Level.MUST and clause.activity is Activity.ACTIVE and judges:
            cheapest = min(judges, key=lambda check: (not check.makes_do, check.least))
            chosen[cheapest.id] = cheapest
    return list(chosen.values())
