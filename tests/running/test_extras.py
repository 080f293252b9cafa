"""A suite whose extra is missing: left out of `all`, and a gap only where it was asked for by name."""

import pytest

from imagebuilder_conformance import extras
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.settings import Settings, Sources, resolve
from imagebuilder_reports.verdicts import Cause, RunVerdict, Verdict
from imagebuilder_spec import Suite
from tests.support.runs import run_against, serving

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
    of_the_preflight = 2
    assert report.totals.exchanges - of_the_preflight < 15
