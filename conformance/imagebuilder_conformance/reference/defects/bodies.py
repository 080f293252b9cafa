# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in reading the body of a request."""

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import Html
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault, HangUp
from imagebuilder_conformance.reference.messages import Answer, Call, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.validation import MAX_NESTING


def _crash() -> Fault:
    return Fault("ServiceException", "Unexpected error")


# Not JSON


@defect("body-trailing-junk-ignored", breaks="request.body.json")
class BodyTrailingJunkIgnored(Behaviour):
    """What follows the first JSON value of a body is ignored, as a streaming decoder does."""

    def parse(self, body: bytes) -> Any:
        """Read the first value only."""
        try:
            document, _ = json.JSONDecoder().raw_decode(body.decode().lstrip())
        except (ValueError, RecursionError):
            return super().parse(body)
        return document


@defect("body-comments-ignored", breaks="request.body.json")
class BodyCommentsIgnored(Behaviour):
    """Comments and trailing commas are accepted, as in a configuration file."""

    def parse(self, body: bytes) -> Any:
        """Take out comments and trailing commas first."""
        plain = re.sub(rb"/\*.*?\*/|^\s*//[^\n]*|(?<=[\s,{}])//[^\n]*", b"", body, flags=re.DOTALL | re.MULTILINE)
        return super().parse(re.sub(rb",(\s*[}\]])", rb"\1", plain))


@defect("body-literal-accepted", breaks="request.body.json")
class BodyLiteralAccepted(Behaviour):
    """The body is read as a Python literal too, with single quotes."""

    def parse(self, body: bytes) -> Any:
        """Try the other language second."""
        try:
            return super().parse(body)
        except Fault:
            try:
                return ast.literal_eval(body.decode())
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                pass
            raise


class _Malformed(Behaviour):
    """A body that is not JSON is dealt with in a way of its own; no body at all is refused as it should be."""

    def malformed(self) -> Any:
        """What is read in its place. May raise what comes of it instead."""
        raise NotImplementedError

    def parse(self, body: bytes) -> Any:
        """Give up in another way."""
        try:
            return super().parse(body)
        except Fault:
            if not body:
                raise
        return self.malformed()


@defect("body-malformed-replaced", breaks="request.body.json")
class BodyMalformedReplaced(_Malformed):
    """A body that is not JSON counts as a request for the first pipeline, as a lenient body parser's default."""

    def malformed(self) -> Any:
        """Fall back."""
        return {"clientToken": "undefined", "imagePipelineArn": self.settings.pipelines[0]}


@defect("body-malformed-crashes", breaks="request.body.json")
class BodyMalformedCrashes(_Malformed):
    """A body that is not JSON ends in a server error."""

    def malformed(self) -> Any:
        """Let the parser's exception through."""
        raise _crash()


@defect("body-malformed-drops-connection", breaks="request.body.json")
class BodyMalformedDropsConnection(_Malformed):
    """A body that is not JSON ends in a connection closed without an answer."""

    def malformed(self) -> Any:
        """Let the worker die."""
        raise HangUp


@defect("body-malformed-html", breaks="errors.no-html")
class BodyMalformedHtml(Html):
    """A body that is not JSON is answered with the HTML page of the web framework."""

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Leave the refusal to the framework."""
        answer = super().refuse(call, fault)
        return self.page(answer, "Bad Request") if fault.message.startswith("The request cannot be read") else answer


# No object


@defect("body-array-accepted", breaks="request.body.object")
class BodyArrayAccepted(Behaviour):
    """Of an array of requests the first is carried out."""

    def parse(self, body: bytes) -> Any:
        """Take the first element of an array."""
        match super().parse(body):
            case [first, *_]:
                return first
            case document:
                return document


@defect("body-string-decoded", breaks="request.body.object")
class BodyStringDecoded(Behaviour):
    """A JSON string that holds the request's JSON is decoded once more."""

    def parse(self, body: bytes) -> Any:
        """Decode twice."""
        document = super().parse(body)
        return super().parse(document.encode()) if isinstance(document, str) else document


@defect("body-no-object-crashes", breaks="request.body.object")
class BodyNoObjectCrashes(Behaviour):
    """A JSON body that is not an object ends in a server error."""

    def parse(self, body: bytes) -> Any:
        """Ask any value for its members."""
        document = super().parse(body)
        if not isinstance(document, dict):
            raise _crash()
        return document


@defect("body-null-crashes", breaks="request.body.object")
class BodyNullCrashes(Behaviour):
    """The body `null` ends in a server error."""

    def parse(self, body: bytes) -> Any:
        """Ask null for its members."""
        document = super().parse(body)
        if document is None:
            raise _crash()
        return document


# No body


@defect("body-empty-accepted", breaks="request.body.empty")
class BodyEmptyAccepted(Behaviour):
    """A request without a body starts the first pipeline."""

    def parse(self, body: bytes) -> Any:
        """Fill in what is missing."""
        if not body.strip():
            return {"clientToken": "undefined", "imagePipelineArn": self.settings.pipelines[0]}
        return super().parse(body)


@defect("body-empty-crashes", breaks="request.body.empty")
class BodyEmptyCrashes(Behaviour):
    """A request without a body ends in a server error."""

    def parse(self, body: bytes) -> Any:
        """Take a body for granted."""
        if not body.strip():
            raise _crash()
        return super().parse(body)


# What is disputed


@defect("body-not-utf8-crashes", breaks="request.body.unusual")
class BodyNotUtf8Crashes(Behaviour):
    """A body that is not UTF-8 ends in a server error."""

    def parse(self, body: bytes) -> Any:
        """Decode without looking."""
        try:
            body.decode()
        except UnicodeDecodeError:
            raise _crash() from None
        return super().parse(body)


@defect("body-lone-surrogate-crashes", breaks="request.body.unusual")
class BodyLoneSurrogateCrashes(Behaviour):
    """A surrogate without its pair is read, and then ends in a server error where it cannot be written."""

    def parse(self, body: bytes) -> Any:
        """Read what cannot be written."""
        try:
            json.dumps(json.loads(body, parse_int=float), ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise _crash() from None
        except (ValueError, RecursionError):
            pass
        return super().parse(body)


@defect("body-byte-order-mark-drops-connection", breaks="request.body.unusual")
class BodyByteOrderMarkDropsConnection(Behaviour):
    """A body that begins with a byte order mark ends in a connection closed without an answer."""

    def parse(self, body: bytes) -> Any:
        """Let the worker die."""
        if body.startswith(b"\xef\xbb\xbf"):
            raise HangUp
        return super().parse(body)


# Members


@defect("members-wrong-type-crashes", breaks="request.client-token.type")
class MembersWrongTypeCrashes(Behaviour):
    """A member of the wrong type ends in a server error."""

    def validate(self, parameters: Mapping[str, Any]) -> None:
        """Take strings for granted."""
        if not all(isinstance(value, str) for value in parameters.values()):
            raise _crash()
        super().validate(parameters)


@defect("members-missing-crashes", breaks="request.image-pipeline-arn.required")
class MembersMissingCrashes(Behaviour):
    """A member that is missing ends in a server error."""

    def validate(self, parameters: Mapping[str, Any]) -> None:
        """Take all members for granted."""
        if not set(self.schema.required) <= set(parameters):
            raise _crash()
        super().validate(parameters)


@defect("members-unknown-refused", breaks="request.body.unknown-members")
class MembersUnknownRefused(Behaviour):
    """A member that the operation does not know is refused."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Close the schema."""
        if unknown := set(document) - set(self.schema.members):
            raise self.bad_parameter(f"{len(unknown)} members are not known")
        return super().members(document)


@defect("member-of-later-model-required", breaks="operation.start")
class MemberOfLaterModelRequired(Behaviour):
    """A request must carry `tags`, a member that is optional and that came later."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Ask for one more."""
        if "tags" not in document:
            raise self.bad_parameter("tags is required")
        return super().members(document)


@defect("operation-stubbed", breaks="operation.start")
class OperationStubbed(Behaviour):
    """A valid request is refused as unsupported: the operation validates, and does nothing else."""

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Look the pipeline up, and give up."""
        self.find(request)
        raise Fault("InvalidRequestException", "Starting a pipeline is not supported by this emulator.")


# Large and deep


@defect("body-deep-crashes", breaks="request.body.deep-nesting")
class BodyDeepCrashes(Behaviour):
    """A deeply nested body ends in a server error."""

    def parse(self, body: bytes) -> Any:
        """Let the stack overflow."""
        if _is_deep(body):
            raise _crash()
        return super().parse(body)


@defect("body-deep-drops-connection", breaks="request.body.deep-nesting")
class BodyDeepDropsConnection(Behaviour):
    """A deeply nested body ends in a connection closed without an answer."""

    def parse(self, body: bytes) -> Any:
        """Let the worker die."""
        if _is_deep(body):
            raise HangUp
        return super().parse(body)


def _is_deep(body: bytes) -> bool:
    return max(body.count(b"["), body.count(b"{")) > MAX_NESTING


@defect("body-large-crashes", breaks="request.body.large")
class BodyLargeCrashes(Behaviour):
    """A large body ends in a server error."""

    def oversized(self) -> Fault:
        """Let a buffer overflow."""
        return _crash()


@defect("body-large-breaks-next-requests", breaks="request.body.large")
class BodyLargeBreaksNextRequests(Behaviour):
    """After a large body the next three valid requests are refused: what is left of it is read as theirs."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.broken = 0

    def oversized(self) -> Fault:
        """Leave the rest unread."""
        self.broken = 3
        return super().oversized()

    def read(self, call: Call) -> StartRequest:
        """Recover slowly."""
        request = super().read(call)
        if self.broken:
            self.broken -= 1
            raise self.unreadable("trailing data")
        return request


@defect("body-large-drops-connection", breaks="request.body.large")
class BodyLargeDropsConnection(Behaviour):
    """A large body ends in a connection closed without an answer."""

    def oversized(self) -> Fault:
        """Let the worker die."""
        raise HangUp
