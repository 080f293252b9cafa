# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in HTTP itself: methods, paths, headers, connections."""

import dataclasses
import itertools
import json
import re
from urllib.parse import parse_qsl

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import NowAndThen, crash
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault, HangUp
from imagebuilder_conformance.reference.messages import Answer, Call, Connection, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings

# Methods and paths


@defect("method-any", breaks="wire.method")
class MethodAny(Behaviour):
    """Any method starts an image."""

    def serves_method(self, call: Call) -> bool:
        """All are welcome."""
        return True


@defect("method-post-too", breaks="wire.method")
class MethodPostToo(Behaviour):
    """POST starts an image too, as in most of AWS's operations."""

    def serves_method(self, call: Call) -> bool:
        """One more."""
        return call.method == "POST" or super().serves_method(call)


@defect("method-get-by-query-string", breaks="wire.method")
class MethodGetByQueryString(Behaviour):
    """GET starts an image too, with the parameters in the query string, so that a browser can be used."""

    def serves_method(self, call: Call) -> bool:
        """One more."""
        return call.method == "GET" or super().serves_method(call)

    def read(self, call: Call) -> StartRequest:
        """Take the query string for the body."""
        if call.method != "GET":
            return super().read(call)
        return super().read(dataclasses.replace(call, body=json.dumps(dict(parse_qsl(call.query))).encode()))


@defect("path-any", breaks="wire.path")
class PathAny(Behaviour):
    """Any path starts an image."""

    def serves_path(self, call: Call) -> bool:
        """All are welcome."""
        return True


@defect("path-prefix-suffices", breaks="wire.path")
class PathPrefixSuffices(Behaviour):
    """A path that starts like the operation's starts an image, also with a slash or a segment behind it."""

    def serves_path(self, call: Call) -> bool:
        """Compare the start."""
        return call.path.startswith(self.operation.path)


@defect("path-case-ignored", breaks="wire.path.spelling")
class PathCaseIgnored(Behaviour):
    """The path is compared without regard to case, as Express does by default."""

    def serves_path(self, call: Call) -> bool:
        """Compare in lower case."""
        return call.path.lower() == self.operation.path.lower()


@defect("path-trailing-slash-accepted", breaks="wire.path.spelling")
class PathTrailingSlashAccepted(Behaviour):
    """A slash behind the path changes nothing."""

    def serves_path(self, call: Call) -> bool:
        """Take it off."""
        return call.path.removesuffix("/") == self.operation.path


@defect("path-slashes-merged", breaks="wire.path.spelling")
class PathSlashesMerged(Behaviour):
    """Two slashes count as one, as in nginx."""

    async def handle(self, call: Call) -> Outcome:
        """Merge them before anything else."""
        return await super().handle(dataclasses.replace(call, path=re.sub("/+", "/", call.path)))


@defect("path-percent-encoded-crashes", breaks="wire.path.spelling")
class PathPercentEncodedCrashes(Behaviour):
    """A path with a percent sign ends in a server error."""

    def serves_path(self, call: Call) -> bool:
        """Take it for a format."""
        if "%" in call.path:
            raise crash()
        return super().serves_path(call)


@defect("query-string-refused", breaks="wire.query-string")
class QueryStringRefused(Behaviour):
    """The query string counts as a part of the path, which is then unknown."""

    def serves_path(self, call: Call) -> bool:
        """Compare the whole target."""
        return not call.query and super().serves_path(call)


@defect("query-parameters-merged", breaks="request.client-token.required")
class QueryParametersMerged(Behaviour):
    """What the body lacks is taken from the query string, as frameworks that merge all parameters do."""

    def read(self, call: Call) -> StartRequest:
        """Merge, and read the whole."""
        document = self.parse(call.body)
        if not isinstance(document, dict) or not call.query:
            return super().read(call)
        merged = dict(parse_qsl(call.query)) | document
        return super().read(dataclasses.replace(call, body=json.dumps(merged).encode()))


@defect("absolute-form-unknown", breaks="wire.absolute-form")
class AbsoluteFormUnknown(Behaviour):
    """A request line with a whole URL leads to no route."""

    def serves_path(self, call: Call) -> bool:
        """Compare the whole."""
        return not call.absolute and super().serves_path(call)


# Headers


@defect("expectation-refused", breaks="wire.expect-continue")
class ExpectationRefused(Behaviour):
    """Every expectation is refused, that of 100-continue too."""

    def read(self, call: Call) -> StartRequest:
        """Look for one."""
        if "expect" in call.headers:
            raise Fault("InvalidRequestException", "No expectation can be met.", status=417)
        return super().read(call)


@defect("charset-refused", breaks="wire.charset")
class CharsetRefused(Behaviour):
    """The content type must be application/json to the letter, so one with a charset is refused."""

    def read(self, call: Call) -> StartRequest:
        """Compare the whole header."""
        if call.headers.get("content-type", self.operation.content_type) != self.operation.content_type:
            raise Fault("UnsupportedMediaTypeException", "Expected application/json.", status=415)
        return super().read(call)


@defect("chunked-read-as-empty", breaks="wire.chunked")
class ChunkedReadAsEmpty(Behaviour):
    """A body is as long as Content-Length says, so a chunked one is empty."""

    def read(self, call: Call) -> StartRequest:
        """Read nothing without a length."""
        body = call.body if "content-length" in call.headers else b""
        return super().read(dataclasses.replace(call, body=body))


@defect("chunked-refused", breaks="wire.chunked")
class ChunkedRefused(Behaviour):
    """A request without Content-Length is refused."""

    def read(self, call: Call) -> StartRequest:
        """Ask for a length."""
        if "content-length" not in call.headers:
            raise Fault("InvalidRequestException", "Content-Length is required.")
        return super().read(call)


@defect("session-token-refused", breaks="wire.session-token", verify_signatures=False)
class SessionTokenRefused(Behaviour):
    """No signature is verified, and yet a session token that means nothing is refused."""

    def authenticate(self, call: Call) -> None:
        """Look at the session token only."""
        if "x-amz-security-token" in call.headers:
            raise Fault("UnrecognizedClientException", "The security token is invalid.", status=403)


# Connections


@defect("refusal-leaves-body-unread", breaks="wire.recovery")
class RefusalLeavesBodyUnread(Behaviour):
    """After a refusal the rest of the connection is misread: the next request on it is answered with an error."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.misread: set[Connection] = set()

    async def answer(self, call: Call) -> Answer:
        """Take the next request for the rest of this one."""
        if call.connection in self.misread:
            self.misread.discard(call.connection)
            return self.refuse(call, Fault("MalformedHttpRequestException", "Bad request line.", status=400))
        return await super().answer(call)

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Leave something behind."""
        if fault.code != "MalformedHttpRequestException":
            self.misread.add(call.connection)
        return super().refuse(call, fault)


@defect("unknown-path-leaves-body-unread", breaks="wire.recovery")
class UnknownPathLeavesBodyUnread(RefusalLeavesBodyUnread):
    """What no route leads to is refused before its body is read, which the connection then takes for a request."""

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Leave something behind only where nothing was read."""
        answer = super().refuse(call, fault)
        if self.serves_path(call):
            self.misread.discard(call.connection)
        return answer


@defect("refusal-poisons-connection", breaks="wire.recovery")
class RefusalPoisonsConnection(Behaviour):
    """After a refusal the next request on the same connection is not answered; the connection is dropped."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.poisoned: set[Connection] = set()

    async def answer(self, call: Call) -> Answer:
        """Drop what was refused before."""
        if call.connection in self.poisoned:
            self.poisoned.discard(call.connection)
            raise HangUp
        return await super().answer(call)

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Note the connection."""
        self.poisoned.add(call.connection)
        return super().refuse(call, fault)


@defect("refusal-breaks-next-request", breaks="wire.recovery")
class RefusalBreaksNextRequest(Behaviour):
    """After a refused body the next three valid requests are refused too: the parser keeps its state."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.broken = 0

    def unreadable(self, reason: str) -> Fault:
        """Leave the parser in a mess."""
        self.broken = 3
        return super().unreadable(reason)

    def read(self, call: Call) -> StartRequest:
        """Recover slowly."""
        request = super().read(call)
        if self.broken:
            self.broken -= 1
            raise Fault("InvalidRequestException", "The request cannot be read: unexpected state.")
        return request


@defect("server-error-now-and-then", breaks="errors.transient")
class ServerErrorNowAndThen(NowAndThen):
    """Now and then a valid request ends in a server error, and a retry succeeds."""


@defect("connection-dropped-now-and-then", breaks="errors.transient")
class ConnectionDroppedNowAndThen(NowAndThen):
    """Now and then a valid request ends in a connection closed without an answer, and a retry succeeds."""

    def trouble(self) -> Exception:
        """Drop the connection."""
        return HangUp()


@defect("answer-dropped-after-start", breaks="errors.transient")
class AnswerDroppedAfterStart(Behaviour):
    """Now and then an image is started and the connection is closed before the answer; a retry gets the image."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.answers = itertools.count(1)

    async def answer(self, call: Call) -> Answer:
        """Answer, and now and then keep the answer back."""
        answer = await super().answer(call)
        if answer.status == self.operation.success_status and next(self.answers) % NowAndThen.period == 0:
            raise HangUp
        return answer
