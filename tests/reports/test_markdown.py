"""The Markdown fits a job summary, and nothing that a target sent becomes markup in it."""

import json
import re

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from imagebuilder_reports.report import fold
from imagebuilder_reports.schemas import load_schema
from imagebuilder_reports.verdicts import Cause, Verdict
from imagebuilder_reports.writers.badge import render_badge_json, render_badge_svg
from imagebuilder_reports.writers.markdown import render_markdown
from imagebuilder_reports.writers.markdown_text import block, code, prose, table

from .realistic import HOSTILE, whole_report
from .samples import clause, events_of, failure, finished, judged, report_of

JOB_SUMMARY_LIMIT = 1024 * 1024
OUR_TAGS = {
    "h2",
    "h3",
    "p",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "ul",
    "li",
    "code",
    "pre",
    "details",
    "summary",
}


def html_of(markdown: str) -> str:
    rendered: str = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(markdown)
    return rendered


def tags_in(markdown: str) -> set[str]:
    return set(re.findall(r"<([a-z0-9]+)", html_of(markdown)))


def text_in(markdown: str) -> str:
    """What a reader sees of inline Markdown."""
    return "".join(token.content for token in MarkdownIt("commonmark").parseInline(markdown)[0].children or ())


def test_a_report_holds_no_markup_but_ours() -> None:
    assert tags_in(render_markdown(whole_report(exchanges=50))) <= OUR_TAGS


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "`tick` and ``ticks``",
        "`",
        "<b>bold</b> &amp; *stars* _lines_ [link](http://x.test) ![i](http://x.test) #1 \\ ~~gone~~",
        "http://x.test www.x.test",
    ],
)
def test_code_and_prose_show_any_text_as_it_is(text: str) -> None:
    assert text_in(code(text)) == text
    assert text_in(prose(text)).replace("\u200b", "") == text


def test_nothing_is_shown_as_nothing() -> None:
    assert code("") == "(empty)"


def test_a_block_ends_where_it_should() -> None:
    assert html_of(block("```\n<b>")) == "<pre><code>```\n&lt;b&gt;\n</code></pre>\n"


def test_a_bar_does_not_end_a_cell() -> None:
    cells = re.findall(r"<td>(.*?)</td>", html_of(table(("a", "b"), [(code("x|y"), prose("p|q"))])))
    assert cells == ["<code>x|y</code>", "p|q"]


def test_the_verdict_comes_first_and_the_target_is_named() -> None:
    said = render_markdown(report_of({"a.b": Verdict.PASSED}))
    assert said.startswith("## ✅ conformant\n\n1 of 1 clauses that were exercised hold\n")
    assert "a target at `http://127.0.0.1:4566`" in said


def test_a_failure_says_what_was_expected_and_how_to_see_it_again() -> None:
    said = render_markdown(whole_report(exchanges=10))
    [section] = re.findall(
        r"<details>\n<summary>MUST <code>idempotency.replay.same-image.*?</details>", said, re.DOTALL
    )
    for part in ("- expected: `404 Res", "- hint: ", "replay report.json check.idempotency.replay.same"):
        assert part in section
    # Two requests show it: the last one alone is right where the target was started anew.
    assert "--aws-sigv4" not in section


def test_what_one_request_shows_has_a_line_for_curl() -> None:
    said = render_markdown(whole_report(exchanges=10))
    [section] = re.findall(
        r"<details>\n<summary>MUST <code>request.client-token.max-length.*?</details>", said, re.DOTALL
    )
    assert "--aws-sigv4" in section


def test_areas_are_counted_by_verdict() -> None:
    said = render_markdown(report_of({"a.b": Verdict.PASSED, "a.c": Verdict.FAILED, "b.c": Verdict.PASSED}))
    assert "| area | passed | failed |\n| --- | ---: | ---: |\n| a | 1 | 1 |\n| b | 1 |  |" in said


def test_gaps_are_listed_with_their_reasons() -> None:
    done = finished("check.one", judged("a.b", Verdict.NOT_RUN, "the budget is used up", Cause.BUDGET))
    said = render_markdown(fold(events_of([clause("a.b")], [done])))
    assert "### What has no verdict (1)\n\n- `a.b`: not-run, `the budget is used up`" in said


def test_it_fits_a_job_summary_however_much_is_broken() -> None:
    ids = [f"a.c{number}" for number in range(500)]
    broken = [failure(id_, received=HOSTILE * 20) for id_ in ids]
    done = finished("check.one", *(judged(id_, Verdict.FAILED) for id_ in ids), failures=tuple(broken))
    said = render_markdown(fold(events_of([clause(id_) for id_ in ids], [done])))
    assert len(said.encode()) < JOB_SUMMARY_LIMIT
    assert all(id_ in said for id_ in ids)


def test_the_badge_has_the_verdict_and_names_the_reference_target() -> None:
    badge = json.loads(render_badge_json(report_of({"a.b": Verdict.PASSED}, reference=True)))
    Draft202012Validator(load_schema("badge")).validate(badge)
    assert badge["label"] == "StartImagePipelineExecution (reference target)"
    assert badge["message"] == "conformant, 1 of 1"


def test_the_badge_of_an_incomplete_run_claims_no_number() -> None:
    report = report_of({"a.b": Verdict.PASSED}, end=None)
    assert json.loads(render_badge_json(report))["message"] == "incomplete"
    assert ">incomplete</text>" in render_badge_svg(report)


def test_the_badge_of_a_partial_run_says_so() -> None:
    report = fold(
        events_of([clause("a.b"), clause("a.c", selected=False)], [finished("c", judged("a.b", Verdict.PASSED))])
    )
    assert json.loads(render_badge_json(report))["label"] == "StartImagePipelineExecution (partial run)"
    assert "(partial run)" in render_badge_svg(report)
