"""What the checks make of a target that keeps the contract."""

import pytest

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.oracles.passive import PassiveCheck
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.suites import declared_checks
from imagebuilder_reports.model import CheckReport, Report
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict
from imagebuilder_spec import Suite, load_contract, revisions
from tests.support.runs import run_against, serving, verdicts

CHECKS = {check.id: check for check in declared_checks() if isinstance(check, Check)}
# Their executions depend on more than the check.
NOT_FIXED = {
    "operation.start": "its start is made before the checks",
    "operation.other-pipeline": "so is this one",
    "idempotency.retention": "it sends as many as the run has not sent yet",
    "idempotency.model": "its walks are drawn",
    "request.client-token.characters": "the longer a token may be, the fewer hold every character",
    "wire.session-token": "it starts nothing where signatures are verified",
}


def reports(report: Report) -> dict[str, CheckReport]:
    return {check.id: check for check in report.checks}


@pytest.fixture(params=revisions())
def conformant_run(request: pytest.FixtureRequest, reference_run: Report, current_run: Report) -> Report:
    runs = {report.suite.contract: report for report in (reference_run, current_run)}
    return runs[request.param]


def test_it_is_found_conformant(conformant_run: Report) -> None:
    assert conformant_run.verdict is RunVerdict.CONFORMANT
    assert conformant_run.run.ending is Ending.COMPLETED
    assert conformant_run.target.reference
    assert "reference target" in conformant_run.verdict_sentence


def test_nothing_is_blamed_and_nothing_left_open(conformant_run: Report) -> None:
    bad = {Verdict.FAILED, Verdict.WARNED, Verdict.ERROR, Verdict.INCONCLUSIVE}
    assert {clause.id: clause.verdict for clause in conformant_run.clauses if clause.verdict in bad} == {}
    assert conformant_run.failures == ()


def test_every_active_clause_whose_condition_holds_is_judged(conformant_run: Report) -> None:
    left = {clause.id: clause.cause for clause in conformant_run.clauses if clause.verdict is Verdict.NOT_RUN}
    assert set(left.values()) <= {Cause.CONDITION, Cause.NEVER_SHOWN}
    assert {clause for clause, cause in left.items() if cause is Cause.CONDITION} == {"wire.session-token"}


def test_each_check_starts_as_many_builds_as_it_declares(conformant_run: Report) -> None:
    measured = {id_: check.executions for id_, check in reports(conformant_run).items() if id_ in CHECKS}
    declared = {id_: CHECKS[id_].executions for id_ in measured}
    differ = {id_ for id_ in measured if measured[id_] != declared[id_]} - NOT_FIXED.keys()
    assert {id_: (declared[id_], measured[id_]) for id_ in differ} == {}


def test_a_check_that_draws_starts_at_least_as_many_as_it_declares(conformant_run: Report) -> None:
    assert reports(conformant_run)["idempotency.model"].executions >= CHECKS["idempotency.model"].executions


def test_the_builds_of_the_checks_are_all_builds_of_the_run(conformant_run: Report) -> None:
    # Two more were started before the first check, one for each pipeline.
    assert sum(check.executions for check in conformant_run.checks) + 2 == conformant_run.totals.executions


def test_every_check_was_made(conformant_run: Report) -> None:
    clauses = load_contract(conformant_run.suite.contract).clauses.keys()
    of_revision = {
        check.id
        for check in declared_checks()
        # A passive one judges as many of its clauses as the revision has.
        if (clauses & set(check.clauses) if isinstance(check, PassiveCheck) else clauses >= set(check.clauses))
    }
    assert {check.id for check in conformant_run.checks} == of_revision


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
