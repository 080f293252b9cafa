"""Answers that say nothing of the target: the caller may not, a quota is used up, a build is under way.

On AWS these are matters of the account. What they hinder is inconclusive, with a hint at what helps.
"""

from collections.abc import Mapping

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_spec import Family, compile_pattern, load_contract

IN_USE = "ResourceInUseException"
DENIED = (
    "the caller may not: allow imagebuilder:StartImagePipelineExecution on image-pipeline/* (`plan` shows a policy)"
)
_QUOTA = "a quota of the account is used up: have it raised, or run again later, slower (--rate-limit)"
_BUSY = "a build is under way: run again when it is over, or with pipelines that nobody else uses"

_BY_CODE: Mapping[str, str] = {
    # The table of errors is common to all revisions.
    **dict.fromkeys(load_contract().errors.family(Family.DENIAL), DENIED),
    "ServiceQuotaExceededException": _QUOTA,
    "TooManyRequestsException": _QUOTA,
    IN_USE: _BUSY,
}


def hindrance(exchange: Exchange) -> str | None:
    """Why an answer says nothing of the target, and what helps; None for one that does say something."""
    code = exchange.answer.code if exchange.answer else None
    hint = _BY_CODE.get(code or "")
    return f"{exchange}: {hint}" if hint else None


def is_denied(exchange: Exchange) -> bool:
    """Whether the caller was refused for want of a permission, before anything of the request was looked at.

    What is invalid but for its pipeline is not: that pipeline is one which the caller may start.
    """
    answer, request = exchange.answer, exchange.request
    denied = answer is not None and answer.status == 403 and _BY_CODE.get(answer.code or "") == DENIED
    return denied and not (request.violates is not None and _is_well_formed(request.pipeline))


def _is_well_formed(pipeline: str | None) -> bool:
    # The pattern is that of all revisions.
    return pipeline is not None and bool(compile_pattern(load_contract().pipeline_arn_pattern).search(pipeline))
