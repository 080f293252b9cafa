"""From the clauses' verdicts to the run's, and to the sentence that says it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from imagebuilder_reports.events import TargetInfo
from imagebuilder_reports.model import ClauseReport, RunReport
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict

# Why a clause that counts has no verdict, and what helps, in the order in which the sentence names them.
_GAPS: Mapping[Cause | Verdict, str] = {
    Cause.BUDGET: "for lack of budget, raise --max-executions",
    Cause.PIPELINES: "for lack of a second --pipeline-arn",
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


def conclude(clauses: Sequence[ClauseReport], run: RunReport, target: TargetInfo) -> Conclusion:
    """The verdict of a run: a broken promise wins over everything, a gap over the rest."""
    verdict, grounds = _judge(clauses, run)
    return Conclusion(verdict, f"{_subject(verdict, target)}: {grounds}")


def is_broken(clause: ClauseReport, *, strict: bool) -> bool:
    """Whether this clause makes the target non-conformant; a SHOULD does so in a strict run only."""
    if clause.level == "MUST":
        return clause.verdict is Verdict.FAILED
    return strict and _unkept(clause)


def leaves_gap(clause: ClauseReport) -> bool:
    """Whether a run that says no more than this of the clause is incomplete."""
    return clause.selected and clause.counts and _gap(clause) in _GAPS


def _judge(clauses: Sequence[ClauseReport], run: RunReport) -> tuple[RunVerdict, str]:
    exercised = [clause for clause in clauses if clause.exercised]
    if broken := [clause for clause in exercised if is_broken(clause, strict=run.strict)]:
        is_are = "is" if len(broken) == 1 else "are"
        return RunVerdict.NON_CONFORMANT, f"{_of(broken, exercised)} {is_are} broken {_names(broken)}"
    if run.ending is not Ending.COMPLETED:
        return RunVerdict.INCOMPLETE, _ending(clauses, run)
    if gaps := [clause for clause in clauses if leaves_gap(clause)]:
        return RunVerdict.INCOMPLETE, _missing(gaps, clauses)
    if not exercised:
        return RunVerdict.INCOMPLETE, _nothing(clauses)
    return RunVerdict.CONFORMANT, _held(exercised)


def _subject(verdict: RunVerdict, target: TargetInfo) -> str:
    if target.recorded:
        return f"recorded traffic was audited, the target is {verdict}"
    if not target.reference:
        return verdict
    subject = "the run against the reference target" if verdict is RunVerdict.INCOMPLETE else "the reference target"
    return f"{subject} is {verdict}"


def _unkept(clause: ClauseReport) -> bool:
    return clause.verdict in {Verdict.FAILED, Verdict.WARNED}


def _gap(clause: ClauseReport) -> Cause | Verdict | None:
    return clause.cause if clause.verdict is Verdict.NOT_RUN else clause.verdict


def _held(exercised: Sequence[ClauseReport]) -> str:
    unkept = [clause for clause in exercised if _unkept(clause)]
    held = [clause for clause in exercised if not _unkept(clause)]
    sentence = f"{_of(held, exercised)} that were exercised hold"
    return f"{sentence}; recommendations not kept: {len(unkept)} {_names(unkept)}" if unkept else sentence


def _ending(clauses: Sequence[ClauseReport], run: RunReport) -> str:
    words = run.ending.replace("-", " ")
    grounds = f"{words}: {run.reason}" if run.reason else words
    judged = [clause for clause in clauses if clause.exercised]
    selected = [clause for clause in clauses if clause.selected]
    return f"{grounds}; judged until then: {_of(judged, selected)}" if judged else grounds


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
