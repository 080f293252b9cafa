"""The table of places fits the contract: nothing of it is left out, and every clause that it names exists."""

from collections.abc import Iterator, Mapping

import pytest

from imagebuilder_conformance.configuration.selection import in_prefix
from imagebuilder_conformance.drift.concerned import clauses_by_place, concerned
from imagebuilder_conformance.drift.from_contract import model_of
from imagebuilder_conformance.drift.limits import moved_limits
from imagebuilder_conformance.drift.model import Member, Shape
from imagebuilder_spec import Contract, load_contract, revisions

CONTRACTS = [load_contract(revision) for revision in revisions()]


def limited(place: str, shape: Shape) -> Iterator[str]:
    """The places of the limits that a shape has."""
    for moved in moved_limits(shape, Shape(shape.kind)):
        yield f"{place}.{moved.name}"
    for part, inner in (("key", shape.key), ("value", shape.value)):
        if inner:
            yield from limited(f"{place}.{part}", inner)


def places(side: str, members: Mapping[str, Member]) -> Iterator[str]:
    for name, member in members.items():
        place = f"{side}.{name}"
        yield from (place, f"{place}.type", f"{place}.place")
        yield from limited(place, member.shape)


def resting(contract: Contract) -> set[str]:
    """Every place that the contract says something of."""
    model = model_of(contract)
    required = {f"request.{name}.required" for name in model.request}
    errors = {f"errors.{code}{field}" for code in model.errors for field in ("", ".status")}
    members = {*places("request", model.request), *places("response", model.response)}
    return {"method", "path", "protocol", "signingName", "successStatus"} | members | required | errors


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.revision)
def test_whatever_the_contract_says_has_clauses(contract: Contract) -> None:
    known = clauses_by_place()
    assert {place for place in resting(contract) if place not in known or not concerned(contract, place)} == set()


def test_every_place_of_the_table_can_come_about() -> None:
    said = set().union(*map(resting, CONTRACTS))
    members = {place for place in said if place.count(".") == 1 and not place.startswith("errors.")}
    # What the contract limits nowhere, and a model could.
    added = ("pattern", "values", "minLength", "idempotencyToken")
    possible = said | {
        f"{place}{part}.{name}" for place in members for part in ("", ".key", ".value") for name in added
    }
    possible |= {f"{place}{part}.type" for place in members for part in (".key", ".value")}
    assert clauses_by_place().keys() - possible == {"request.*", "errors.*"}


def test_every_clause_of_the_table_exists() -> None:
    ids = set().union(*(contract.clauses for contract in CONTRACTS))
    named = {prefix for prefixes in clauses_by_place().values() for prefix in prefixes}
    assert {prefix for prefix in named if not any(in_prefix(id_, prefix) for id_ in ids)} == set()
