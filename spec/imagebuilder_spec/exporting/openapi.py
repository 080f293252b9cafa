"""The operation as an OpenAPI 3.1 document.

It says all that OpenAPI can say: the constraints of both bodies, every status that an error may have, and by status the
codes that may stand in the header or in the body. It can't say that a token is bound to its first parameters.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from imagebuilder_spec.contract import Contract, ErrorTable

ERROR_TYPE_HEADER = "x-amzn-ErrorType"
_JSON = "application/json"


def openapi_document(contract: Contract, pipelines: Iterable[str] = ()) -> dict[str, Any]:
    """The document of one revision of the contract, with a valid request as example for each of `pipelines`."""
    operation = contract.operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "EC2 Image Builder", "version": operation.api_version},
        "paths": {
            operation.path: {
                operation.method.lower(): {
                    "operationId": operation.name,
                    "requestBody": {"required": True, "content": {_JSON: _request_body(contract, pipelines)}},
                    "responses": {str(operation.success_status): _success(contract), **_errors(contract.errors)},
                    "security": [{"signature": []}],
                }
            }
        },
        "components": {
            "securitySchemes": {
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "AWS Signature Version 4",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                }
            },
        },
    }


def codes_by_status(errors: ErrorTable) -> dict[int, list[str]]:
    """Every status that an error may have, with the codes that may go with it."""
    codes: dict[int, list[str]] = {}
    for code in sorted({*errors.declared, *errors.common}):
        for status in errors.statuses(code) or ():
            codes.setdefault(status, []).append(code)
    return dict(sorted(codes.items()))


def _request_body(contract: Contract, pipelines: Iterable[str]) -> dict[str, Any]:
    examples = {
        f"pipeline-{number}": {"value": {"clientToken": f"example-{number}", "imagePipelineArn": arn}}
        for number, arn in enumerate(pipelines, 1)
    }
    schema = {"schema": _bare(contract.request_schema)}
    return {**schema, "examples": examples} if examples else schema


def _success(contract: Contract) -> dict[str, Any]:
    return {
        "description": "The image build has started.",
        "content": {_JSON: {"schema": _bare(contract.response_schema)}},
    }


def _errors(errors: ErrorTable) -> dict[str, Any]:
    return {str(status): _error(errors, status, codes) for status, codes in codes_by_status(errors).items()}


def _error(errors: ErrorTable, status: int, codes: list[str]) -> dict[str, Any]:
    dues = (errors.declared[code].due for code in codes if code in errors.declared)
    return {
        "description": "; ".join(dues) or f"A common error of AWS with the status {status}.",
        # The code stands in the header or in the body, so neither can be required.
        "headers": {ERROR_TYPE_HEADER: {"schema": _named(codes)}},
        "content": {_JSON: {"schema": error_body(codes)}},
    }


def error_body(codes: Iterable[str]) -> dict[str, Any]:
    """The JSON Schema of an error's body that may name one of the codes."""
    return {
        "type": "object",
        "properties": {"message": {"type": "string"}, "Message": {"type": "string"}}
        | dict.fromkeys(("__type", "code", "Code"), _named(codes)),
        "anyOf": [{"required": ["message"]}, {"required": ["Message"]}],
    }


def _named(codes: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "pattern": _code_pattern(codes)}


def _code_pattern(codes: Iterable[str]) -> str:
    """The codes, with the namespace before a `#` and the URI after a `:` that the protocol allows."""
    return f"^([^:#]+#)?({'|'.join(re.escape(code) for code in codes)})(:.*)?$"


def _bare(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in {"$schema", "title"}}
