"""Defects that show to the users of AWS's SDKs: plain clients send, or read, nothing that would bring them out."""

import gzip
import uuid
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from starlette.types import Send

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Answer, Call, Execution, Outcome, StartRequest

_ATTEMPT = "amz-sdk-request"
_INVOCATION = "amz-sdk-invocation-id"

# What an SDK sends


@defect("sdk-body-hash-demanded", breaks="sdk.success")
class SdkBodyHashDemanded(Behaviour):
    """A request without the header x-amz-content-sha256, which boto3 does not send, is refused."""

    def authenticate(self, call: Call) -> None:
        """Ask for the header first."""
        if _INVOCATION in call.headers and "x-amz-content-sha256" not in call.headers:
            raise Fault("InvalidSignatureException", "x-amz-content-sha256 is missing.", status=403)
        super().authenticate(call)


@defect("sdk-headers-to-be-signed", breaks="sdk.success")
class SdkHeadersToBeSigned(Behaviour):
    """Every header that starts with `amz-` must be signed, as those that start with `x-amz-` must."""

    def authenticate(self, call: Call) -> None:
        """Look for them among the signed ones."""
        signed = call.headers.get("authorization", "").partition("SignedHeaders=")[2].split(",")[0].split(";")
        if any(name.startswith("amz-") and name not in signed for name in call.headers):
            raise Fault("InvalidSignatureException", "A header is not signed.", status=403)
        super().authenticate(call)


@defect("sdk-invocation-for-token", breaks="sdk.automatic-token")
class SdkInvocationForToken(Behaviour):
    """Requests are told apart by the SDK's id of the call, and by the token only where there is none."""

    def token_key(self, call: Call, request: StartRequest) -> Hashable:
        """Prefer the header."""
        return call.headers.get(_INVOCATION) or super().token_key(call, request)


@defect("sdk-attempt-compared", breaks="sdk.retry")
class SdkAttemptCompared(Behaviour):
    """The number of the attempt counts as a parameter, so a retry of an SDK is a mismatch."""

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Add it to the parameters."""
        attempt = call.headers.get(_ATTEMPT, "")
        return await super().execute(call, replace(request, parameters={**request.parameters, _ATTEMPT: attempt}))


@defect("sdk-retry-starts-over", breaks="sdk.retry")
class SdkRetryStartsOver(Behaviour):
    """A request that says that it is a retry is taken as proof that the first attempt came to nothing."""

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Forget what a retry should find."""
        attempt = call.headers.get(_ATTEMPT, "attempt=1")
        return super().recall(call, request) if attempt.startswith("attempt=1") else None


# What an SDK reads


@defect("sdk-answers-compressed", breaks="sdk.success")
class SdkAnswersCompressed(Behaviour):
    """Answers are compressed though the client asks for them as they are."""

    async def deliver(self, answer: Answer, send: Send) -> None:
        """Compress."""
        headers = {**answer.headers, "content-encoding": "gzip"}
        await super().deliver(replace(answer, body=gzip.compress(answer.body, mtime=0), headers=headers), send)


@defect("sdk-uuid-without-hyphens", breaks="sdk.automatic-token")
class SdkUuidWithoutHyphens(Behaviour):
    """A token that is a UUID is kept as one, and echoed without its hyphens."""

    def success_document(self, call: Call, outcome: Outcome) -> dict[str, Any]:
        """Echo what the database gives back."""
        document = super().success_document(call, outcome)
        try:
            return {**document, "clientToken": uuid.UUID(document["clientToken"]).hex}
        except ValueError:
            return document


class _CodeAsType(Behaviour):
    """The code of an error stands in the body's member `__type`, with something beside it."""

    def error_headers(self, call: Call, fault: Fault) -> dict[str, str]:
        """Leave the code out of the headers."""
        headers = super().error_headers(call, fault)
        del headers["x-amzn-ErrorType"]
        return headers

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Put the code into the body."""
        return {"__type": fault.code, **super().error_document(fault)}


@defect("sdk-code-repeats-status", breaks="sdk.errors.resource-not-found")
class SdkCodeRepeatsStatus(_CodeAsType):
    """The member `code` of an error, which SDKs take for its type, repeats the HTTP status."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Add the status."""
        return {**super().error_document(fault), "code": self.error_status(fault)}


@defect("sdk-code-header-empty", breaks="sdk.errors.idempotent-parameter-mismatch")
class SdkCodeHeaderEmpty(_CodeAsType):
    """The header x-amzn-ErrorType, which SDKs look at first, is there but empty."""

    def error_headers(self, call: Call, fault: Fault) -> dict[str, str]:
        """Set the header all the same."""
        return {**super().error_headers(call, fault), "x-amzn-ErrorType": ""}


@defect("sdk-message-null", breaks="sdk.errors.idempotent-parameter-mismatch")
class SdkMessageNull(Behaviour):
    """The message of an error is the member `Message`, and `message` is there too, but null."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Send both."""
        return {"message": None, "Message": fault.message}


@defect("sdk-server-errors-final", breaks="sdk.server-errors")
class SdkServerErrorsFinal(Behaviour):
    """Server errors have the status 501, after which SDKs do not send a call again."""

    def error_status(self, fault: Fault) -> int:
        """Replace the statuses of the server's errors."""
        status = super().error_status(fault)
        return 501 if status >= 500 else status


@defect("sdk-throttling-as-number", breaks="sdk.errors.call-rate-limit-exceeded")
class SdkThrottlingAsNumber(_CodeAsType):
    """The gateway that throttles adds a member `code` of its own, a number."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Add the number."""
        document = super().error_document(fault)
        return {**document, "code": 1015} if fault.code == "CallRateLimitExceededException" else document


@defect("sdk-code-empty", breaks="sdk.errors.bad-parameter")
class SdkCodeEmpty(_CodeAsType):
    """The member `code` of a bad parameter's error, which SDKs prefer to `__type`, is there but empty."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Leave it empty."""
        document = super().error_document(fault)
        return {**document, "code": ""} if fault.code == "ClientException" else document
