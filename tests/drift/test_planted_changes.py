import pytest

from imagebuilder_conformance.drift.comparing import compare
from imagebuilder_conformance.drift.from_contract import model_of
from imagebuilder_spec import load_contract, revisions

from .documents import DOCUMENTS, read
from .planting import Plant, doctored
from .plants import LAX, PLANTS, STRICT

CURRENT = load_contract("current")


@pytest.mark.parametrize("form", DOCUMENTS)
def test_the_revision_of_today_agrees_with_its_model(form: str) -> None:
    assert compare(CURRENT, read(form)) == ()


@pytest.mark.parametrize("revision", revisions())
def test_a_revision_agrees_with_itself(revision: str) -> None:
    contract = load_contract(revision)
    assert compare(contract, model_of(contract)) == ()


@pytest.mark.parametrize("form", DOCUMENTS)
def test_the_documented_revision_differs_in_what_changed_since_and_in_nothing_else(form: str) -> None:
    found = compare(load_contract("documented"), read(form))
    assert {each.place: each.effect.direction for each in found} == {
        "request.clientToken.maxLength": STRICT,
        "request.tags": LAX,
        "response.clientToken.maxLength": STRICT,
        "response.imageBuildVersionArn.pattern": STRICT,
    }
    token = next(each for each in found if each.place == "request.clientToken.maxLength")
    assert (token.contract, token.model) == (36, 64)
    assert "request.client-token.max-length" in token.clauses


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
@pytest.mark.parametrize("form", DOCUMENTS)
def test_a_planted_change_is_found_and_nothing_else(form: str, plant: Plant) -> None:
    edits = {"service-2": plant.service_2, "smithy": plant.smithy}[form]
    model = read(form, doctored(DOCUMENTS[form], edits))
    found = {each.place: (each.model, each.effect.direction) for each in compare(CURRENT, model)}
    assert found == plant.found


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_a_change_that_blames_correct_targets_names_the_clauses_that_do(plant: Plant) -> None:
    model = read("service-2", doctored(DOCUMENTS["service-2"], plant.service_2))
    for each in compare(CURRENT, model):
        assert set(each.clauses) <= CURRENT.clauses.keys()
        assert each.clauses or each.effect.direction is not STRICT


def test_there_are_as_many_plants_as_one_would_like() -> None:
    assert len(PLANTS) >= 40
    assert len({plant.name for plant in PLANTS}) == len(PLANTS)
