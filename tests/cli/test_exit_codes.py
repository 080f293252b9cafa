from dataclasses import replace

import pytest

from imagebuilder_conformance.cli.exits import exit_code
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import Ending, RunVerdict, Verdict


def ended(report: Report, verdict: RunVerdict, ending: Ending, *, judged: bool = True) -> Report:
    clauses = report.clauses
    if not judged:
        clauses = tuple(replace(clause, verdict=Verdict.NOT_RUN) for clause in clauses)
    return replace(report, verdict=verdict, run=replace(report.run, ending=ending), clauses=clauses)


@pytest.mark.parametrize(
    ("verdict", "ending", "code"),
    [
        (RunVerdict.CONFORMANT, Ending.COMPLETED, 0),
        (RunVerdict.NON_CONFORMANT, Ending.COMPLETED, 1),
        (RunVerdict.NON_CONFORMANT, Ending.INTERRUPTED, 1),
        (RunVerdict.NON_CONFORMANT, Ending.TARGET_LOST, 1),
        (RunVerdict.INCOMPLETE, Ending.COMPLETED, 3),
        (RunVerdict.INCOMPLETE, Ending.INTERRUPTED, 3),
        (RunVerdict.INCOMPLETE, Ending.UNREACHABLE, 3),
        (RunVerdict.INCOMPLETE, Ending.NOT_IMPLEMENTED, 3),
        (RunVerdict.INCOMPLETE, Ending.TRUNCATED, 3),
        (RunVerdict.INCOMPLETE, Ending.INTERNAL_ERROR, 4),
    ],
)
def test_each_end_has_its_code(reference_run: Report, verdict: RunVerdict, ending: Ending, code: int) -> None:
    assert exit_code(ended(reference_run, verdict, ending), allow_incomplete=False) == code


def test_an_incomplete_run_is_green_only_if_that_was_asked_for(reference_run: Report) -> None:
    incomplete = ended(reference_run, RunVerdict.INCOMPLETE, Ending.COMPLETED)
    assert exit_code(incomplete, allow_incomplete=True) == 0


def test_and_never_if_nothing_was_judged(reference_run: Report) -> None:
    for ending in (Ending.UNREACHABLE, Ending.NOT_IMPLEMENTED, Ending.DENIED, Ending.PIPELINE_UNKNOWN):
        nothing = ended(reference_run, RunVerdict.INCOMPLETE, ending, judged=False)
        assert exit_code(nothing, allow_incomplete=True) == 3


def test_a_broken_promise_is_never_allowed(reference_run: Report) -> None:
    broken = ended(reference_run, RunVerdict.NON_CONFORMANT, Ending.COMPLETED)
    assert exit_code(broken, allow_incomplete=True) == 1
