"""Targets side by side: each clause has its verdict in the column of each report that selected it."""

from dataclasses import replace

from imagebuilder_reports.matrix import matrix
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_reports.writers.matrix_forms import matrix_html, matrix_markdown, matrix_text

from .samples import clause, events_of, report_of

GOOD = report_of({"a.b": Verdict.PASSED, "b.c": Verdict.PASSED})
BAD = report_of({"a.b": Verdict.FAILED, "b.d": Verdict.WARNED})
PARTIAL = fold(events_of([clause("a.b", selected=False), clause("b.e", selected=False)], []))


def test_a_row_is_a_clause_that_some_report_selected() -> None:
    table = matrix([GOOD, BAD, PARTIAL])
    assert {row.id: row.verdicts for row in table.rows} == {
        "a.b": (Verdict.PASSED, Verdict.FAILED, None),
        "b.c": (Verdict.PASSED, None, None),
        "b.d": (None, Verdict.WARNED, None),
    }


def test_rows_stand_by_area() -> None:
    assert [(area, len(rows)) for area, rows in matrix([GOOD, BAD]).areas] == [("a", 1), ("b", 2)]


def test_columns_of_one_target_are_told_apart_by_their_time() -> None:
    other = replace(GOOD, target=replace(GOOD.target, name="another"))
    assert [column.name for column in matrix([GOOD, BAD, other]).columns] == [
        "a target, 2025-11-23 08:00:00",
        "a target, 2025-11-23 08:00:00",
        "another",
    ]


def test_the_text_is_a_table_of_words() -> None:
    assert matrix_text(matrix([GOOD, BAD])).splitlines() == [
        "   target                         contract    verdict",
        f"1  a target, 2025-11-23 08:00:00  documented  {GOOD.verdict_sentence}",
        f"2  a target, 2025-11-23 08:00:00  documented  {BAD.verdict_sentence}",
        "",
        "level  clause  1             2",
        "MUST   a.b     passed        failed",
        "",
        "MUST   b.c     passed        not selected",
        "MUST   b.d     not selected  warned",
    ]


def test_the_markdown_is_a_table_of_words() -> None:
    said = matrix_markdown(matrix([GOOD, BAD]))
    assert "| level | clause | 1 | 2 |\n| --- | --- | --- | --- |\n| MUST | `a.b` | passed | failed |" in said
    assert "| MUST | `b.c` | passed | not selected |" in said


def test_the_page_has_the_verdict_of_each_target() -> None:
    page = matrix_html(matrix([GOOD, BAD]))
    assert "<h1>2 targets side by side</h1>" in page
    assert page.count('class="verdict v-conformant"') == 1
    assert page.count('class="verdict v-non-conformant"') == 1
    assert "1 of 1 hold" not in page
    assert "2 of 2 hold" in page


def test_no_report_makes_an_empty_table() -> None:
    assert matrix([]).rows == ()
    assert "clause" not in matrix_text(matrix([])).split("\n\n")[0]


def test_targets_can_be_named() -> None:
    table = matrix([GOOD, BAD], ["release 1", "release 2"])
    assert [column.name for column in table.columns] == ["release 1", "release 2"]
    for form in (matrix_text, matrix_markdown, matrix_html):
        assert "release 2" in form(table)


def test_another_suite_or_digest_is_said() -> None:
    other = replace(GOOD, suite=replace(GOOD.suite, version="9.9.9", digest="f" * 64))
    table = matrix([GOOD, other])
    assert table.remarks[0] == "these reports are of different suite versions: 0.1.0, 9.9.9"
    assert "different digests" in table.remarks[1]
    for form in (matrix_text, matrix_markdown, matrix_html):
        assert "9.9.9" in form(table)
    assert matrix([GOOD, BAD]).remarks == ()
