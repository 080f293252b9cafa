"""A suite whose extra is missing: left out of `all`, and a gap only where it was asked for by name."""

import shutil
import sys
from pathlib import Path

import boto3
import botocore
import pytest

from imagebuilder_conformance import extras
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.settings import Settings, Sources, resolve
from imagebuilder_reports.verdicts import Cause, RunVerdict, Verdict
from imagebuilder_reports.writers.html import render_html
from imagebuilder_reports.writers.markdown import render_markdown
from imagebuilder_spec import Suite
from tests.support.calls import target_at
from tests.support.command import lines_of
from tests.support.runs import run_against, run_of, serving

AT = {"endpoint_url": "http://127.0.0.1:8470"}


@pytest.fixture
def without_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)


def suites(**flags: object) -> tuple[Suite, ...]:
    return resolve(Sources(flags, {})).suites


def test_with_its_extra_all_has_the_suite() -> None:
    assert Suite.SDK in suites(suite=("all",), **AT)
    assert Suite.SDK in suites()


@pytest.mark.usefixtures("without_boto3")
def test_without_its_extra_all_leaves_the_suite_out() -> None:
    assert Suite.SDK not in suites(suite=("all",), **AT)
    assert Suite.SDK not in suites()
    assert Suite.SDK not in Settings(None).suites


@pytest.mark.usefixtures("without_boto3")
@pytest.mark.parametrize("names", [("sdk",), ("all", "sdk")])
def test_who_asks_for_the_suite_by_name_gets_it_all_the_same(names: tuple[str, ...]) -> None:
    assert Suite.SDK in suites(suite=names, **AT)


@pytest.mark.usefixtures("without_boto3")
def test_who_asks_for_its_clauses_by_name_gets_the_suite_all_the_same() -> None:
    assert Suite.SDK in suites(prefixes=("sdk.retry",), **AT)


@pytest.mark.usefixtures("without_boto3")
def test_a_suite_asked_for_by_name_and_not_installed_leaves_the_run_incomplete() -> None:
    with serving(Behaviour) as server:
        report = run_against(server.url, suites=(Suite.SDK,))
    assert report.verdict is RunVerdict.INCOMPLETE
    assert "for lack of an extra that is not installed" in report.verdict_sentence
    clauses = [clause for clause in report.clauses if clause.suite == Suite.SDK]
    assert {(clause.verdict, clause.cause) for clause in clauses} == {(Verdict.NOT_RUN, Cause.EXTRA)}
    assert all("`pip install boto3`" in (clause.reason or "") for clause in clauses)


def test_the_suite_sends_few_requests() -> None:
    with serving(Behaviour) as server:
        report = run_against(server.url, suites=(Suite.SDK,))
    assert report.verdict is RunVerdict.CONFORMANT
    of_the_preflight = 4
    assert report.totals.exchanges - of_the_preflight < 15


def test_the_report_says_what_makes_the_calls() -> None:
    with serving(Behaviour) as server:
        core = run_against(server.url, "operation")
        here, other = (
            run_against(server.url, "sdk.errors.bad-parameter", suites=(Suite.SDK,), sdk_python=python)
            for python in (None, Path(sys.executable))
        )
    assert core.run.sdk is None
    assert here.run.sdk is not None
    assert here.run.sdk.startswith(f"boto3 {boto3.__version__}, botocore {botocore.__version__}, Python 3.")
    assert here.run.sdk.endswith("; retry mode standard, 3 attempts at most")
    assert other.run.sdk == here.run.sdk
    assert here.run.sdk in render_html(here)
    assert here.run.sdk in render_markdown(here)


@pytest.mark.usefixtures("without_boto3")
def test_another_interpreter_brings_what_the_suite_takes() -> None:
    assert Suite.SDK in suites(suite=("all",), sdk_python=sys.executable, **AT)
    assert Suite.SDK in suites(sdk_python=sys.executable)
    with serving(Behaviour) as server:
        report = run_against(server.url, suites=(Suite.SDK,), sdk_python=Path(sys.executable))
    assert report.verdict is RunVerdict.CONFORMANT
    assert {clause.verdict for clause in report.clauses if clause.suite == Suite.SDK} == {Verdict.PASSED}


def test_an_interpreter_that_can_not_be_used_is_an_error_of_each_check_and_judges_nothing() -> None:
    program = shutil.which("false")
    assert program is not None
    with serving(Behaviour) as server:
        report = run_against(server.url, suites=(Suite.SDK,), sdk_python=Path(program))
    assert report.verdict is RunVerdict.INCOMPLETE
    said = {(clause.verdict, clause.reason) for clause in report.clauses if clause.suite == Suite.SDK}
    [(verdict, reason)] = said
    assert verdict is Verdict.ERROR
    assert reason is not None
    assert reason.startswith("--sdk-python: expected an interpreter")
    assert report.run.sdk == f"none: {reason}"


@pytest.mark.slow
def test_one_other_interpreter_makes_the_calls_of_a_run_with_several_workers(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\necho started >> {tmp_path}/starts\nexec {sys.executable} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    with serving(Behaviour) as server:
        settings = Settings(target_at(server.url), suites=(Suite.SDK,), workers=4, sdk_python=program)
        report = run_of(settings)
    assert report.verdict is RunVerdict.CONFORMANT, report.verdict_sentence
    assert lines_of(tmp_path / "starts") == 1
