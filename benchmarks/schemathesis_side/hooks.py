"""What Schemathesis is told beside the document: how requests are signed, and which failures are none.

Schemathesis imports this file by its path. The environment holds the credentials, the region, and the revision.
"""

import os
from typing import Any

import schemathesis
from requests import PreparedRequest
from requests_aws4auth import AWS4Auth
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response

from imagebuilder_spec import Family, load_contract, validator_for

_CONTRACT = load_contract(os.environ["CONTRACT"])
_PARAMETERS = set(_CONTRACT.request_schema["properties"]) - {"clientToken"}


class Signer(AWS4Auth):  # type: ignore[misc]  # it has no type hints
    """Signs what can be signed."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign a request; one with a header that the signer cannot read stays unsigned."""
        try:
            signed: PreparedRequest = super().__call__(request)
        except ValueError:
            return request
        return signed


schemathesis.auth.set_from_requests(  # type: ignore[attr-defined]  # it is there, but its types hide it
    Signer(
        os.environ["AWS_ACCESS_KEY_ID"],
        os.environ["AWS_SECRET_ACCESS_KEY"],
        os.environ["AWS_REGION"],
        _CONTRACT.operation.signing_name,
    )
)


# What each token has started a build with. Schemathesis draws the same tokens again and again.
_started: dict[str, dict[str, Any]] = {}


@schemathesis.hook
def after_call(
    context: schemathesis.HookContext,  # noqa: ARG001 - hooks are called by position
    case: schemathesis.Case[Any],
    response: Response,
) -> None:
    """Remember what a token was accepted for."""
    token, parameters = members(case)
    if response.status_code == _CONTRACT.operation.success_status and token is not None:
        _started.setdefault(token, parameters)


@schemathesis.hook
def filter_failure(
    context: schemathesis.HookContext,  # noqa: ARG001 - hooks are called by position
    failure: Failure,
    case: schemathesis.Case[Any],
    response: Response,
) -> bool:
    """Whether a failure is one, by the contract."""
    code = error_code(response)
    if failure.title == "Schema-valid request rejected":
        # OpenAPI cannot say that a token is bound to its first parameters.
        token, parameters = members(case)
        bound = _started.get(token or "", parameters)
        return code != "IdempotentParameterMismatchException" or bound == parameters
    if failure.title == "Schema-violating request accepted":
        return not only_nulls_are_wrong(case)
    if failure.title == "Missing required header accepted":
        # Schemathesis insists on 401 for a missing signature, and AWS answers 403.
        return code not in _CONTRACT.errors.family(Family.AUTHENTICATION) or response.status_code < 400
    if failure.title == "Wrong response to undeclared method":
        # Schemathesis insists on 405 with a header `Allow`; the contract only wants a refusal.
        return not 400 <= response.status_code < 500
    return True


def members(case: schemathesis.Case[Any]) -> tuple[str | None, dict[str, Any]]:
    """The token of a request, where it is a string, and the parameters that it is bound to once it was accepted."""
    body = case.body if isinstance(case.body, dict) else {}
    token = body.get("clientToken")
    return token if isinstance(token, str) else None, {name: body.get(name) for name in _PARAMETERS}


def only_nulls_are_wrong(case: schemathesis.Case[Any]) -> bool:
    """Whether a body is right but for an optional member that is null, which AWS's JSON protocols read as left out."""
    if not isinstance(case.body, dict):
        return False
    required = _CONTRACT.request_schema["required"]
    rest = {name: value for name, value in case.body.items() if value is not None or name in required}
    return rest != case.body and bool(validator_for(_CONTRACT.request_schema).is_valid(rest))


def error_code(response: Response) -> str | None:
    """The code of an error, from the header or the body, bare."""
    named = next(iter(response.headers.get("x-amzn-errortype", ())), None)
    if named is None:
        try:
            members = response.json()
        except ValueError:
            return None
        named = next((members[name] for name in ("code", "Code", "__type") if name in members), None)
    return str(named).split(":", 1)[0].rsplit("#", 1)[-1] if named else None
