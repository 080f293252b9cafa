"""From the clauses' verdicts to the run's, and to the sentence that says it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from imagebuilder_reports.causes import Causes
from imagebuilder_reports.events import FailureRecord, TargetInfo
from imagebuilder_reports.model import ClauseReport, RunReport
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict

# Why a clause that counts has no verdict, and what helps, in the order in which the sentence names them.
_GAPS: Mapping[Cause | Verdict, str] = {
    Cause.BUDGET: "for lack of budget, raise --max-executions",
    Cause.PIPELINES: "for lack of a second --pipeline-arn of one region and account",
    Cause.EXTRA: "for lack of an extra that is not installed",
    Cause.INTERRUPTED: "cut short",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.ERROR: "in error",
}
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The verdict of a run, and the same as a sentence for people."""

    verdict: RunVerdict
    sentence: str


def conclude(
    clauses: Sequence[ClauseReport], run: RunReport, target: TargetInfo, failures: Iterable[FailureRecord] = ()
) -> Conclusion:
    """The verdict of a run: a broken promise wins over everything, a gap over the rest.

    `failures` tell how many causes broken promises have. Of a target that breaks nothing but what they say another
    revision allows, the sentence says so.
    """
    verdict, grounds = _judge(clauses, run, failures)
    if verdict is RunVerdict.NON_CONFORMANT:
        grounds += _elsewhere(clauses, run, failures)
        grounds += f"; {_ending(clauses, run)}" if run.ending is not Ending.COMPLETED else ""
    return Conclusion(verdict, f"{_subject(verdict, target)}: {grounds}{_renewed(clauses, run)}")


def is_broken(clause: ClauseReport, *, strict: bool) -> bool:
    """Whether this clause makes the target non-conformant; a SHOULD does so in a strict run only."""
    if clause.level == "MUST":
        return clause.verdict is Verdict.FAILED
    return strict and _unkept(clause)


def leaves_gap(clause: ClauseReport) -> bool:
    """Whether a run that says no more than this of the clause is incomplete."""
    return clause.selected and clause.counts and _gap(clause) in _GAPS


def _judge(
    clauses: Sequence[ClauseReport], run: RunReport, failures: Iterable[FailureRecord]
) -> tuple[RunVerdict, str]:
    exercised = [clause for clause in clauses if clause.exercised]
    if broken := [clause for clause in exercised if is_broken(clause, strict=run.strict)]:
        is_are = "is" if len(broken) == 1 else "are"
        causes = _causes(broken, failures)
        return RunVerdict.NON_CONFORMANT, f"{_of(broken, exercised)} {is_are} broken{causes} {_names(broken)}"
    if run.ending is not Ending.COMPLETED:
        return RunVerdict.INCOMPLETE, _ending(clauses, run)
    if run.reason is not None:
        return RunVerdict.INCOMPLETE, _kept_from_judging(clauses, run.reason)
    if gaps := [clause for clause in clauses if leaves_gap(clause)]:
        return RunVerdict.INCOMPLETE, _missing(gaps, clauses)
    if not exercised:
        return RunVerdict.INCOMPLETE, _nothing(clauses)
    return RunVerdict.CONFORMANT, f"{_held(exercised)}{_left_out(clauses)}"


def _elsewhere(clauses: Sequence[ClauseReport], run: RunReport, failures: Iterable[FailureRecord]) -> str:
    """The revisions that allow everything that makes the target non-conformant; empty if there is none."""
    broken = {clause.id for clause in clauses if clause.exercised and is_broken(clause, strict=run.strict)}
    counted = [failure for failure in failures if failure.clause in broken]
    if broken - {failure.clause for failure in counted}:
        return ""
    allowing = set(counted[0].allowed_by).intersection(*(failure.allowed_by for failure in counted)) if counted else {}
    if not allowing:
        return ""
    is_partial = run.ending is not Ending.COMPLETED or any(map(leaves_gap, clauses))
    return f"; conformant to {' and '.join(sorted(allowing))}{', as far as it was judged' if is_partial else ''}"


def _subject(verdict: RunVerdict, target: TargetInfo) -> str:
    if target.recorded:
        return f"recorded traffic was audited, the target is {verdict}"
    if not target.reference:
        return verdict
    subject = "the run against the reference target" if verdict is RunVerdict.INCOMPLETE else "the reference target"
    return f"{subject} is {verdict}"


def _causes(broken: Sequence[ClauseReport], failures: Iterable[FailureRecord]) -> str:
    """How many causes the broken clauses have, where these are fewer."""
    ids = {clause.id for clause in broken}
    causes = Causes(failure for failure in failures if failure.clause in ids).count
    if not 0 < causes < len(broken):
        return ""
    return f" by {causes} cause{'s' if causes > 1 else ''}"


def _unkept(clause: ClauseReport) -> bool:
    return clause.verdict in {Verdict.FAILED, Verdict.WARNED}


def _gap(clause: ClauseReport) -> Cause | Verdict | None:
    return clause.cause if clause.verdict is Verdict.NOT_RUN else clause.verdict


def _held(exercised: Sequence[ClauseReport]) -> str:
    unkept = [clause for clause in exercised if _unkept(clause)]
    held = [clause for clause in exercised if not _unkept(clause)]
    sentence = f"{_of(held, exercised)} that were exercised hold"
    return f"{sentence}; recommendations not kept: {len(unkept)} {_names(unkept)}" if unkept else sentence


def _left_out(clauses: Sequence[ClauseReport]) -> str:
    """What a run that is conformant did not look at, as it was told not to."""
    those = [clause for clause in clauses if clause.selected and clause.cause is Cause.DESELECTED]
    return f"; {_of(those, clauses)} were left out by pytest {_names(those)}" if those else ""


def _renewed(clauses: Sequence[ClauseReport], run: RunReport) -> str:
    """How much the last run judged anew, where the other verdicts are those of earlier ones."""
    if not run.reruns:
        return ""
    last = run.reruns[-1]
    selected = [clause for clause in clauses if clause.selected]
    anew = [clause for clause in selected if clause.id in last.clauses]
    is_are = "was" if len(anew) == 1 else "were"
    when = f"{last.started[:10]} {last.started[11:16]} UTC"
    return f"; {_of(anew, selected)} {is_are} judged again on {when}, the others stand as they were"


def _ending(clauses: Sequence[ClauseReport], run: RunReport) -> str:
    words = run.ending.replace("-", " ")
    grounds = f"{words}: {run.reason}" if run.reason else words
    judged = [clause for clause in clauses if clause.exercised]
    selected = [clause for clause in clauses if clause.selected]
    return f"{grounds}; judged until then: {_of(judged, selected)}" if judged else grounds


def _kept_from_judging(clauses: Sequence[ClauseReport], reason: str) -> str:
    selected = [clause for clause in clauses if clause.selected]
    unjudged = [clause for clause in selected if clause.verdict is Verdict.INCONCLUSIVE]
    return f"{reason}; {_of(unjudged, selected)} could not be judged"


def _missing(gaps: Sequence[ClauseReport], clauses: Sequence[ClauseReport]) -> str:
    required = [clause for clause in clauses if clause.selected and clause.counts]
    parts = []
    for gap, words in _GAPS.items():
        if those := [clause for clause in gaps if _gap(clause) is gap]:
            parts.append(f"{len(those)} {words} {_names(those)}")
    return f"{_of(gaps, required)} that count have no verdict: {'; '.join(parts)}"


def _nothing(clauses: Sequence[ClauseReport]) -> str:
    selected = [clause for clause in clauses if clause.selected]
    return f"none of the {len(selected)} selected clauses was judged" if selected else "no clause was selected"


def _of(part: Sequence[ClauseReport], whole: Sequence[ClauseReport]) -> str:
    return f"{len(part)} of {len(whole)} clauses"


def _names(clauses: Iterable[ClauseReport]) -> str:
    ids = [clause.id for clause in clauses]
    named = ", ".join(ids[:_NAMED])
    return f"({named})" if len(ids) <= _NAMED else f"({named} and {len(ids) - _NAMED} more)"
