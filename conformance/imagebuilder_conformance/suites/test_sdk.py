"""The operation as AWS's SDKs call it: boto3 signs, fills in, retries and parses, and its users get the result.

Only the target is judged, never boto3: that it retries, and with the same token, is a precondition here.
"""

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.boto3_apart import TRIES
from imagebuilder_conformance.client.sdk_calls import SdkCall
from imagebuilder_conformance.oracles.sdk import parsed, raises, retried, same_image_again, sent_again
from imagebuilder_conformance.oracles.starts import MISMATCH, NOT_FOUND
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.target import sibling
from imagebuilder_spec import Family, FaultDemand

_SUCCESS = "sdk.success"
_AUTOMATIC = "sdk.automatic-token"
_RETRY = "sdk.retry"
_NOT_FOUND = "sdk.errors.resource-not-found"
_MISMATCH = "sdk.errors.idempotent-parameter-mismatch"
_SERVER_ERRORS = "sdk.server-errors"
_THROTTLED = "sdk.errors.call-rate-limit-exceeded"
_BAD_PARAMETER = "sdk.errors.bad-parameter"


@check("sdk.success", _SUCCESS, executions=1)
def test_success(probe: Probe) -> None:
    """A valid call by boto3 succeeds, and its output is whole."""
    call = probe.call_sdk(token=probe.tokens.fresh())
    probe.judge(parsed(call, _SUCCESS, probe.contract.response_schema["properties"]))


@check("sdk.automatic-token", _AUTOMATIC, executions=1)
def test_automatic_token(probe: Probe) -> None:
    """A token that boto3 made starts an image, and gets it again when another call brings it."""
    first = probe.call_sdk(label="a call by boto3 with a token of its own making")
    if probe.judge(parsed(first, _AUTOMATIC, probe.contract.response_schema["properties"])):
        return
    _require_image(probe, first)
    again = probe.call_sdk(token=first.last.request.token, label="another call by boto3 with the same token")
    probe.judge(same_image_again(first, again, _AUTOMATIC))


@check("sdk.retry", _RETRY, executions=1)
def test_retry(probe: Probe) -> None:
    """A call whose answer never reached boto3, and that it sends again, gets the image that was started."""
    call = probe.call_sdk(token=probe.tokens.fresh(), label="a call by boto3 whose answer gets lost", lost=1)
    if len(call.exchanges) < 2 or call.exchanges[0].request.body != call.last.request.body:
        probe.give_up("boto3 did not send the call again as it was")
    _require_image(probe, call)
    probe.judge(retried(call, _RETRY))


@check("sdk.errors.resource-not-found", _NOT_FOUND)
def test_unknown_pipeline(probe: Probe) -> None:
    """A call by boto3 for an unknown pipeline raises ResourceNotFoundException."""
    pipeline = sibling(probe.pipeline, probe.tokens.fresh())
    call = probe.call_sdk(pipeline, token=probe.tokens.fresh(), label="a call by boto3 for an unknown pipeline")
    _raises(probe, call, NOT_FOUND, _NOT_FOUND)


@check("sdk.errors.idempotent-parameter-mismatch", _MISMATCH, executions=1, pipelines=2, shares=(SharedStart.FIRST,))
def test_mismatch(probe: Probe) -> None:
    """A call by boto3 with a used token and another pipeline raises IdempotentParameterMismatchException."""
    other, original = probe.mismatching_pipeline, probe.original()
    call = probe.call_sdk(
        other, token=original.request.token, label="a call by boto3 with a used token for another pipeline"
    )
    _raises(probe, call, MISMATCH, _MISMATCH)


@check("sdk.errors.bad-parameter", _BAD_PARAMETER)
def test_bad_parameter(probe: Probe) -> None:
    """A call by boto3 with a malformed ARN raises an error with a code of bad parameters."""
    arn = f"{probe.pipeline}!"
    call = probe.call_sdk(
        arn, token=probe.tokens.fresh(), label="a call by boto3 with a malformed ARN", violates="arn.name.trailing-text"
    )
    probe.judge(raises(call, _BAD_PARAMETER, probe.contract.errors.family(Family.BAD_PARAMETER), 400))


@check("sdk.server-errors", _SERVER_ERRORS, executions=1, off_aws=True)
def test_server_errors(probe: Probe) -> None:
    """A call that boto3 sends again after each declared server error gets the image that the first one hid."""
    codes = [error.code for error in probe.contract.errors.declared.values() if error.retryable]
    demands = [FaultDemand(code, after=True) for code in codes]
    if _raises_faults(probe, _SERVER_ERRORS):
        label = "a call by boto3 that meets server errors"
        call = probe.call_sdk(token=probe.tokens.fresh(), label=label, demands=demands)
        if call.exchanges[0].raises_demand:
            probe.judge(sent_again(call, _SERVER_ERRORS))
        else:
            probe.condition_unmet(_SERVER_ERRORS, f"the target does not raise {demands[0]} on demand: {call}")


@check("sdk.errors.call-rate-limit-exceeded", _THROTTLED, off_aws=True)
def test_throttled(probe: Probe) -> None:
    """A call by boto3 that is throttled raises CallRateLimitExceededException."""
    demand = FaultDemand("CallRateLimitExceededException")
    if _raises_faults(probe, _THROTTLED):
        pipeline = sibling(probe.pipeline, probe.tokens.fresh())
        label = "a call by boto3 that is throttled"
        # Whether boto3 sends again what was throttled is its own affair.
        call = probe.call_sdk(pipeline, token=probe.tokens.fresh(), label=label, demands=[demand] * TRIES)
        if call.last.raises_demand:
            _raises(probe, call, demand.code, _THROTTLED)
        else:
            probe.condition_unmet(_THROTTLED, f"the target does not raise {demand} on demand: {call}")


def _raises_faults(probe: Probe, clause: str) -> bool:
    """Whether faults can be demanded of the target; where not, the clause is set aside."""
    reason = probe.no_faults()
    if reason is not None:
        probe.condition_unmet(clause, reason)
    return reason is None


def _require_image(probe: Probe, call: SdkCall) -> None:
    """See that the first sending started an image that later ones can be held against."""
    probe.require(call.exchanges[0])


def _raises(probe: Probe, call: SdkCall, code: str, clause: str) -> None:
    probe.judge(raises(call, clause, {code}, probe.contract.errors.declared[code].status, exception=code))
