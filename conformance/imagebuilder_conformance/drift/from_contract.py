"""A revision of the contract as a model of the operation."""

from collections.abc import Mapping
from typing import Any

from imagebuilder_conformance.drift.model import Kind, Member, OperationModel, Shape
from imagebuilder_spec import Contract

# The contract has it in its clauses: those of idempotency, and that of tokens that an SDK makes itself.
_IDEMPOTENCY_TOKEN = "clientToken"  # noqa: S105  # the name of a member

_KINDS: Mapping[str, Kind] = {
    "array": Kind.LIST,
    "boolean": Kind.BOOLEAN,
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "object": Kind.STRUCTURE,
    "string": Kind.STRING,
}


def model_of(contract: Contract) -> OperationModel:
    """The operation as a revision of the contract has it."""
    operation = contract.operation
    return OperationModel(
        method=operation.method,
        path=operation.path,
        protocols=frozenset({operation.protocol}),
        signing_name=operation.signing_name,
        api_version=operation.api_version,
        success_status=operation.success_status,
        request=_members(contract.request_schema, token=_IDEMPOTENCY_TOKEN),
        response=_members(contract.response_schema),
        errors={code: error.status for code, error in contract.errors.declared.items()},
    )


def _members(schema: Mapping[str, Any], *, token: str | None = None) -> dict[str, Member]:
    required = schema.get("required", ())
    return {
        name: Member(_shape(member), name in required, name == token, f"body: {name}")
        for name, member in schema.get("properties", {}).items()
    }


def _shape(schema: Mapping[str, Any]) -> Shape:
    values = frozenset(schema["enum"]) if "enum" in schema else None
    match _KINDS[schema["type"]]:
        case Kind.STRUCTURE if "additionalProperties" in schema:
            return Shape(
                Kind.MAP,
                schema.get("minProperties"),
                schema.get("maxProperties"),
                key=_shape(schema["propertyNames"]),
                value=_shape(schema["additionalProperties"]),
            )
        case Kind.STRUCTURE:
            return Shape(Kind.STRUCTURE, members=_members(schema))
        case Kind.LIST:
            return Shape(Kind.LIST, schema.get("minItems"), schema.get("maxItems"), value=_shape(schema["items"]))
        case Kind.STRING:
            lengths = schema.get("minLength"), schema.get("maxLength")
            return Shape(Kind.STRING, *lengths, pattern=schema.get("pattern"), values=values)
        case kind:
            return Shape(kind, schema.get("minimum"), schema.get("maximum"))
