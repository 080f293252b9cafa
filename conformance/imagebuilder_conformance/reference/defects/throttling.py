# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in the rate limit. Each comes with one, so that a burst meets it."""

from typing import ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_conformance.reference.settings import Settings

RATE_LIMIT = 20.0
"""Requests a second: low enough for a burst, and high enough for a suite that slows down."""


class _Throttled(Behaviour):
    """A throttled request is answered in some other way."""

    code: ClassVar[str] = "CallRateLimitExceededException"
    status: ClassVar[int | None] = None

    def throttled(self) -> Fault:
        """Replace the code or the status."""
        return Fault(self.code, super().throttled().message, status=self.status)


@defect("throttled-400", breaks="errors.call-rate-limit-exceeded.status", rate_limit=RATE_LIMIT)
class Throttled400(_Throttled):
    """CallRateLimitExceededException has the status 400."""

    status = 400


@defect("throttled-503", breaks="throttling.status", rate_limit=RATE_LIMIT)
class Throttled503(_Throttled):
    """CallRateLimitExceededException has the status 503."""

    status = 503


@defect("throttled-as-client-exception", breaks="throttling.code", rate_limit=RATE_LIMIT)
class ThrottledAsClientException(_Throttled):
    """A throttled request has the status 429 and the code ClientException."""

    code, status = "ClientException", 429


@defect("throttled-with-http-phrase", breaks="throttling.code", rate_limit=RATE_LIMIT)
class ThrottledWithHttpPhrase(_Throttled):
    """A throttled request has the status 429 and the code TooManyRequests, which AWS does not use."""

    code, status = "TooManyRequests", 429


@defect("throttled-without-code", breaks="throttling.code", rate_limit=RATE_LIMIT)
class ThrottledWithoutCode(Behaviour):
    """A throttled request has the status 429, a message, and no code."""

    def error_headers(self, call: Call, fault: Fault) -> dict[str, str]:
        """Leave the code out where the limit is exceeded."""
        headers = super().error_headers(call, fault)
        if fault.code == "CallRateLimitExceededException":
            del headers["x-amzn-ErrorType"]
        return headers


@defect("throttled-in-plain-text", breaks="errors.body.json", rate_limit=RATE_LIMIT)
class ThrottledInPlainText(Behaviour):
    """What throttles stands in front of the target and answers in plain text."""

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Without JSON where the limit is exceeded."""
        answer = super().refuse(call, fault)
        if answer.status == 429:
            answer.body = b"Too many requests"
            answer.headers["content-type"] = "text/plain"
        return answer


@defect("throttled-for-ever", breaks="throttling.recovery", rate_limit=RATE_LIMIT)
class ThrottledForEver(Behaviour):
    """After a burst no request is answered any more."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.shut = False

    def throttle(self, call: Call) -> None:
        """Never open again."""
        if self.shut:
            raise self.throttled()
        super().throttle(call)

    def throttled(self) -> Fault:
        """Shut for good."""
        self.shut = True
        return super().throttled()


@defect("throttled-while-asking", breaks="throttling.recovery", rate_limit=RATE_LIMIT)
class ThrottledWhileAsking(Behaviour):
    """Each request over the limit costs a minute, so that a client which retries never gets through."""

    def throttle(self, call: Call) -> None:
        """Go into debt."""
        if self.bucket is not None and not self.bucket.take():
            self.bucket.spend(60 * RATE_LIMIT)
            raise self.throttled()
