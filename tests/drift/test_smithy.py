"""What Smithy's form can say in ways that botocore's can't."""

from typing import Any

import pytest

from imagebuilder_conformance.drift.model import Kind
from imagebuilder_conformance.drift.nodes import UnreadableModelError

from .documents import DOCUMENTS, read
from .make_models import NAMESPACE, OPERATION
from .planting import GONE, Edits, doctored

REQUEST = f"{OPERATION}Request"


def path(name: str, *rest: str | int) -> tuple[str | int, ...]:
    return ("shapes", f"{NAMESPACE}#{name}", *rest)


def smithy(edits: Edits) -> dict[str, Any]:
    return doctored(DOCUMENTS["smithy"], edits)


def test_a_trait_of_a_member_takes_the_place_of_that_of_its_shape() -> None:
    model = read("smithy", smithy({path(REQUEST, "members", "clientToken", "traits", "smithy.api#length"): {"max": 9}}))
    token = model.request["clientToken"].shape
    assert (token.minimum, token.maximum) == (None, 9)
    assert model.response["clientToken"].shape.maximum == 64


def test_errors_of_the_service_are_errors_of_the_operation() -> None:
    error = {"type": "structure", "members": {}, "traits": {"smithy.api#error": "server"}}
    edits = {path("Throttled"): error, path("imagebuilder", "errors"): [{"target": f"{NAMESPACE}#Throttled"}]}
    assert read("smithy", smithy(edits)).errors["Throttled"] == 500


@pytest.mark.parametrize(("fault", "status"), [("client", 400), ("server", 500)])
def test_an_error_without_a_status_has_that_of_its_fault(fault: str, status: int) -> None:
    code = "ResourceNotFoundException"
    edits = {
        path(code, "traits", "smithy.api#httpError"): GONE,
        path(code, "traits", "smithy.api#error"): fault,
    }
    assert read("smithy", smithy(edits)).errors[code] == status


def test_a_success_without_a_status_is_200() -> None:
    edits = {path(OPERATION, "traits", "smithy.api#http", "code"): GONE}
    assert read("smithy", smithy(edits)).success_status == 200


@pytest.mark.parametrize(
    ("target", "kind"),
    [("String", Kind.STRING), ("Long", Kind.INTEGER), ("PrimitiveBoolean", Kind.BOOLEAN), ("BigDecimal", Kind.NUMBER)],
)
def test_shapes_of_smithys_own_are_known(target: str, kind: Kind) -> None:
    edits = {path(REQUEST, "members", "reason"): {"target": f"smithy.api#{target}"}}
    assert read("smithy", smithy(edits)).request["reason"].shape.kind is kind


def test_an_operation_may_take_and_give_nothing() -> None:
    edits = {path(OPERATION, "input"): {"target": "smithy.api#Unit"}, path(OPERATION, "output"): GONE}
    model = read("smithy", smithy(edits))
    assert (model.request, model.response) == ({}, {})


def test_an_enumeration_has_the_values_that_go_over_the_wire() -> None:
    shape = {
        "type": "enum",
        "members": {
            "ON": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "on"}},
            "OFF": {"target": "smithy.api#Unit"},
        },
    }
    edits = {path("TagValue"): shape}
    tags = read("smithy", smithy(edits)).request["tags"].shape
    assert tags.value is not None
    assert (tags.value.kind, tags.value.values) == (Kind.STRING, frozenset({"on", "OFF"}))


def test_a_shape_that_contains_itself_ends_somewhere() -> None:
    tree = {"type": "structure", "members": {"below": {"target": f"{NAMESPACE}#Tree"}}}
    edits = {path("Tree"): tree, path(REQUEST, "members", "tree"): {"target": f"{NAMESPACE}#Tree"}}
    below = read("smithy", smithy(edits)).request["tree"].shape.members["below"].shape
    assert (below.kind, below.members) == (Kind.STRUCTURE, {})


@pytest.mark.parametrize("optional", [{"smithy.api#optionalAuth": {}}, {"smithy.api#auth": []}])
def test_an_operation_may_need_no_signature(optional: dict[str, object]) -> None:
    edits = {path(OPERATION, "traits", id_): value for id_, value in optional.items()}
    assert read("smithy", smithy(edits)).signing_name is None


def test_the_service_is_the_one_that_lists_the_operation() -> None:
    other = {"type": "service", "version": "2000-01-01", "operations": []}
    assert read("smithy", smithy({path("other"): other})).api_version == "2019-12-02"


@pytest.mark.parametrize(
    "edits",
    [
        {path(REQUEST, "mixins"): [{"target": f"{NAMESPACE}#Common"}]},
        {path(f"{REQUEST}$tags"): {"type": "apply", "traits": {"smithy.api#required": {}}}},
    ],
    ids=["mixins", "apply"],
)
def test_a_shape_that_is_put_together_of_several_is_refused_with_what_to_do(edits: Edits) -> None:
    with pytest.raises(UnreadableModelError, match="flattenAndRemoveMixins"):
        read("smithy", smithy(edits))
