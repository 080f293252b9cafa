"""The suite of faults on demand: what it costs, what it leaves alone, and that it shows every declared error."""

import pytest

from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import find_variation
from imagebuilder_conformance.running.own_pytest import Gatherer, run_suites
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.events import Result
from imagebuilder_reports.model import Report
from imagebuilder_reports.pictures.error_table import Occasion, error_table
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Cause, RunVerdict, Verdict
from imagebuilder_spec import FAULT_HEADER, Suite, load_contract
from tests.support.calls import target_at
from tests.support.runs import run_against, serving, verdicts

FAULTS = (Suite.FAULTS,)
CLAUSES = [clause.id for clause in load_contract().clauses.values() if clause.suite is Suite.FAULTS]


def exchanges_of_faults(report: Report) -> int:
    """How many exchanges there were beside those of the preflight."""
    return sum(row.check != "operation.start" for row in report.exchanges)


def test_on_the_reference_target_every_declared_error_is_exercised(reference_run: Report) -> None:
    errors = error_table(reference_run)
    assert errors is not None
    assert {row.occasion for row in errors.declared} == {Occasion.EXERCISED}
    assert len(errors.declared) == 9


def test_on_the_reference_target_no_status_of_a_declared_error_is_left_unseen(reference_run: Report) -> None:
    seen = {id_ for id_, verdict in verdicts(reference_run).items() if verdict is Verdict.PASSED}
    assert {f"errors.{error.words}.status" for error in load_contract().errors.declared.values()} <= seen
    assert "idempotency.retry-after-error" in seen


def test_it_takes_few_exchanges_and_fewer_builds() -> None:
    with serving(Behaviour) as server:
        report = run_against(server.url, suites=FAULTS)
    assert report.verdict is RunVerdict.CONFORMANT
    assert exchanges_of_faults(report) <= 25
    # One more is started before the first check.
    assert report.totals.executions == 1 + 6


def test_a_target_that_does_not_speak_the_interface_is_asked_once_and_not_judged() -> None:
    with serving(find_variation("faults-unknown").behaviour) as server:
        gatherer = Gatherer(Settings(target_at(server.url), suites=FAULTS))
        run_suites(gatherer)
    report = fold(gatherer.events)
    records = [event.record for event in gatherer.events if isinstance(event, Result) and event.record]
    assert sum(FAULT_HEADER in dict(record.request.headers) for record in records) == 1
    assert exchanges_of_faults(report) == 1
    left = {clause.id: clause for clause in report.clauses if clause.selected}
    assert left.keys() == set(CLAUSES)
    assert {clause.verdict for clause in left.values()} == {Verdict.NOT_RUN}
    assert {clause.cause for clause in left.values()} == {Cause.CONDITION, Cause.NEVER_SHOWN}
    assert "does not speak the fault interface" in (left["faults.service.answer"].reason or "")


def test_a_target_that_raises_some_faults_is_judged_by_those() -> None:
    with serving(find_variation("faults-before-only").behaviour) as server:
        report = run_against(server.url, suites=FAULTS)
    found = verdicts(report)
    assert found["faults.service.answer"] is found["faults.retry.before-start"] is Verdict.PASSED
    assert found["faults.resource-not-found.answer"] is found["faults.retry.after-start"] is Verdict.NOT_RUN
    [after] = [clause for clause in report.clauses if clause.id == "faults.retry.after-start"]
    assert "does not raise ServiceUnavailableException;after on demand" in (after.reason or "")


@pytest.mark.slow
@pytest.mark.parametrize("suite", [Suite.CORE, Suite.AUTH])
def test_no_other_suite_demands_a_fault(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: Request, demand: object) -> Request:
        raise AssertionError(f"{request.label} demands {demand}")

    monkeypatch.setattr(Request, "demanding", refuse)
    with serving(Behaviour) as server:
        report = run_against(server.url, "errors", "auth", suites=(suite,))
    assert Verdict.ERROR not in verdicts(report).values()
