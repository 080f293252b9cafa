"""JUnit XML fits the dialect's schema, and says of each selected clause what came of it."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from imagebuilder_reports.baseline import parse_baseline
from imagebuilder_reports.events import FailureRecord, Judgement
from imagebuilder_reports.gate import GateVerdict
from imagebuilder_reports.gating import gate
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Cause, Verdict
from imagebuilder_reports.writers.junit import render_junit

from .realistic import HOSTILE, whole_report
from .samples import clause, events_of, exchange, failure, finished, judged, report_of

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
    assert case.attrib == {"classname": "a", "name": "a.b", "time": "0.000"}
    assert list(case) == []


def test_a_broken_clause_fails_once_with_all_of_its_failures() -> None:
    [only] = case_of(Verdict.FAILED, failure("a.b"), failure("a.b", code="start.no-image", received="nothing"))
    title = "A start is answered with the wrong status"
    assert (only.tag, only.get("type")) == ("failure", "start.wrong-status")
    assert only.get("message") == f"{title} (and 1 failure more)"
    lines = (only.text or "").splitlines()
    # Whoever drops the message still shows it.
    assert lines[0] == only.get("message")
    assert lines[4:8] == [title, "expected: 200", "received: 201", "hint: Answer a start with 200."]
    assert "received: nothing" in lines


def test_the_times_of_the_cases_are_those_of_the_checks() -> None:
    report = whole_report(exchanges=10)
    taken = sum(float(case.get("time", "")) for case in suite_of(report).findall("testcase"))
    assert taken == pytest.approx(sum(check.seconds for check in report.checks if check.judgements), abs=0.1)


def test_a_broken_clause_without_evidence_fails_all_the_same() -> None:
    assert case_of(Verdict.FAILED, reason="why").find("failure[@message='why']") is not None


def test_an_error_that_leaves_the_run_incomplete_fails_and_says_that_it_is_one() -> None:
    done = finished("check.one", judged("a.b", Verdict.ERROR, "why"))
    suite = suite_of(fold(events_of([clause("a.b")], [done])))
    assert suite.find("testcase[@name='a.b']/failure[@type='error'][@message='why']") is not None
    assert suite.find("testcase[@name='run.complete']/failure") is not None


def test_an_error_that_the_exit_code_does_not_follow_is_skipped() -> None:
    assert case_of(Verdict.ERROR, reason="why").find("skipped[@message='error: why']") is not None


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.NOT_RUN])
def test_a_clause_without_a_verdict_is_skipped_with_the_reason(verdict: Verdict) -> None:
    skipped = case_of(verdict, reason="why").find("skipped")
    assert skipped is not None
    assert skipped.get("message") == f"{verdict}: why"


def test_a_should_that_is_not_kept_is_seen_and_does_not_fail() -> None:
    [skipped] = case_of(Verdict.WARNED, failure("a.b"), level="SHOULD")
    assert skipped.tag == "skipped"
    assert skipped.get("message") == "SHOULD not kept: A start is answered with the wrong status"
    assert "expected: 200" in (skipped.text or "")


def test_a_should_that_is_not_kept_fails_in_a_strict_run() -> None:
    done = finished("check.one", judged("a.b", Verdict.WARNED), failures=(failure("a.b"),))
    suite = suite_of(fold(events_of([clause("a.b", "SHOULD")], [done], strict=True)))
    assert suite.find("testcase[@name='a.b']/failure") is not None


BASELINE = """\
schema_version = 1
[[known]]
clause = "a.b"
check = "check.one"
failure = "start.wrong-status"
status = 201
reason = "issue 17"
first_seen = 2025-11-01
[[known]]
clause = "a.c"
check = "check.one"
failure = "start.wrong-status"
reason = "issue 18"
first_seen = 2025-11-01
[[known]]
clause = "a.unheard-of"
check = "check.one"
failure = "start.wrong-status"
reason = "issue 19"
first_seen = 2025-11-01
"""


def gated_suite(baseline: str, *judgements: Judgement, failures: tuple[FailureRecord, ...] = ()) -> ET.Element:
    """The suite of a run under a baseline."""
    clauses = [clause(judgement.clause) for judgement in judgements]
    report = fold(events_of(clauses, [finished("check.one", *judgements, failures=failures)]))
    said = gate(report, parse_baseline(baseline, "known.toml"), date(2026, 1, 1))
    suite = suite_of(replace(report, gate=said))
    assert (said.verdict is GateVerdict.PASSED) == (suite.get("failures") == "0")
    return suite


def test_a_known_failure_is_skipped_with_its_reason() -> None:
    baseline = "[[known]]".join(BASELINE.split("[[known]]")[:2])
    suite = gated_suite(baseline, judged("a.b", Verdict.FAILED), failures=(failure("a.b", exchange(status=201)),))
    [skipped] = suite.findall("testcase/skipped")
    assert skipped.get("message") == "known: issue 17"
    assert "expected: 200" in (skipped.text or "")


def test_what_fails_the_gate_fails_in_its_case() -> None:
    suite = gated_suite(
        BASELINE,
        judged("a.b", Verdict.FAILED),
        judged("a.c", Verdict.PASSED),
        failures=(failure("a.b", exchange(status=202)),),
    )
    failed = {case.get("name"): case.find("failure") for case in suite.findall("testcase")}
    assert {name: each.get("message") for name, each in failed.items() if each is not None} == {
        "a.b": "unexpected: start.wrong-status, 202; mended: start.wrong-status, 201",
        "a.c": "mended: start.wrong-status",
        "a.unheard-of": "unknown: start.wrong-status",
    }
    assert "delete lines" in "".join(suite.itertext())


def test_a_gate_without_a_verdict_is_a_failed_case_of_its_own() -> None:
    suite = gated_suite("schema_version = 1\n", judged("a.b", Verdict.INCONCLUSIVE))
    assert suite.find("testcase[@name='run.complete']/failure[@type='incomplete']") is not None


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
