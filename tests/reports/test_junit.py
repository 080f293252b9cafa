"""JUnit XML fits the dialect's schema, and says of each selected clause what came of it."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Cause, Verdict
from imagebuilder_reports.writers.junit import render_junit

from .realistic import HOSTILE, whole_report
from .samples import clause, events_of, failure, finished, judged, report_of

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("xunit2.xsd"))


def suite_of(report: Report) -> ET.Element:
    text = render_junit(report)
    SCHEMA.validate(text)
    suite = ET.fromstring(text.encode()).find("testsuite")
    assert suite is not None
    return suite


def case_of(verdict: Verdict, *failures: Any, reason: str | None = None, level: str = "MUST") -> ET.Element:
    """The case of a clause that has this verdict, beside one that held."""
    cause = Cause.CONDITION if verdict is Verdict.NOT_RUN else None
    done = finished(
        "check.one",
        judged("a.held", Verdict.PASSED),
        judged("a.b", verdict, reason, cause),
        failures=failures,
    )
    suite = suite_of(fold(events_of([clause("a.held"), clause("a.b", level, counts=False)], [done])))
    [case] = suite.findall("testcase[@name='a.b']")
    return case


@pytest.mark.parametrize("broken", [True, False])
def test_a_whole_report_fits_the_schema_and_counts_right(broken: bool) -> None:  # noqa: FBT001  # a parameter
    suite = suite_of(whole_report(broken=broken, exchanges=10))
    cases = suite.findall("testcase")
    assert suite.get("tests") == str(len(cases))
    assert suite.get("failures") == str(len(suite.findall("testcase/failure"))) == ("5" if broken else "0")
    assert suite.get("skipped") == str(len(suite.findall("testcase/skipped")))


def test_the_area_is_the_class_and_the_clause_the_name() -> None:
    case = case_of(Verdict.PASSED)
    assert case.attrib == {"classname": "a", "name": "a.b"}
    assert list(case) == []


def test_a_broken_clause_fails_with_each_of_its_failures() -> None:
    case = case_of(Verdict.FAILED, failure("a.b"), failure("a.b", code="start.no-image"))
    assert [each.get("type") for each in case.findall("failure")] == ["start.wrong-status", "start.no-image"]
    first = case.findall("failure")[0]
    assert first.get("message") == "A start is answered with the wrong status"
    assert (first.text or "").splitlines()[1:4] == ["expected: 200", "received: 201", "hint: Answer a start with 200."]


def test_a_broken_clause_without_evidence_fails_all_the_same() -> None:
    assert case_of(Verdict.FAILED, reason="why").find("failure[@message='why']") is not None


def test_an_error_fails_and_says_that_it_is_one() -> None:
    assert case_of(Verdict.ERROR, reason="why").find("failure[@type='error'][@message='why']") is not None


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.NOT_RUN])
def test_a_clause_without_a_verdict_is_skipped_with_the_reason(verdict: Verdict) -> None:
    skipped = case_of(verdict, reason="why").find("skipped")
    assert skipped is not None
    assert skipped.get("message") == f"{verdict}: why"


def test_a_should_that_is_not_kept_passes_with_a_word() -> None:
    case = case_of(Verdict.WARNED, failure("a.b"), level="SHOULD")
    assert [child.tag for child in case] == ["system-out"]
    assert "expected: 200" in (case.findtext("system-out") or "")


def test_a_clause_that_was_not_selected_is_left_out() -> None:
    done = finished("check.one", judged("a.held", Verdict.PASSED))
    suite = suite_of(fold(events_of([clause("a.held"), clause("a.b", selected=False)], [done])))
    assert [case.get("name") for case in suite.findall("testcase")] == ["a.held"]


def test_an_incomplete_run_is_a_failed_case_of_its_own() -> None:
    suite = suite_of(report_of({"a.b": Verdict.PASSED}, end=None))
    assert suite.find("testcase[@name='run.complete']/failure[@type='incomplete']") is not None
    assert "time" not in suite.attrib


def test_hostile_data_is_only_text() -> None:
    text = render_junit(whole_report(exchanges=10))
    assert HOSTILE.replace("\x1b", "\\x1b") in "".join(ET.fromstring(text.encode()).itertext())
    assert "\x1b" not in text
