"""A target that keeps another revision of the contract: what differs is found, and each failure names that revision."""

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.tokens import TokenUnbounded
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings as ReferenceSettings
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import RunVerdict
from imagebuilder_spec import Suite, load_contract
from tests.support.calls import target_at
from tests.support.runs import failed, run_of

TOKENS = {"request.client-token.max-length", "request.client-token.code-points"}


def judged(by: str, kept: str, *prefixes: str, behaviour: type[Behaviour] = Behaviour) -> Report:
    """The report by one revision on a reference target that keeps another."""
    with ReferenceServer(ReferenceSettings(contract=load_contract(kept)), behaviour=behaviour) as server:
        return run_of(Settings(target_at(server.url), contract=by, suites=(Suite.CORE,), prefixes=prefixes))


@pytest.mark.slow
def test_by_the_documented_revision_the_current_one_fails_in_what_differs_and_nothing_else() -> None:
    report = judged("documented", "current")
    assert report.verdict is RunVerdict.NON_CONFORMANT
    assert failed(report) == TOKENS
    assert {failure.clause: failure.allowed_by for failure in report.failures} == dict.fromkeys(TOKENS, ("current",))


@pytest.mark.slow
def test_by_the_current_revision_the_documented_one_fails_in_what_differs_and_each_failure_says_so() -> None:
    report = judged("current", "documented", "request", "idempotency")
    added = load_contract("current").clauses.keys() - load_contract("documented").clauses.keys()
    assert failed(report) - added == TOKENS | {"request.client-token.characters"}
    assert failed(report) & added
    assert {failure.allowed_by for failure in report.failures} == {("documented",)}


def test_a_target_that_keeps_neither_revision_is_not_taken_for_one_that_keeps_the_other() -> None:
    report = judged("documented", "documented", "request.client-token.max-length", behaviour=TokenUnbounded)
    assert [failure.allowed_by for failure in report.failures] == [()]


@pytest.mark.parametrize("revision", ["documented", "current"])
def test_a_failure_that_is_one_by_every_revision_names_none(revision: str) -> None:
    report = judged(revision, revision, "request.client-token.max-length", behaviour=TokenUnbounded)
    assert [failure.remark for failure in report.failures] == [""]
