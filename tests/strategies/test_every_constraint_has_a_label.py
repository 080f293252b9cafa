"""The labels of the broken requests cover every constraint of the request schema."""

import pytest

from imagebuilder_spec import load_contract
from imagebuilder_strategies import invalid_request_edges, invalid_requests
from imagebuilder_strategies.arn_shape import Arn, arn_shape
from imagebuilder_strategies.messages import invalid_request_edges as edges_of_messages
from tests.strategies.drawing import NIGHTLY, UNIQUE, drawn, revision

STEMS = {"clientToken": "token", "imagePipelineArn": "arn"}
LABELS = {edge.violates for edge in invalid_request_edges(UNIQUE, NIGHTLY)}
JUDGED = {edge.violates for edge in invalid_request_edges(UNIQUE, NIGHTLY) if edge.judged}
SCHEMA = load_contract().request_schema


def test_the_schema_has_no_keyword_that_these_tests_do_not_know() -> None:
    assert SCHEMA.keys() - {"$schema", "title", "description"} == {"type", "required", "properties"}
    keywords = {keyword for rules in SCHEMA["properties"].values() for keyword in rules}
    assert keywords - {"description"} == {"type", "minLength", "maxLength", "pattern"}


def test_every_required_member_is_left_out_and_made_null() -> None:
    for member in SCHEMA["required"]:
        assert {f"{STEMS[member]}.missing", f"{STEMS[member]}.null"} <= JUDGED


def test_every_member_is_given_every_other_type() -> None:
    for member, rules in SCHEMA["properties"].items():
        assert rules["type"] == "string"
        for name in ("number", "boolean.true", "boolean.false", "array", "array.empty", "object", "object.empty"):
            assert f"{STEMS[member]}.type.{name}" in JUDGED


def test_both_limits_of_a_length_are_passed() -> None:
    assert "minLength" in SCHEMA["properties"]["clientToken"]
    assert {"token.empty", "token.too-long", "token.too-long.by-two", "token.too-long.256"} <= JUDGED


def test_every_component_of_the_arn_is_broken_alone() -> None:
    shape = arn_shape(SCHEMA["properties"]["imagePipelineArn"]["pattern"])
    broken: set[str] = set()
    for edge in invalid_request_edges(UNIQUE, NIGHTLY):
        text = edge.value.get("imagePipelineArn")
        try:
            components = shape.broken_components(Arn.parse(str(text)))
        except ValueError:
            continue
        if len(components) == 1:
            broken.update(components)
    assert broken == {"scheme", "partition", "service", "region", "account", "kind", "name"}


def test_members_are_misnamed_but_nobody_is_judged_by_it() -> None:
    misnamed = LABELS - JUDGED
    assert misnamed == {
        f"{stem}.missing.{case}" for stem in STEMS.values() for case in ("pascal-case", "lower-case", "snake-case")
    }


@pytest.mark.slow
def test_the_strategy_draws_each_constraint_too() -> None:
    labels = {request.violates for request in drawn(invalid_requests(unique=UNIQUE), 2000)}
    for stem in STEMS.values():
        kinds = {f"{stem}.{kind}" for kind in ("missing", "null", "type.number", "type.array", "type.object")}
        assert kinds <= labels
    assert {"token.empty", "token.too-long"} <= labels
    assert sum(label.startswith("arn.") for label in labels) > 80


def test_an_optional_member_of_a_revision_is_given_wrong_types() -> None:
    contract = revision()
    properties = contract.request_schema["properties"] | {"someTags": {"type": "object"}}
    contract.request_schema["properties"].update(properties)  # a copy of the revision's own
    labels = {edge.violates for edge in edges_of_messages(UNIQUE, NIGHTLY, contract=contract)}
    tags = {label for label in labels if label.startswith("some-tags.")}
    assert {"some-tags.type.string", "some-tags.type.array", "some-tags.type.number"} <= tags
    assert not tags & {"some-tags.missing", "some-tags.null", "some-tags.type.object"}
