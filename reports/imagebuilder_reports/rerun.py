"""A run that made some checks of an earlier one again: the whole earlier report, with what was judged anew."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from imagebuilder_reports.conclusion import conclude
from imagebuilder_reports.events import Judgement
from imagebuilder_reports.merge import merge, weight
from imagebuilder_reports.model import CheckReport, ClauseReport, Report, Rerun, RunReport
from imagebuilder_reports.verdicts import LEFT_OPEN, Cause, Ending, Verdict


def is_to_do(judgement: Judgement | ClauseReport, *, strict: bool) -> bool:
    """Whether what was said of a clause asks for another run: broken, or for whatever reason without a verdict.

    A SHOULD that is not kept is broken in a strict run only.
    """
    if judgement.verdict is Verdict.NOT_RUN:
        return _is_gap(judgement)
    return judgement.verdict in {Verdict.FAILED, *LEFT_OPEN} or (strict and judgement.verdict is Verdict.WARNED)


def renewed(earlier: Report, later: Report, asked: Collection[str]) -> Report:
    """The earlier report, with the verdicts of a later run that made some of its checks again.

    What a check that was asked says in the later run takes the place of what it had said. Where it did not come to say
    anything, for lack of a budget or because the run ended, what it had said stands. A check that only saw the traffic
    of the others adds to what it had said of the earlier traffic what weighs more.

    The ids of the earlier exchanges get `1/` in front; those of the later run stay as its events have them.
    The target is the later one; its name also has those of the earlier ones, where they differ.

    Args:
        earlier: The earlier report, whole.
        later: The later run.
        asked: The ids of the checks that the later run was to make again.

    Raises:
        InconsistentError: The two are not of the same suite, contract, kind of target and strictness.
    """
    before = {check.id: {each.clause: each for each in check.judgements} for check in earlier.checks}
    said = {check.id: _settled(check, before.get(check.id, {}), asked=check.id in asked) for check in later.checks}
    clauses = {clause for settled in said.values() for clause in settled}
    idle = {check.id: {each.clause for each in check.judgements} - said[check.id] for check in later.checks}
    unsaid = {clause.id for clause in later.clauses} - clauses
    merged = merge([_without(earlier, said, clauses), _without(later, idle, unsaid)], numbers=("1/", "")).report
    rerun = Rerun(
        started=later.run.started,
        clauses=tuple(each.id for each in merged.clauses if each.id in clauses and not _is_gap(each)),
        ending=later.run.ending,
        reason=later.run.reason,
    )
    unmade = any(is_unmade(check) and check.id not in asked for check in merged.checks)
    standing = any(each.verdict is Verdict.INCONCLUSIVE and each.id not in clauses for each in merged.clauses)
    run = replace(
        merged.run,
        suites=earlier.run.suites,
        prefixes=earlier.run.prefixes,
        reruns=(*earlier.run.reruns, rerun),
        **_ended(earlier.run, later.run, unmade=unmade, standing=standing),
    )
    # It may listen elsewhere by now; what is asked next is asked there.
    names = dict.fromkeys([*earlier.target.name.split(", "), later.target.name])
    target = replace(later.target, name=", ".join(names))
    conclusion = conclude(merged.clauses, run, target, merged.failures)
    return replace(merged, run=run, target=target, verdict=conclusion.verdict, verdict_sentence=conclusion.sentence)


def is_unmade(check: CheckReport) -> bool:
    """Whether a check of a run that was cut short was not made, as far as the report says."""
    return not check.judgements and not check.deselected


def _ended(earlier: RunReport, later: RunReport, *, unmade: bool, standing: bool) -> Mapping[str, Any]:
    """How the whole ends: as the later run, unless the earlier one left checks `unmade` and nobody has made them since.

    What kept the earlier one from judging is still to be said where that is `standing`.
    """
    cut = next((run for run in (later, *([earlier] if unmade else [])) if run.ending is not Ending.COMPLETED), None)
    if cut is None:
        kept = earlier.reason if standing and earlier.ending is Ending.COMPLETED else None
        return {"ending": Ending.COMPLETED, "reason": later.reason or kept}
    if not cut.ending.judges_nothing:
        return {"ending": cut.ending, "reason": cut.reason}
    # The whole judged something all the same, at first.
    words = cut.ending.replace("-", " ")
    return {"ending": Ending.INTERRUPTED, "reason": f"{words}: {cut.reason}" if cut.reason else words}


def _is_gap(said: Judgement | ClauseReport) -> bool:
    return said.cause is not None and said.cause.leaves_gap


def _settled(check: CheckReport, before: Mapping[str, Judgement], *, asked: bool) -> frozenset[str]:
    """The clauses of which a check says something new; `before` is what it had said of each."""

    def is_new(said: Judgement) -> bool:
        had = before.get(said.clause)
        if had is None or not asked:
            return had is None or weight(said) < weight(had)
        return not _is_gap(said) or had.verdict is Verdict.NOT_RUN

    return frozenset(each.clause for each in check.judgements if is_new(each))


def _without(report: Report, said: Mapping[str, Collection[str]], clauses: Collection[str]) -> Report:
    """A report without what its checks say of these clauses: they are judged by what is left, and by another report."""
    return replace(
        report,
        checks=tuple(_unsaid(check, said.get(check.id, ())) for check in report.checks),
        clauses=tuple(
            replace(clause, verdict=Verdict.NOT_RUN, reason=None, cause=Cause.INTERRUPTED)
            if clause.id in clauses
            else clause
            for clause in report.clauses
        ),
    )


def _unsaid(check: CheckReport, clauses: Collection[str]) -> CheckReport:
    left = tuple(judgement for judgement in check.judgements if judgement.clause not in clauses)
    return replace(
        check,
        judgements=left,
        failures=tuple(failure for failure in check.failures if failure.clause not in clauses),
        notes=check.notes if left or not clauses else (),
    )
