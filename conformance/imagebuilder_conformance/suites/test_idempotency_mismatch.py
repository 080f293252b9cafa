"""A used token with another request: refused, and the original stays as it was."""

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.excuses import excuse_of
from imagebuilder_conformance.oracles.starts import mismatch_named, mismatch_refused
from imagebuilder_conformance.oracles.used_tokens import token_left_free
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.suites.test_idempotency_replay import judge_replay
from imagebuilder_conformance.target import sibling
from imagebuilder_strategies import invalid_pipeline_arn_edges

_REFUSED = "idempotency.mismatch.refused"
_CODE = "errors.idempotent-parameter-mismatch.code"
_INTACT = "idempotency.mismatch.original-intact"
_INVALID = "idempotency.mismatch.invalid-request"
_TOKEN_FREE = "idempotency.refused.token-free"  # noqa: S105  # the id of a clause


@check("idempotency.mismatch", _REFUSED, _CODE, _INTACT, executions=1, pipelines=2, shares=(SharedStart.FIRST,))
def test_mismatch(probe: Probe) -> None:
    """A used token with another pipeline is a mismatch, again and again, and the original keeps its image."""
    original = probe.original()
    for _ in range(2):
        if not _other_pipeline_refused(probe, original, probe.mismatching_pipeline):
            return
        if not judge_replay(probe, original, probe.replay(original), _INTACT):
            return


@check("idempotency.mismatch.other-way", _REFUSED, _CODE, executions=2, pipelines=2)
def test_mismatch_other_way(probe: Probe) -> None:
    """A token of the second pipeline is a mismatch for the first, also after other traffic.

    Kept beside `idempotency.mismatch`: a comparison may be right in one direction only.
    """
    original = probe.started(pipeline=probe.mismatching_pipeline)
    probe.started()
    _other_pipeline_refused(probe, original, probe.pipeline)


def _other_pipeline_refused(probe: Probe, original: Exchange, pipeline: str) -> bool:
    other = probe.start(original.request.token, pipeline, "a used token with another pipeline")
    broken = probe.judge(mismatch_refused(original, other, _REFUSED))
    probe.judge(mismatch_named(original, other, _CODE))
    return not broken and excuse_of(other) is None


@check("idempotency.mismatch.invalid-request", _INVALID, executions=1, shares=(SharedStart.FIRST,))
def test_invalid_with_used_token(probe: Probe) -> None:
    """A used token makes neither an unknown pipeline nor a malformed or missing one a success."""
    original = probe.original()
    token = original.request.token
    unknown = sibling(probe.pipeline, probe.tokens.fresh())
    malformed = [edge.value for edge in invalid_pipeline_arn_edges(probe.pipeline, contract=probe.contract)[:3]]
    requests = [
        probe.requests.start(token or "", unknown, "a used token with an unknown pipeline"),
        *(probe.requests.start(token or "", arn, "a used token with a malformed ARN") for arn in malformed),
        probe.requests.members({"clientToken": token}, "a used token without a pipeline"),
    ]
    for request in requests:
        probe.judge(mismatch_refused(original, probe.send(request), _INVALID))


@check("idempotency.refused.token-free", _TOKEN_FREE, executions=2)
def test_refused_leaves_token_free(probe: Probe) -> None:
    """A token whose request was refused, for an unknown pipeline or a malformed one, can still be used."""
    unknown = sibling(probe.pipeline, probe.tokens.fresh())
    malformed = invalid_pipeline_arn_edges(probe.pipeline, contract=probe.contract)[0].value
    for pipeline in (unknown, malformed):
        refused = probe.start(pipeline=pipeline, label="a request to be refused")
        probe.require_judgeable(refused)
        if refused.is_success:
            probe.inconclusive(_TOKEN_FREE, f"the request was not refused: {refused}")
        else:
            probe.judge(token_left_free(refused, probe.start(refused.request.token), _TOKEN_FREE))
