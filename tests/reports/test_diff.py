"""What changed between two reports, and what can't be said to have changed."""

from dataclasses import replace

import pytest

from imagebuilder_reports.diff import Change, Difference, compare
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_reports.writers.diff_forms import diff_html, diff_markdown, diff_text

from .realistic import whole_report
from .samples import clause, events_of, failure, finished, judged, report_of

JUDGED = (Verdict.PASSED, Verdict.FAILED, Verdict.WARNED)
SILENT = (Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.NOT_RUN)


def change_of(before: Verdict, after: Verdict) -> Change | None:
    changes = compare(report_of({"a.b": before}), report_of({"a.b": after})).changes
    return changes[0].change if changes else None


@pytest.mark.parametrize("before", [Verdict.PASSED, *SILENT])
@pytest.mark.parametrize("after", [Verdict.FAILED, Verdict.WARNED])
def test_what_was_not_broken_and_is_now_is_newly_broken(before: Verdict, after: Verdict) -> None:
    assert change_of(before, after) is Change.NEWLY_BROKEN


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.WARNED])
def test_what_was_broken_and_is_now_is_still_broken(verdict: Verdict) -> None:
    assert change_of(verdict, verdict) is Change.STILL_BROKEN


def test_what_was_broken_and_holds_now_is_mended() -> None:
    assert change_of(Verdict.FAILED, Verdict.PASSED) is Change.MENDED


@pytest.mark.parametrize("before", JUDGED)
@pytest.mark.parametrize("after", SILENT)
def test_what_was_judged_and_is_not_now_is_newly_inconclusive(before: Verdict, after: Verdict) -> None:
    assert change_of(before, after) is Change.NEWLY_INCONCLUSIVE


@pytest.mark.parametrize("before", SILENT)
def test_what_was_not_judged_and_holds_now_is_no_change(before: Verdict) -> None:
    assert change_of(before, Verdict.PASSED) is None


def test_a_clause_that_one_report_does_not_select_is_not_comparable() -> None:
    one = fold(events_of([clause("a.b", selected=False)], []))
    other = report_of({"a.b": Verdict.FAILED})
    [change] = compare(one, other).changes
    assert (change.change, change.before, change.after) == (Change.NOT_COMPARABLE, None, Verdict.FAILED)
    assert not compare(one, other).regressed
    assert compare(other, one).changes[0].after is None


def test_under_another_revision_nothing_is_comparable() -> None:
    report = report_of({"a.b": Verdict.PASSED, "a.c": Verdict.FAILED})
    other = replace(report, suite=replace(report.suite, contract="current"))
    assert {each.change for each in compare(report, other).changes} == {Change.NOT_COMPARABLE}


@pytest.mark.parametrize("broken", [True, False])
def test_a_report_does_not_differ_from_itself(broken: bool) -> None:  # noqa: FBT001  # a parameter
    report = whole_report(exchanges=20, broken=broken)
    difference = compare(report, report)
    assert difference.is_empty
    assert not difference.regressed
    assert "No clause changed its verdict." in diff_text(difference)


def test_a_clause_that_is_broken_in_another_way_says_in_which() -> None:
    def broken(code: str) -> Report:
        done = finished("check.one", judged("a.b", Verdict.FAILED), failures=(failure("a.b", code=code),))
        return fold(events_of([clause("a.b")], [done]))

    difference = compare(broken("start.wrong-status"), broken("start.no-image"))
    assert not difference.is_empty
    assert not difference.regressed
    assert "failed, but in another way: start.no-image" in diff_text(difference)


@pytest.fixture
def difference() -> Difference:
    before = report_of({"a.kept": Verdict.PASSED, "a.broken": Verdict.PASSED, "a.mended": Verdict.FAILED})
    after = report_of({"a.kept": Verdict.PASSED, "a.broken": Verdict.FAILED, "a.mended": Verdict.PASSED})
    return compare(before, after)


def test_the_text_lists_each_change_once(difference: Difference) -> None:
    assert diff_text(difference).split("\n\n")[1:] == [
        "Newly broken (1)\nlevel  clause    verdict\nMUST   a.broken  passed, now failed",
        "Mended (1)\nlevel  clause    verdict\nMUST   a.mended  failed, now passed\n",
    ]


def test_the_markdown_lists_each_change_once(difference: Difference) -> None:
    said = diff_markdown(difference)
    assert "### Newly broken (1)" in said
    assert "| MUST | `a.broken` | passed, now failed | What a.broken promises is kept. |" in said
    assert "a.kept" not in said


def test_the_page_says_at_the_top_whether_anything_is_newly_broken(difference: Difference) -> None:
    page = diff_html(difference)
    assert "<h1>Something is newly broken</h1>" in page
    assert "passed, now failed" in page
    assert "<h1>Nothing is newly broken</h1>" in diff_html(compare(difference.after, difference.after))


def silent() -> Report:
    return report_of({"a.b": Verdict.INCONCLUSIVE})


@pytest.mark.parametrize(
    ("before", "after", "compared"),
    [
        (report_of({"a.b": Verdict.PASSED}), report_of({"a.b": Verdict.PASSED}), 1),
        (report_of({"a.b": Verdict.PASSED}), silent(), 0),
        (silent(), report_of({"a.b": Verdict.PASSED}), 0),
        (report_of({"a.b": Verdict.PASSED}), report_of({"a.c": Verdict.PASSED}), 0),
    ],
)
def test_only_what_both_sides_judged_is_compared(before: Report, after: Report, compared: int) -> None:
    difference = compare(before, after)
    assert difference.compared == compared
    for form in (diff_text, diff_markdown, diff_html):
        assert ("Nothing could be compared" in form(difference)) == (compared == 0)


def test_another_suite_or_digest_is_said() -> None:
    report = report_of({"a.b": Verdict.PASSED})
    other = replace(report, suite=replace(report.suite, version="9.9.9", digest="f" * 64))
    assert compare(report, report).remarks == ()
    for form in (diff_text, diff_markdown, diff_html):
        assert "different suite versions: 0.1.0, 9.9.9" in form(compare(report, other)).replace("\\", "")
        assert "different digests" in form(compare(report, other))
