"""The operation as a Smithy 2.0 model in JSON: the abstract syntax tree of a service with this operation alone.

Exact for members, limits, patterns, declared errors and the protocol. What Smithy has no word for is left out: the
common errors that any operation of AWS may answer, and that an answer may have members that nobody has declared.
"""

from collections.abc import Mapping
from typing import Any

from imagebuilder_spec.contract import Contract, DeclaredError

_NAMESPACE = "com.amazonaws.imagebuilder"
# The shape of a member of type string without constraints.
_STRING = "smithy.api#String"
# Which keywords of JSON Schema are which bound of the trait `length`.
_LENGTHS: Mapping[str, tuple[str, str]] = {
    "string": ("minLength", "maxLength"),
    "object": ("minProperties", "maxProperties"),
}


def smithy_model(contract: Contract) -> dict[str, Any]:
    """The model of one revision."""
    operation, errors = contract.operation, sorted(contract.errors.declared.items())
    shapes: dict[str, Any] = {
        _id("imagebuilder"): {
            "type": "service",
            "version": operation.api_version,
            "operations": [{"target": _id(operation.name)}],
            "traits": {
                "aws.api#service": {"sdkId": "imagebuilder", "endpointPrefix": operation.signing_name},
                "aws.auth#sigv4": {"name": operation.signing_name},
                "aws.protocols#restJson1": {},
            },
        },
        _id(operation.name): {
            "type": "operation",
            "input": {"target": _id(f"{operation.name}Request")},
            "output": {"target": _id(f"{operation.name}Response")},
            "errors": [{"target": _id(code)} for code, _ in errors],
            "traits": {
                "smithy.api#idempotent": {},
                "smithy.api#http": {
                    "method": operation.method,
                    "uri": operation.path,
                    "code": operation.success_status,
                },
            },
        },
    }
    for name, schema in (("Request", contract.request_schema), ("Response", contract.response_schema)):
        shapes |= _structure(f"{operation.name}{name}", schema)
    token = shapes[_id(f"{operation.name}Request")]["members"]["clientToken"]
    token["traits"] = {**token.get("traits", {}), "smithy.api#idempotencyToken": {}}
    for code, error in errors:
        shapes[_id(code)] = _error(error)
    return {"smithy": "2.0", "shapes": shapes}


def _id(name: str) -> str:
    return f"{_NAMESPACE}#{name}"


def _structure(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A structure, and the shapes of its members."""
    members: dict[str, Any] = {}
    shapes: dict[str, Any] = {_id(name): {"type": "structure", "members": members}}
    for member, its in schema["properties"].items():
        target = f"{name}{member[0].upper()}{member[1:]}"
        made = _map(target, its) if its["type"] == "object" else _string(target, its)
        shapes |= made
        traits: dict[str, Any] = {"smithy.api#required": {}} if member in schema.get("required", ()) else {}
        if "description" in its:
            traits["smithy.api#documentation"] = its["description"]
        members[member] = {"target": _id(target) if made else _STRING, **({"traits": traits} if traits else {})}
    return shapes


def _string(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A string with its constraints; nothing if it has none."""
    traits = _constraints(schema)
    return {_id(name): {"type": "string", "traits": traits}} if traits else {}


def _map(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A map of strings, and the shapes of its keys and values."""
    shapes: dict[str, Any] = {}
    targets = {}
    for part, its in (("Key", schema["propertyNames"]), ("Value", schema["additionalProperties"])):
        made = _string(f"{name}{part}", its)
        shapes |= made
        targets[part.lower()] = {"target": _id(f"{name}{part}") if made else _STRING}
    traits = _constraints(schema)
    return {_id(name): {"type": "map", **targets, **({"traits": traits} if traits else {})}, **shapes}


def _constraints(schema: Mapping[str, Any]) -> dict[str, Any]:
    least, most = _LENGTHS[schema["type"]]
    bounds = {bound: schema[word] for bound, word in (("min", least), ("max", most)) if word in schema}
    return {
        **({"smithy.api#length": bounds} if bounds else {}),
        **({"smithy.api#pattern": schema["pattern"]} if "pattern" in schema else {}),
    }


def _error(error: DeclaredError) -> dict[str, Any]:
    return {
        "type": "structure",
        "members": {"message": {"target": _STRING}},
        "traits": {
            "smithy.api#error": error.fault,
            "smithy.api#httpError": error.status,
            **({"smithy.api#retryable": {}} if error.retryable else {}),
        },
    }
