"""What a run says of its target, and in which words."""

from typing import Any

import pytest

from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict

from .samples import check, clause, events_of, failure, finished, footer, judged, report_of

PASSED, FAILED, WARNED = Verdict.PASSED, Verdict.FAILED, Verdict.WARNED


def with_gap(verdict: Verdict, cause: Cause | None = None, **changes: Any) -> Report:
    """A run in which one clause held and another has this verdict."""
    done = [finished("check.one", judged("a.held", PASSED), judged("a.gap", verdict, "a reason", cause))]
    return fold(events_of([clause("a.held"), clause("a.gap", **changes)], done))


def test_a_run_in_which_every_clause_held_is_conformant() -> None:
    report = report_of({"a.b": PASSED, "a.c": PASSED})
    assert report.verdict is RunVerdict.CONFORMANT
    assert report.verdict_sentence == "conformant: 2 of 2 clauses that were exercised hold"


def test_a_broken_must_makes_the_target_non_conformant() -> None:
    report = report_of({"a.b": PASSED, "a.c": FAILED})
    assert report.verdict is RunVerdict.NON_CONFORMANT
    assert report.verdict_sentence == "non-conformant: 1 of 2 clauses is broken (a.c)"


def test_only_the_first_broken_clauses_are_named() -> None:
    report = report_of(dict.fromkeys(["a.b", "a.c", "a.d", "a.e", "a.f"], FAILED))
    assert report.verdict_sentence == "non-conformant: 5 of 5 clauses are broken (a.b, a.c, a.d and 2 more)"


@pytest.mark.parametrize("ending", [ending for ending in Ending if ending is not Ending.COMPLETED])
def test_a_broken_must_wins_over_every_ending(ending: Ending) -> None:
    assert report_of({"a.b": FAILED}, end=footer(ending)).verdict is RunVerdict.NON_CONFORMANT


def test_a_broken_must_wins_over_a_gap() -> None:
    assert report_of({"a.b": FAILED, "a.c": Verdict.INCONCLUSIVE}).verdict is RunVerdict.NON_CONFORMANT


@pytest.mark.parametrize("ending", [ending for ending in Ending if ending is not Ending.COMPLETED])
def test_a_run_that_did_not_complete_is_incomplete_and_says_why(ending: Ending) -> None:
    report = report_of({"a.b": PASSED}, end=footer(ending, "this is why"))
    assert report.verdict is RunVerdict.INCOMPLETE
    words = ending.replace("-", " ")
    assert report.verdict_sentence == f"incomplete: {words}: this is why; judged until then: 1 of 1 clauses"


def test_a_run_that_completed_and_was_kept_from_judging_is_incomplete_and_says_by_what() -> None:
    report = report_of({"a.b": PASSED, "a.c": Verdict.INCONCLUSIVE}, end=footer(reason="after 5 starts no more"))
    assert report.verdict is RunVerdict.INCOMPLETE
    assert report.verdict_sentence == "incomplete: after 5 starts no more; 1 of 2 clauses could not be judged"


def test_an_ending_without_a_reason_is_named() -> None:
    events = events_of([clause("a.b")], [], planned=[check("check.one", "a.b")], end=footer(Ending.INTERRUPTED))
    assert fold(events).verdict_sentence == "incomplete: interrupted"


def test_a_stream_without_a_footer_is_truncated() -> None:
    report = report_of({"a.b": PASSED}, end=None)
    assert (report.run.ending, report.verdict) == (Ending.TRUNCATED, RunVerdict.INCOMPLETE)
    assert (report.run.finished, report.run.seconds) == (None, None)


def test_a_footer_that_claims_more_than_the_checks_left_behind_is_not_believed() -> None:
    events = events_of(
        [clause("a.b"), clause("a.c", "SHOULD")],
        [finished("check.one", judged("a.b", PASSED))],
        planned=[check("check.two", "a.c")],
    )
    report = fold(events)
    assert (report.run.ending, report.verdict) == (Ending.TRUNCATED, RunVerdict.INCOMPLETE)
    assert report.run.reason == "1 of 2 checks left no result, the first is check.two"


@pytest.mark.parametrize(
    ("verdict", "cause", "says"),
    [
        (Verdict.INCONCLUSIVE, None, "1 inconclusive (a.gap)"),
        (Verdict.ERROR, None, "1 in error (a.gap)"),
        (Verdict.NOT_RUN, Cause.BUDGET, "1 for lack of budget, raise --max-executions (a.gap)"),
        (Verdict.NOT_RUN, Cause.PIPELINES, "1 for lack of a second --pipeline-arn of one region and account (a.gap)"),
        (Verdict.NOT_RUN, Cause.INTERRUPTED, "1 cut short (a.gap)"),
    ],
)
def test_a_clause_that_counts_and_has_no_verdict_makes_the_run_incomplete(
    verdict: Verdict, cause: Cause | None, says: str
) -> None:
    report = with_gap(verdict, cause)
    assert report.verdict is RunVerdict.INCOMPLETE
    assert report.verdict_sentence == f"incomplete: 1 of 2 clauses that count have no verdict: {says}"


@pytest.mark.parametrize("cause", [cause for cause in Cause if not cause.leaves_gap])
def test_other_causes_leave_no_gap(cause: Cause) -> None:
    assert with_gap(Verdict.NOT_RUN, cause).verdict is RunVerdict.CONFORMANT


@pytest.mark.parametrize(
    "changes",
    [{"counts": False}, {"selected": False}, {"level": "SHOULD"}],
    ids=["does-not-count", "not-selected", "should"],
)
def test_a_clause_that_does_not_count_leaves_no_gap(changes: dict[str, Any]) -> None:
    assert with_gap(Verdict.INCONCLUSIVE, None, **changes).verdict is RunVerdict.CONFORMANT


def test_every_kind_of_gap_is_named() -> None:
    done = [
        finished("check.one", judged("a.b", Verdict.NOT_RUN, None, Cause.BUDGET)),
        finished("check.two", judged("a.c", Verdict.INCONCLUSIVE)),
    ]
    report = fold(events_of([clause("a.b"), clause("a.c")], done))
    assert report.verdict_sentence == (
        "incomplete: 2 of 2 clauses that count have no verdict: "
        "1 for lack of budget, raise --max-executions (a.b); 1 inconclusive (a.c)"
    )


def test_a_should_that_is_not_kept_is_named_and_leaves_the_target_conformant() -> None:
    report = fold(
        events_of(
            [clause("a.b"), clause("a.c", "SHOULD")],
            [finished("check.one", judged("a.b", PASSED), judged("a.c", WARNED))],
        )
    )
    assert report.verdict is RunVerdict.CONFORMANT
    assert report.verdict_sentence == (
        "conformant: 1 of 2 clauses that were exercised hold; recommendations not kept: 1 (a.c)"
    )


def test_a_should_that_is_not_kept_makes_a_strict_run_non_conformant() -> None:
    assert report_of({"a.b": WARNED}, level="SHOULD", strict=True).verdict is RunVerdict.NON_CONFORMANT
    assert report_of({"a.b": WARNED}, level="SHOULD").verdict is RunVerdict.CONFORMANT


def test_nothing_selected_is_incomplete() -> None:
    report = fold(events_of([clause("a.b", selected=False)], []))
    assert report.verdict is RunVerdict.INCOMPLETE
    assert report.verdict_sentence == "incomplete: no clause was selected"


def test_nothing_judged_is_incomplete() -> None:
    report = fold(events_of([clause("a.b", activity="passive")], [], planned=[]))
    assert report.verdict is RunVerdict.INCOMPLETE
    assert report.verdict_sentence == "incomplete: none of the 1 selected clauses was judged"


@pytest.mark.parametrize(
    ("verdict", "begins"),
    [
        (PASSED, "the reference target is conformant: "),
        (FAILED, "the reference target is non-conformant: "),
        (Verdict.ERROR, "the run against the reference target is incomplete: "),
    ],
)
def test_the_reference_target_is_named(verdict: Verdict, begins: str) -> None:
    assert report_of({"a.b": verdict}, reference=True).verdict_sentence.startswith(begins)


def with_failures(*allowing: tuple[str, ...], also: Verdict = PASSED, should: bool = False) -> Report:
    """A run in which a clause is broken for each of these revisions that allow it, and a further one is as given."""
    broken = [f"a.broken-{number}" for number in range(len(allowing))]
    judgements = [*(judged(each, FAILED) for each in broken), judged("a.other", also)]
    failures = tuple(failure(each, allowed_by=by) for each, by in zip(broken, allowing, strict=True))
    if should:
        failures += (failure("a.other"),)
    done = [finished("check.one", *judgements, failures=failures)]
    clauses = [*map(clause, broken), clause("a.other", "SHOULD" if should else "MUST")]
    return fold(events_of(clauses, done))


def test_what_another_revision_allows_whole_is_said_to_be_conformant_to_that() -> None:
    assert with_failures(("current",)).verdict_sentence.endswith("; conformant to current")
    both = with_failures(("current",), ("current", "next"))
    assert both.verdict is RunVerdict.NON_CONFORMANT
    assert both.verdict_sentence.endswith("; conformant to current")


def test_a_broken_should_does_not_keep_it_from_being_said() -> None:
    assert with_failures(("current",), also=WARNED, should=True).verdict_sentence.endswith("; conformant to current")


@pytest.mark.parametrize("allowing", [((),), (("current",), ()), (("current",), ("next",))])
def test_where_one_failure_is_one_by_every_revision_nothing_is_said(allowing: tuple[tuple[str, ...], ...]) -> None:
    assert "conformant to" not in with_failures(*allowing).verdict_sentence


def test_where_something_was_not_judged_it_is_said_with_that_reserve() -> None:
    sentence = with_failures(("current",), also=Verdict.INCONCLUSIVE).verdict_sentence
    assert sentence.endswith("; conformant to current, as far as it was judged")


def test_the_run_that_stopped_for_another_revision_is_told_so() -> None:
    report = report_of({}, end=footer(Ending.OTHER_REVISION, "say --contract current"))
    assert report.verdict_sentence == "incomplete: other revision: say --contract current"
