"""What a revision of the contract makes of the parameters that a request carries."""

import json
from typing import Any

from imagebuilder_conformance.client.messages import Request
from imagebuilder_spec import Contract, compile_pattern, load_contract, revisions, validator_for


def is_legal(request: Request, contract: Contract) -> bool:
    """Whether the body is a JSON object that the request schema allows; a member that is null counts as absent."""
    members = _members(request)
    return members is not None and validator_for(contract.request_schema).is_valid(members)


def is_well_formed(pipeline: str | None) -> bool:
    """Whether a pipeline's ARN follows the pattern, which is that of all revisions."""
    return pipeline is not None and bool(compile_pattern(load_contract().pipeline_arn_pattern).search(pipeline))


def is_legal_elsewhere(request: Request, contract: Contract) -> bool:
    """Whether a revision other than that of `contract` allows the request."""
    return any(is_legal(request, load_contract(each)) for each in revisions() if each != contract.revision)


def same_parameters(one: Request, other: Request, contract: Contract) -> bool:
    """Whether two requests ask for the same: the members that the revision knows are equal, tokens included."""
    first, second = _members(one), _members(other)
    if first is None or second is None:
        return False
    known = contract.request_schema["properties"]
    return all(first.get(name) == second.get(name) for name in known)


def _members(request: Request) -> dict[str, Any] | None:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return {name: value for name, value in body.items() if value is not None} if isinstance(body, dict) else None
