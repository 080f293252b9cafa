import pytest

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.running.selection import Selection, select
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.suites import declared_checks
from imagebuilder_spec import Suite, load_contract
from tests.support.calls import CONTRACT

CHECKS = [check for check in declared_checks() if isinstance(check, Check)]
EVERYTHING = tuple(Suite)


def selection(*prefixes: str, suites: tuple[Suite, ...] = EVERYTHING) -> Selection:
    return select(Settings(None, prefixes=prefixes, suites=suites), CONTRACT, CHECKS)


def made(selected: Selection) -> set[str]:
    return {check.id for check in selected.checks}


def test_without_prefixes_every_clause_and_check_is_selected() -> None:
    everything = selection()
    assert everything.clauses.keys() == CONTRACT.clauses.keys()
    assert made(everything) == {check.id for check in CHECKS if set(check.clauses) <= CONTRACT.clauses.keys()}
    assert everything.passive


def test_a_check_of_clauses_that_the_revision_does_not_have_is_not_selected() -> None:
    current = load_contract("current")
    of_current = select(Settings(None, contract="current"), current, CHECKS)
    assert made(of_current) == {check.id for check in CHECKS}
    assert {id_ for id_ in made(of_current) - made(selection()) if "tags" not in id_} == set()
    assert made(of_current) > made(selection())


@pytest.mark.parametrize("suite", Suite)
def test_a_suite_selects_its_clauses_and_no_check_of_another(suite: Suite) -> None:
    of_suite = selection(suites=(suite,))
    assert {clause.suite for clause in of_suite.clauses.values()} == {suite}
    for check in of_suite.checks:
        assert {CONTRACT.clauses[clause].suite for clause in check.clauses} == {suite}


@pytest.mark.parametrize("prefix", ["idempotency", "idempotency.replay", "idempotency.replay.same-image"])
def test_a_prefix_selects_what_is_below_it(prefix: str) -> None:
    below = selection(prefix)
    assert below.clauses
    assert all(clause == prefix or clause.startswith(f"{prefix}.") for clause in below.clauses)
    assert "idempotency.replay" in made(below)


def test_a_prefix_ends_at_a_dot() -> None:
    assert set(selection("request.body").clauses).isdisjoint(selection("request.bod").clauses)
    assert not selection("request.bod").clauses


def test_a_dot_behind_a_prefix_changes_nothing() -> None:
    assert selection("request.").clauses == selection("request").clauses


def test_several_prefixes_add_up() -> None:
    both = selection("operation", "response.status")
    assert set(both.clauses) == {"operation.start", "response.status"}


def test_checks_of_other_clauses_are_left_out() -> None:
    assert made(selection("request.client-token.max-length")) == {"request.client-token.max-length"} | {
        check for check in made(selection("request.client-token.max-length")) if check.startswith("request.")
    }
    assert not made(selection("request.client-token.max-length")) & {"idempotency.replay", "wire.method"}


def test_a_passive_clause_brings_the_checks_that_it_lives_on() -> None:
    alone = selection("response.client-token.echo")
    assert {check.id for check in alone.passive} == {"answers.token-echo"}
    assert {"operation.start", "idempotency.replay"} <= made(alone)
    assert not any(check.startswith("wire.") for check in made(alone))


def test_a_passive_clause_brings_no_check_of_another_suite() -> None:
    core = selection("errors.content-type", suites=(Suite.CORE,))
    assert core.checks
    assert not any(check.id.startswith(("auth.", "throttling.")) for check in core.checks)


def test_what_is_in_no_selected_suite_is_empty() -> None:
    assert selection("idempotency", suites=(Suite.AUTH,)).is_empty
    assert not selection("idempotency").is_empty
