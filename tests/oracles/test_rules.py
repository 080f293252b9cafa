from importlib import import_module
from pkgutil import iter_modules

import pytest

from imagebuilder_conformance import oracles
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held, failures
from tests.support.calls import CONTRACT

from .broken_rules import RULES as PLAIN_RULES
from .rules import Rule
from .sdk_rules import SDK_RULES
from .wire_rules import WIRE_RULES

RULES = (*PLAIN_RULES, *SDK_RULES, *WIRE_RULES)


def failure_types() -> list[type[Failure]]:
    for info in iter_modules(oracles.__path__):
        import_module(f"{oracles.__name__}.{info.name}")

    def below(kind: type[Failure]) -> list[type[Failure]]:
        return [each for sub in kind.__subclasses__() for each in (sub, *below(sub))]

    return [kind for kind in below(Failure) if kind.__module__.startswith(oracles.__name__)]


def name(rule: Rule) -> str:
    return rule.failure.__name__


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_the_rule_that_is_broken_is_named(rule: Rule) -> None:
    assert rule.failure in {type(each) for each in failures(rule.broken())}


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_the_conformant_twin_is_found_to_keep_it(rule: Rule) -> None:
    found = list(rule.kept())
    assert failures(found) == []
    assert any(isinstance(each, Held) for each in found)


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_a_failure_tells_what_was_expected_what_came_and_shows_it(rule: Rule) -> None:
    [failure] = [each for each in failures(rule.broken()) if type(each) is rule.failure][:1]
    assert failure.expected
    assert failure.received
    assert failure.expected != failure.received
    assert failure.exchanges
    assert failure.clause in str(failure)
    assert failure.title in str(failure)


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_every_finding_is_of_a_clause_of_the_contract(rule: Rule) -> None:
    found: list[Finding] = [*rule.broken(), *rule.kept()]
    assert {each.clause for each in found} <= CONTRACT.clauses.keys()


def test_every_failure_type_has_a_rule() -> None:
    missing = {kind.__name__ for kind in failure_types()} - {name(rule) for rule in RULES}
    assert missing == set()


def test_codes_and_titles_are_unique() -> None:
    kinds = failure_types()
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert len({kind.title for kind in kinds}) == len(kinds)


@pytest.mark.parametrize("kind", failure_types(), ids=lambda kind: str(kind.__name__))
def test_a_failure_type_has_a_dotted_code_a_title_a_hint_and_a_docstring(kind: type[Failure]) -> None:
    area, _, rule = kind.code.partition(".")
    assert area
    assert rule
    assert kind.code == kind.code.lower()
    assert kind.title[0].isupper()
    assert not kind.title.endswith(".")
    assert kind.hint.endswith((".", "?"))
    assert kind.__doc__
