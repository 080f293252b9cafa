"""Making what a run needs to have pipelines, by the target's own API."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from imagebuilder_conformance.client.refusals import REFUSALS, code_of, sentence
from imagebuilder_conformance.provisioning.resources import INFRASTRUCTURE, PIPELINE, RECIPE, Kind, Wanted
from imagebuilder_reports.provisioned import Provisioned, ResourceState
from imagebuilder_spec import Family, compile_pattern, load_contract

_INSTEAD = "make two pipelines there yourself and name them with --pipeline-arn"
# What says something of the caller, also without a code.
_OF_THE_CALLER = frozenset({401, 403})
# A pipeline names these two that it rests on.
_UNDER_A_PIPELINE = (INFRASTRUCTURE, RECIPE)


class NotMadeError(Exception):
    """A resource could not be made; the message says which call the target lacks or refuses, in one sentence."""


class UnreachableError(Exception):
    """Nothing listens where the target should be."""


def make(
    client: Any, endpoint: str, plan: Sequence[Wanted], note: Callable[[Provisioned], None], *, pattern: str
) -> tuple[Provisioned, ...]:
    """Make what is wanted, one after the other.

    Args:
        client: boto3's client of the target.
        endpoint: What the target is called in sentences.
        plan: What is wanted, in the order in which it is made.
        note: Is told of each resource, before its creation is sent and when its answer came.
        pattern: That of the pipelines' ARNs by the contract.

    Returns:
        What was made, in the same order.

    Raises:
        NotMadeError: The target lacks a call, refuses it, or does not answer it as the SDK's model has it.
        UnreachableError: Nothing listens there.
    """
    made: list[Provisioned] = []
    for each in plan:
        asked = Provisioned(kind=each.kind.id, name=each.name, state=ResourceState.ASKED)
        note(asked)
        try:
            answer = _create(client, each, made)
        except (*REFUSALS, BotoCoreError) as error:
            if not _may_be_made(error):
                note(replace(asked, state=ResourceState.REMOVED))
            if isinstance(error, EndpointConnectionError):
                raise UnreachableError from error
            raise NotMadeError(f"{endpoint} {_complaint(each.kind, error)}; {_INSTEAD}") from error
        if _is_page(answer):
            note(replace(asked, state=ResourceState.REMOVED))
            raise NotMadeError(f"{endpoint} lacks {each.kind.create}: it was answered with a page of HTML; {_INSTEAD}")
        arn, known = answer.get(each.kind.member), [other.arn for other in made]
        if isinstance(arn, str) and arn:
            made.append(replace(asked, arn=arn, state=ResourceState.MADE))
            note(made[-1])
        else:
            raise NotMadeError(f"{endpoint} answered {each.kind.create} without its {each.kind.member}; {_INSTEAD}")
        if arn in known:
            raise NotMadeError(f"{endpoint} answered {each.kind.create} twice with {arn}; {_INSTEAD}")
        if each.kind is PIPELINE and not compile_pattern(pattern).search(arn):
            raise NotMadeError(
                f"{endpoint} answered {each.kind.create} with {arn!r}, and {pattern} is what its ARN is to match; "
                f"{_INSTEAD}"
            )
    return tuple(made)


def _create(client: Any, each: Wanted, made: Sequence[Provisioned]) -> Any:
    arns = {other.kind: other.arn for other in made}
    under = {kind.member: arns[kind.id] for kind in _UNDER_A_PIPELINE} if each.kind is PIPELINE else {}
    # The SDK makes the token, the same for each of its tries.
    return getattr(client, xform_name(each.kind.create))(name=each.name, **each.members, **under)


def _is_page(answer: Any) -> bool:
    """Whether a success is what servers of pages answer to whatever they are asked."""
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(headers.get("content-type", "")).lower().startswith("text/html")


def _may_be_made(error: Exception) -> bool:
    """Whether a resource may be there all the same: where no answer came, or a server error of the service's own."""
    if isinstance(error, ClientError):
        return _status(error) >= 500 and not _is_lacking(error)
    return isinstance(error, BotoCoreError) and not isinstance(error, EndpointConnectionError)


def _is_lacking(error: Exception) -> bool:
    """Whether a refusal is what a target says that does not have the call at all."""
    if not isinstance(error, ClientError):
        return True
    if _status(error) in _OF_THE_CALLER:
        return False
    unknown = load_contract().errors.family(Family.UNKNOWN_OPERATION)
    return not _has_code(error) or _status(error) == 501 or code_of(error) in unknown


def _has_code(error: ClientError) -> bool:
    """Whether an error has a code; where it has none, botocore takes its status for one."""
    return code_of(error) not in {"", str(_status(error))}


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _complaint(kind: Kind, error: Exception) -> str:
    """What is wrong with a call to a target, after its name."""
    if isinstance(error, ClientError):
        code = code_of(error) if _has_code(error) else "without an error code"
        if _is_lacking(error):
            return f"lacks {kind.create}, which --provision takes: it was answered {_status(error)} {code}"
        told = sentence(error) if _has_code(error) else f"{kind.create} was answered {_status(error)} {code}"
        return f"refuses what --provision makes: {told}"
    if isinstance(error, BotoCoreError):
        return f"does not answer {kind.create}: {' '.join(str(error).split())}"
    return f"lacks {kind.create}, which --provision takes: it {sentence(error)}"
