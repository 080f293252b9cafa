"""What botocore's form can say in ways that Smithy's can't."""

import pytest

from imagebuilder_conformance.drift.comparing import compare
from imagebuilder_conformance.drift.differences import Direction
from imagebuilder_conformance.drift.model import Kind
from imagebuilder_spec import load_contract

from .documents import DOCUMENTS, read
from .make_models import OPERATION
from .planting import GONE, Edits, doctored

REQUEST = f"{OPERATION}Request"


def test_a_status_that_the_model_leaves_open_is_for_people_to_see() -> None:
    edits = {("shapes", "ResourceNotFoundException", "error"): GONE}
    [found] = compare(load_contract("current"), read("service-2", doctored(DOCUMENTS["service-2"], edits)))
    assert (found.place, found.contract, found.model) == ("errors.ResourceNotFoundException.status", 404, None)
    assert found.effect.direction is Direction.UNCLEAR


def test_an_error_may_go_by_another_name_on_the_wire() -> None:
    edits = {("shapes", "ClientException", "error", "code"): "Client"}
    errors = read("service-2", doctored(DOCUMENTS["service-2"], edits)).errors
    assert errors["Client"] == 400
    assert "ClientException" not in errors


def test_a_member_may_be_the_whole_body() -> None:
    edits = {("shapes", REQUEST, "payload"): "tags"}
    assert read("service-2", doctored(DOCUMENTS["service-2"], edits)).request["tags"].place == "the body"


@pytest.mark.parametrize(("trait", "kind"), [("document", Kind.DOCUMENT), ("union", Kind.UNION)])
def test_a_structure_may_be_more_than_one(trait: str, kind: Kind) -> None:
    edits = {
        ("shapes", "Any"): {"type": "structure", "members": {}, trait: True},
        ("shapes", REQUEST, "members", "any"): {"shape": "Any"},
    }
    assert read("service-2", doctored(DOCUMENTS["service-2"], edits)).request["any"].shape.kind is kind


def test_a_shape_that_contains_itself_ends_somewhere() -> None:
    edits = {
        ("shapes", "Tree"): {"type": "list", "member": {"shape": "Tree"}},
        ("shapes", REQUEST, "members", "tree"): {"shape": "Tree"},
    }
    tree = read("service-2", doctored(DOCUMENTS["service-2"], edits)).request["tree"].shape
    assert tree.value is not None
    assert tree.value.value is None


@pytest.mark.parametrize(
    "edits",
    [{("operations", OPERATION, "authtype"): "none"}, {("operations", OPERATION, "auth"): ["smithy.api#noAuth"]}],
)
def test_an_operation_may_need_no_signature(edits: Edits) -> None:
    assert read("service-2", doctored(DOCUMENTS["service-2"], edits)).signing_name is None


def test_a_service_without_a_signing_name_is_called_as_its_endpoint() -> None:
    edits = {
        ("metadata", "signingName"): GONE,
        ("metadata", "endpointPrefix"): "images",
    }
    assert read("service-2", doctored(DOCUMENTS["service-2"], edits)).signing_name == "images"
