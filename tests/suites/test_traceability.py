import re
from collections import Counter

import pytest

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.oracles.passive import PassiveCheck
from imagebuilder_conformance.settings import in_prefix
from imagebuilder_conformance.suites import declared_checks
from imagebuilder_spec import Activity, Clause, Level, load_contract, revisions

CLAUSES = {id_: clause for revision in revisions() for id_, clause in load_contract(revision).clauses.items()}
CHECKS = list(declared_checks())
ACTIVE = [check for check in CHECKS if isinstance(check, Check)]
PASSIVE = [check for check in CHECKS if isinstance(check, PassiveCheck)]
MUSTS = [clause for clause in CLAUSES.values() if clause.level is Level.MUST]

# MUST clauses that no check judges, each with the reason why none can. None so far.
NOT_CHECKED: dict[str, str] = {}


def ids(things: list[Clause] | list[Check | PassiveCheck] | list[Check] | list[PassiveCheck]) -> list[str]:
    return [each.id for each in things]


def judges_of(clause: str) -> list[Check | PassiveCheck]:
    return [check for check in CHECKS if clause in check.clauses]


@pytest.mark.parametrize("clause", ids(MUSTS))
def test_every_must_has_a_check_or_a_stated_reason(clause: str) -> None:
    assert bool(judges_of(clause)) != bool(NOT_CHECKED.get(clause))


@pytest.mark.parametrize("clause", [id_ for id_ in CLAUSES if CLAUSES[id_].level is not Level.MUST])
def test_every_other_clause_has_a_check(clause: str) -> None:
    assert judges_of(clause)


@pytest.mark.parametrize("check", CHECKS, ids=ids(CHECKS))
def test_every_check_has_a_clause_and_each_exists(check: Check | PassiveCheck) -> None:
    assert check.clauses
    assert set(check.clauses) <= CLAUSES.keys()
    assert len(set(check.clauses)) == len(check.clauses)


@pytest.mark.parametrize("revision", revisions())
@pytest.mark.parametrize("check", CHECKS, ids=ids(CHECKS))
def test_a_revision_has_all_clauses_of_a_check_or_none(check: Check | PassiveCheck, revision: str) -> None:
    contract = load_contract(revision)
    known = contract.clauses.keys() & set(check.clauses)
    if isinstance(check, PassiveCheck):
        # It judges what comes, and so as many of its clauses as the revision has.
        assert set(check.of(contract).clauses) == known
    else:
        assert known in (set(), set(check.clauses))


def test_check_ids_are_unique() -> None:
    assert [id_ for id_, count in Counter(ids(CHECKS)).items() if count > 1] == []


@pytest.mark.parametrize("check", CHECKS, ids=ids(CHECKS))
def test_check_ids_are_dotted_like_those_of_clauses(check: Check | PassiveCheck) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+", check.id)


@pytest.mark.parametrize("check", CHECKS, ids=ids(CHECKS))
def test_each_docstring_states_a_law(check: Check | PassiveCheck) -> None:
    assert check.law.endswith(".")
    assert check.law[0].isupper()
    assert len(check.law.split()) > 3
    # A law speaks of the target, not of the test.
    assert not re.match(r"(Test|Check|Checks|Verify|Verifies|Ensure|Ensures|This)\b", check.law)


def test_laws_are_not_said_twice() -> None:
    assert [law for law, count in Counter(check.law for check in CHECKS).items() if count > 1] == []


@pytest.mark.parametrize(
    "clause", [clause.id for clause in CLAUSES.values() if clause.pipelines == 2 and clause.activity is Activity.ACTIVE]
)
def test_what_takes_two_pipelines_is_judged_by_a_check_that_says_so(clause: str) -> None:
    active = [check for check in judges_of(clause) if isinstance(check, Check)]
    assert any(check.pipelines == 2 for check in active) or _fed_by_two(clause)


def _fed_by_two(clause: str) -> bool:
    """Whether a passive check judges it that lives on a check with two pipelines."""
    prefixes = [prefix for check in judges_of(clause) if isinstance(check, PassiveCheck) for prefix in check.stimuli]
    return any(in_prefix(check.id, prefix) for check in ACTIVE if check.pipelines == 2 for prefix in prefixes)


@pytest.mark.parametrize("check", ACTIVE, ids=ids(ACTIVE))
def test_a_check_stays_within_one_suite(check: Check) -> None:
    assert len({CLAUSES[clause].suite for clause in check.clauses}) == 1


@pytest.mark.parametrize("check", PASSIVE, ids=ids(PASSIVE))
def test_a_passive_check_names_checks_that_bring_it_food(check: PassiveCheck) -> None:
    for prefix in check.stimuli:
        assert any(in_prefix(active.id, prefix) for active in ACTIVE), prefix


def test_a_passive_clause_is_not_judged_by_an_active_check_alone() -> None:
    for clause in CLAUSES.values():
        if clause.activity is Activity.PASSIVE:
            assert any(isinstance(check, PassiveCheck) for check in judges_of(clause.id)), clause.id


def test_a_check_looks_back_at_other_traffic_only_where_it_says_so() -> None:
    assert [check.id for check in ACTIVE if check.last] == ["idempotency.retention"]
