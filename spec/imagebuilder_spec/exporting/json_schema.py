"""The bodies of the operation as one JSON Schema (2020-12): request, response and error under `$defs`."""

from typing import Any

from imagebuilder_spec.contract import Contract
from imagebuilder_spec.exporting.openapi import error_body

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema_document(contract: Contract, part: str | None = None) -> dict[str, Any]:
    """All three schemas, or the one that is named as a schema of its own.

    Args:
        contract: The revision.
        part: `request`, `response` or `error`; None for a document with each of them under `$defs`.
    """
    name = contract.operation.name
    parts: dict[str, dict[str, Any]] = {
        "request": dict(contract.request_schema),
        "response": dict(contract.response_schema),
        "error": {"title": f"{name} error", **error_body(sorted(contract.errors.declared))},
    }
    if part is not None:
        return {"$schema": _DIALECT, **parts[part]}
    for schema in parts.values():
        schema.pop("$schema", None)
    return {
        "$schema": _DIALECT,
        "$id": f"urn:imagebuilder-conformance:{contract.revision}",
        "title": f"{name}, revision {contract.revision}",
        "$defs": parts,
    }
