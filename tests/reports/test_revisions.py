"""A failure that another revision of the contract allows says so in every form that people read."""

import json
from collections.abc import Callable

import pytest

from imagebuilder_reports.model import Report, report_to_json
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_reports.writers.html import render_html
from imagebuilder_reports.writers.junit import render_junit
from imagebuilder_reports.writers.markdown import render_markdown

from .samples import clause, events_of, failure, finished, judged

FORMS: dict[str, Callable[[Report], str]] = {"html": render_html, "junit": render_junit, "markdown": render_markdown}


def report(*allowed_by: str) -> Report:
    broken = failure("a.b", allowed_by=allowed_by)
    return fold(events_of([clause("a.b")], [finished("check.one", judged("a.b", Verdict.FAILED), failures=(broken,))]))


@pytest.mark.parametrize("form", FORMS)
def test_it_is_shown(form: str) -> None:
    assert "allowed by revision current" in FORMS[form](report("current"))


@pytest.mark.parametrize("form", FORMS)
def test_several_are_named(form: str) -> None:
    assert "allowed by revision current and later" in FORMS[form](report("current", "later"))


@pytest.mark.parametrize("form", FORMS)
def test_without_one_nothing_is_said(form: str) -> None:
    assert "allowed by revision" not in FORMS[form](report())


def test_the_record_has_it_as_a_field() -> None:
    written = json.loads(json.dumps(report_to_json(report("current"))))
    assert [each["allowed_by"] for check in written["checks"] for each in check["failures"]] == [["current"]]
