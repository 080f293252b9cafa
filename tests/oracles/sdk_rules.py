"""The rules of `broken_rules`, for what an AWS SDK makes of the answers."""

from collections.abc import Iterable
from typing import Any

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Fault
from imagebuilder_conformance.client.sdk_calls import SdkCall, SdkError
from imagebuilder_conformance.oracles import sdk
from imagebuilder_conformance.oracles.findings import Finding
from imagebuilder_spec import FAULT_HEADER, IMAGE_HEADER, FaultDemand
from tests.support.calls import image, start
from tests.support.exchanges import BAD_PARAMETER, JSON, MISMATCH, NOT_FOUND, answer, exchange, success

from .rules import Findings, Rule

SUCCESS = "sdk.success"
RETRY = "sdk.retry"
UNKNOWN = "sdk.errors.resource-not-found"
CODE = "ResourceNotFoundException"
MEMBERS = ("requestId", "clientToken", "imageBuildVersionArn")


def called(*outcomes: Answer | Fault, error: SdkError | None = None, **output: Any) -> SdkCall:
    """A call with one sending for each outcome; the SDK gives the members of the last one, changed by `output`."""
    exchanges = tuple(exchange(outcome) for outcome in outcomes)
    if error is not None:
        return SdkCall(exchanges, error=error)
    last = exchanges[-1].answer
    members = (last.members if last else None) or {}
    return SdkCall(exchanges, output={k: v for k, v in {**members, **output}.items() if v is not None})


def refused(error: SdkError, outcome: Answer = BAD_PARAMETER) -> SdkCall:
    return called(outcome, error=error)


def parsed(call: SdkCall) -> Findings:
    return lambda: sdk.parsed(call, SUCCESS, MEMBERS)


def again(call: SdkCall) -> Findings:
    return lambda: sdk.same_image_again(called(success()), call, "sdk.automatic-token")


def retried(call: SdkCall) -> Findings:
    return lambda: sdk.retried(call, RETRY)


def unknown(error: SdkError | None, outcome: Answer = NOT_FOUND) -> Findings:
    def judge() -> Iterable[Finding]:
        return sdk.raises(called(outcome, error=error), UNKNOWN, {CODE}, 404, exception=CODE)

    return judge


def sent_again(error: SdkError | None, *later: Answer) -> Findings:
    """A call whose first answer is a fault on demand that hides image 1; without more, an SDK that gives up fails."""
    demand = FaultDemand("ServiceException", after=True)
    headers = (JSON, (FAULT_HEADER, str(demand)), (IMAGE_HEADER, image(1)))
    fault = exchange(answer(500, {"message": "Later."}, *headers), request=start().demanding(demand))
    answers = later or (() if error else (success(number=1),))
    call = SdkCall((fault, *map(exchange, answers)), error=error)
    return lambda: sdk.sent_again(call, "sdk.server-errors")


TYPED = SdkError(CODE, CODE, "It does not exist.", 404)
REFUSED = SdkError("ClientException", "ClientException", "It is wrong.", 400)

SDK_RULES = (
    Rule(sdk.SdkCallFailed, parsed(refused(REFUSED)), parsed(called(success()))),
    Rule(sdk.SdkOutputIncomplete, parsed(called(success(), requestId=None)), parsed(called(success(), state="new"))),
    Rule(sdk.SdkOutputIncomplete, parsed(called(success("A-TOKEN"))), parsed(called(success("a-token")))),
    Rule(sdk.SdkTokenStartsAnother, again(called(success(number=2))), again(called(success(number=1)))),
    Rule(sdk.SdkCallFailed, again(refused(REFUSED, MISMATCH)), again(called(success(requestId="another")))),
    Rule(
        sdk.SdkRetryRefused,
        retried(called(success(), MISMATCH, error=REFUSED)),
        retried(called(success(), success())),
    ),
    Rule(
        sdk.SdkRetryStartsAnother,
        retried(called(success(), success(number=2), imageBuildVersionArn=image(2))),
        retried(called(success(), success(requestId="another"))),
    ),
    Rule(sdk.SdkNotSentAgain, sent_again(SdkError("ServiceException", None, None, 501)), sent_again(None)),
    Rule(sdk.SdkRetryRefused, sent_again(REFUSED, BAD_PARAMETER), sent_again(None)),
    Rule(sdk.SdkRetryStartsAnother, sent_again(None, success(number=2)), sent_again(None, success(number=1))),
    Rule(sdk.SdkErrorUntyped, unknown(SdkError("ClientError", 404, "It does not exist.", 404)), unknown(TYPED)),
    Rule(sdk.SdkErrorUntyped, unknown(None, success()), unknown(TYPED)),
    Rule(sdk.SdkErrorMessage, unknown(SdkError(CODE, CODE, None, 404)), unknown(TYPED)),
    Rule(sdk.SdkErrorStatus, unknown(SdkError(CODE, CODE, "It does not exist.", 400)), unknown(TYPED)),
)
