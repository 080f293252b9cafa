"""From the judgements of the checks to the verdict of each clause and each check."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, replace

from imagebuilder_reports.events import CheckFinished, CheckInfo, ClauseInfo, Judgement
from imagebuilder_reports.model import CheckReport, ClauseReport
from imagebuilder_reports.verdicts import Cause, Verdict


def judge_clause(
    clause: ClauseInfo,
    checks: Sequence[CheckInfo],
    finished: Mapping[str, CheckFinished],
    *,
    recorded: bool = False,
    ended: str | None = None,
) -> ClauseReport:
    """What came of a clause: the worst that a check of it said, or why none said anything.

    `recorded` says that traffic of others was audited, which can't show each clause; `ended` says why the run ended
    before all checks were made.
    """
    planned = tuple(check.id for check in checks if clause.id in check.clauses)
    left_out = [check.id for check in checks if check.deselected and clause.id in check.clauses]
    decisive = _decisive(clause, planned, left_out, finished)
    if ended and decisive.cause is Cause.INTERRUPTED:
        decisive = replace(decisive, reason=f"{decisive.reason}: {ended}")
    if recorded and decisive.cause is Cause.NO_CHECK:
        decisive = _not_run(clause, Cause.NEVER_SHOWN, "recorded traffic does not show it")
    return ClauseReport(
        **asdict(clause), verdict=decisive.verdict, reason=decisive.reason, cause=decisive.cause, checks=planned
    )


def judge_check(check: CheckInfo, finished: CheckFinished | None, selected: AbstractSet[str]) -> CheckReport:
    """What came of a check. What it says of clauses that were not selected is left out: nobody asked."""
    event = finished or CheckFinished(check.id, _left_out(check) if check.deselected else ())
    judgements = tuple(judgement for judgement in event.judgements if judgement.clause in selected)
    return CheckReport(
        id=check.id,
        clauses=check.clauses,
        law=check.law,
        verdict=Verdict.worst([judgement.verdict for judgement in judgements]),
        judgements=judgements,
        failures=tuple(failure for failure in event.failures if failure.clause in selected),
        notes=event.notes,
        executions=event.executions,
        seconds=event.seconds,
        deselected=check.deselected,
    )


def _left_out(check: CheckInfo) -> tuple[Judgement, ...]:
    reason = "pytest was told to leave the check out"
    return tuple(Judgement(clause, Verdict.NOT_RUN, reason, Cause.DESELECTED) for clause in check.clauses)


def _decisive(
    clause: ClauseInfo, planned: Sequence[str], left_out: Sequence[str], finished: Mapping[str, CheckFinished]
) -> Judgement:
    if not clause.selected:
        return _not_run(clause, Cause.DESELECTED, "not selected")
    judgements = [
        judgement for event in finished.values() for judgement in event.judgements if judgement.clause == clause.id
    ]
    if judgements:
        worst = Verdict.worst([judgement.verdict for judgement in judgements])
        return next(judgement for judgement in judgements if judgement.verdict is worst)
    return _silence(clause, planned, left_out, finished)


def _silence(
    clause: ClauseInfo, planned: Sequence[str], left_out: Sequence[str], finished: Mapping[str, CheckFinished]
) -> Judgement:
    """What it means that no check said anything of a selected clause."""
    if not planned:
        return _not_run(clause, Cause.NO_CHECK, "no check judges it")
    if len(left_out) == len(planned):
        return _not_run(clause, Cause.DESELECTED, f"pytest was told to leave out {', '.join(left_out)}")
    if unfinished := [check for check in planned if check not in finished and check not in left_out]:
        return _not_run(clause, Cause.INTERRUPTED, f"{unfinished[0]} did not finish")
    if clause.activity == "passive":
        return _not_run(clause, Cause.NEVER_SHOWN, "the target never showed it")
    return Judgement(clause.id, Verdict.ERROR, f"{planned[0]} finished without judging it")


def _not_run(clause: ClauseInfo, cause: Cause, reason: str) -> Judgement:
    return Judgement(clause.id, Verdict.NOT_RUN, reason, cause)
