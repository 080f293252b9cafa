"""What the checks make of a target that keeps the contract."""

import pytest

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.suites import declared_checks
from imagebuilder_reports.model import CheckReport, Report
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict
from imagebuilder_spec import Suite
from tests.support.runs import run_against, serving, verdicts

CHECKS = {check.id: check for check in declared_checks() if isinstance(check, Check)}
# Their executions depend on more than the check.
NOT_FIXED = {
    "operation.start": "its start is made before the checks",
    "idempotency.retention": "it sends as many as the run has not sent yet",
    "idempotency.model": "its walks are drawn",
    "wire.session-token": "it starts nothing where signatures are verified",
}


def reports(report: Report) -> dict[str, CheckReport]:
    return {check.id: check for check in report.checks}


def test_it_is_found_conformant(reference_run: Report) -> None:
    assert reference_run.verdict is RunVerdict.CONFORMANT
    assert reference_run.run.ending is Ending.COMPLETED
    assert reference_run.target.reference
    assert "reference target" in reference_run.verdict_sentence


def test_nothing_is_blamed_and_nothing_left_open(reference_run: Report) -> None:
    bad = {Verdict.FAILED, Verdict.WARNED, Verdict.ERROR, Verdict.INCONCLUSIVE}
    assert {clause.id: clause.verdict for clause in reference_run.clauses if clause.verdict in bad} == {}
    assert reference_run.failures == ()


def test_every_active_clause_whose_condition_holds_is_judged(reference_run: Report) -> None:
    left = {clause.id: clause.cause for clause in reference_run.clauses if clause.verdict is Verdict.NOT_RUN}
    assert set(left.values()) <= {Cause.CONDITION, Cause.NEVER_SHOWN}
    assert {clause for clause, cause in left.items() if cause is Cause.CONDITION} == {"wire.session-token"}


def test_each_check_starts_as_many_builds_as_it_declares(reference_run: Report) -> None:
    measured = {id_: check.executions for id_, check in reports(reference_run).items() if id_ in CHECKS}
    declared = {id_: CHECKS[id_].executions for id_ in measured}
    differ = {id_ for id_ in measured if measured[id_] != declared[id_]} - NOT_FIXED.keys()
    assert {id_: (declared[id_], measured[id_]) for id_ in differ} == {}


def test_a_check_that_draws_starts_at_least_as_many_as_it_declares(reference_run: Report) -> None:
    assert reports(reference_run)["idempotency.model"].executions >= CHECKS["idempotency.model"].executions


def test_the_builds_of_the_checks_are_all_builds_of_the_run(reference_run: Report) -> None:
    # One more was started before the first check.
    assert sum(check.executions for check in reference_run.checks) + 1 == reference_run.totals.executions


def test_every_check_was_made(reference_run: Report) -> None:
    assert {check.id for check in reference_run.checks} == {check.id for check in declared_checks()}


def test_where_signatures_are_not_verified_the_session_token_is_judged() -> None:
    with serving(Behaviour, verify_signatures=False) as server:
        report = run_against(server.url, "wire.session-token", "operation")
    assert report.verdict is RunVerdict.CONFORMANT
    assert verdicts(report)["wire.session-token"] is Verdict.PASSED


@pytest.mark.parametrize("suite", [Suite.AUTH, Suite.THROTTLING, Suite.FAULTS])
def test_a_suite_can_be_run_alone(suite: Suite) -> None:
    with serving(Behaviour) as server:
        report = run_against(server.url, suites=(suite,))
    judged = {clause.suite for clause in report.clauses if clause.exercised}
    # The server has no rate limit, so nothing of throttling can be seen.
    assert judged == (set() if suite is Suite.THROTTLING else {suite})
    assert report.totals.executions <= (7 if suite is Suite.FAULTS else 1)
