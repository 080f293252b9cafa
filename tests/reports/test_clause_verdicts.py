"""What came of a clause, and of a check."""

from itertools import pairwise

import pytest

from imagebuilder_reports.model import ClauseReport, Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Cause, Verdict

from .samples import check, clause, events_of, failure, finished, footer, judged

FROM_THE_GRAVEST = list(Verdict)


def only_clause(report: Report) -> ClauseReport:
    [only] = report.clauses
    return only


@pytest.mark.parametrize(("graver", "milder"), list(pairwise(FROM_THE_GRAVEST)))
def test_a_clause_is_as_bad_as_the_worst_that_a_check_says_of_it(graver: Verdict, milder: Verdict) -> None:
    done = [
        finished("check.one", judged("a.b", milder, "mild")),
        finished("check.two", judged("a.b", graver, "grave")),
    ]
    reported = only_clause(fold(events_of([clause("a.b")], done)))
    assert (reported.verdict, reported.reason) == (graver, "grave")


def test_a_check_is_as_bad_as_its_worst_judgement() -> None:
    done = [finished("check.one", judged("a.b", Verdict.PASSED), judged("a.c", Verdict.FAILED))]
    report = fold(events_of([clause("a.b"), clause("a.c")], done))
    assert [each.verdict for each in report.checks] == [Verdict.FAILED]
    assert [each.verdict for each in report.clauses] == [Verdict.PASSED, Verdict.FAILED]


def test_a_clause_names_all_its_checks() -> None:
    done = [finished("check.one", judged("a.b", Verdict.PASSED)), finished("check.two", judged("a.b", Verdict.PASSED))]
    assert only_clause(fold(events_of([clause("a.b")], done))).checks == ("check.one", "check.two")


def test_a_clause_that_was_not_selected_is_not_judged_even_if_a_check_says_something_of_it() -> None:
    said = finished("check.one", judged("a.b", Verdict.FAILED), failures=(failure("a.b"),))
    report = fold(events_of([clause("a.b", selected=False)], [said]))
    assert only_clause(report).verdict is Verdict.NOT_RUN
    assert only_clause(report).cause is Cause.DESELECTED
    [reported] = report.checks
    assert (reported.verdict, reported.judgements, reported.failures) == (Verdict.NOT_RUN, (), ())


def test_a_clause_whose_check_never_finished_was_interrupted() -> None:
    reported = only_clause(fold(events_of([clause("a.b")], [], planned=[check("check.one", "a.b")], end=None)))
    assert (reported.verdict, reported.cause) == (Verdict.NOT_RUN, Cause.INTERRUPTED)
    assert reported.reason == "check.one did not finish"


def test_a_clause_without_a_check_says_so() -> None:
    reported = only_clause(fold(events_of([clause("a.b")], [])))
    assert (reported.verdict, reported.cause) == (Verdict.NOT_RUN, Cause.NO_CHECK)


def test_a_passive_clause_that_no_check_judged_was_never_shown() -> None:
    events = events_of([clause("a.b", activity="passive")], [], planned=[check("check.one", "a.b")], end=None)
    assert only_clause(fold(events)).cause is Cause.INTERRUPTED
    reported = only_clause(fold([*events, finished("check.one"), footer()]))
    assert (reported.verdict, reported.cause) == (Verdict.NOT_RUN, Cause.NEVER_SHOWN)


def test_an_active_clause_that_its_finished_check_passed_over_is_an_error() -> None:
    events = events_of([clause("a.b")], [], planned=[check("check.one", "a.b")], end=None)
    reported = only_clause(fold([*events, finished("check.one"), footer()]))
    assert reported.verdict is Verdict.ERROR
    assert reported.reason == "check.one finished without judging it"


def test_the_reason_and_cause_of_a_judgement_reach_the_clause() -> None:
    said = finished("check.one", judged("a.b", Verdict.NOT_RUN, "the budget is used up", Cause.BUDGET))
    reported = only_clause(fold(events_of([clause("a.b")], [said])))
    assert (reported.reason, reported.cause) == ("the budget is used up", Cause.BUDGET)
