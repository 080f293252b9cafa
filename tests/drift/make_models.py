"""Makes the models of this folder anew: `python -m tests.drift.make_models`, with the botocore that is to be kept.

`service-2.json` is what the operation takes of botocore's model, without documentation. `smithy.json` is the same,
written as Smithy's JSON form has it; no file of AWS's own in that form was at hand to be kept.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

MODELS = Path(__file__).parent / "models"
OPERATION = "StartImagePipelineExecution"
NAMESPACE = "com.amazonaws.imagebuilder"
_METADATA = (
    "apiVersion",
    "auth",
    "endpointPrefix",
    "protocol",
    "protocols",
    "serviceId",
    "signatureVersion",
    "signingName",
)
_REFERENCES = ("key", "value", "member")


def excerpt(model: dict[str, Any]) -> dict[str, Any]:
    """What the operation takes of a whole service-2.json."""
    operation = model["operations"][OPERATION]
    reached: dict[str, Any] = {}
    for reference in (operation["input"], operation["output"], *operation["errors"]):
        reached |= _reached(model, reference["shape"])
    return {
        "version": model["version"],
        "metadata": {key: model["metadata"][key] for key in _METADATA},
        "operations": {OPERATION: _undocumented(operation)},
        "shapes": {name: _undocumented(reached[name]) for name in sorted(reached)},
    }


def _reached(model: dict[str, Any], name: str) -> dict[str, Any]:
    shape = model["shapes"][name]
    found = {name: shape}
    parts = [*shape.get("members", {}).values(), *(shape[key] for key in _REFERENCES if key in shape)]
    for part in parts:
        found |= _reached(model, part["shape"])
    return found


def _undocumented(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _undocumented(value) for key, value in node.items() if key != "documentation"}
    return [_undocumented(each) for each in node] if isinstance(node, list) else node


def smithy(model: dict[str, Any]) -> dict[str, Any]:
    """The same as an abstract syntax tree of Smithy 2.0."""
    operation, metadata = model["operations"][OPERATION], model["metadata"]
    service = {
        "type": "service",
        "version": metadata["apiVersion"],
        "operations": [_target(OPERATION)],
        "traits": {
            "aws.api#service": {"sdkId": metadata["serviceId"], "endpointPrefix": metadata["endpointPrefix"]},
            "aws.auth#sigv4": {"name": metadata["signingName"]},
            "aws.protocols#restJson1": {},
        },
    }
    http = operation["http"]
    written = {
        "type": "operation",
        "input": _target(operation["input"]["shape"]),
        "output": _target(operation["output"]["shape"]),
        "errors": [_target(error["shape"]) for error in operation["errors"]],
        "traits": {"smithy.api#http": {"method": http["method"], "uri": http["requestUri"], "code": 200}},
    }
    shapes = {name: _shape(shape) for name, shape in model["shapes"].items()}
    named = {"imagebuilder": service, OPERATION: written, **shapes}
    return {"smithy": "2.0", "shapes": {f"{NAMESPACE}#{name}": shape for name, shape in named.items()}}


def _target(name: str) -> dict[str, str]:
    return {"target": f"{NAMESPACE}#{name}"}


def _shape(shape: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {"type": shape["type"]}
    if shape["type"] == "structure":
        required = shape.get("required", ())
        written["members"] = {
            name: _target(member["shape"]) | _with_traits(dict(_member_traits(member, required=name in required)))
            for name, member in shape["members"].items()
        }
    written |= {key: _target(shape[key]["shape"]) for key in _REFERENCES if key in shape}
    return written | _with_traits(dict(_traits(shape)))


def _traits(shape: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if "error" in shape:
        status = shape["error"]["httpStatusCode"]
        yield "smithy.api#error", "client" if status < 500 else "server"
        yield "smithy.api#httpError", status
    if "max" in shape:
        # AWS's models in this form write a minimum of zero out.
        yield "smithy.api#length", {"min": shape.get("min", 0), "max": shape["max"]}
    if "pattern" in shape:
        yield "smithy.api#pattern", shape["pattern"]


def _member_traits(member: dict[str, Any], *, required: bool) -> Iterator[tuple[str, Any]]:
    if member.get("idempotencyToken"):
        yield "smithy.api#idempotencyToken", {}
    if required:
        yield "smithy.api#required", {}


def _with_traits(traits: dict[str, Any]) -> dict[str, Any]:
    return {"traits": traits} if traits else {}


def make() -> None:
    """Write both models."""
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    model = excerpt(loader.load_service_model("imagebuilder", "service-2"))
    for name, document in (("service-2", model), ("smithy", smithy(model))):
        text = json.dumps(document, indent=2) + "\n"
        (MODELS / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make()
