"""Defects in what is taken for a JSON object."""

import ast
import json
import re
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import Html, crash
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault, HangUp
from imagebuilder_conformance.reference.messages import Answer, Call

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


@defect("body-form-feed-as-blank", breaks="request.body.json")
class BodyFormFeedAsBlank(Behaviour):
    """A form feed counts as a blank between the parts of a body, as in C."""

    def parse(self, body: bytes) -> Any:
        """Replace it."""
        return super().parse(body.replace(b"\f", b" "))


@defect("body-leading-junk-skipped", breaks="request.body.json")
class BodyLeadingJunkSkipped(Behaviour):
    """What stands before the first brace of a body is skipped."""

    def parse(self, body: bytes) -> Any:
        """Begin at the brace."""
        _, brace, rest = body.partition(b"{")
        return super().parse(brace + rest if body[:1].isalpha() and brace else body)


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
        raise crash()


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


@defect("body-malformed-uncaught", breaks="request.body.json")
class BodyMalformedUncaught(Html):
    """The exception of a parser is not caught, so that the framework answers 500 with a page of its own."""

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Leave the exception to the framework, which knows nothing of codes and request ids."""
        if not fault.message.startswith("The request cannot be read"):
            return super().refuse(call, fault)
        page = self.page(Answer(500, b"", {}), "Internal Server Error")
        return Answer(page.status, page.body, page.headers)


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
            raise crash()
        return document


@defect("body-null-crashes", breaks="request.body.object")
class BodyNullCrashes(Behaviour):
    """The body `null` ends in a server error."""

    def parse(self, body: bytes) -> Any:
        """Ask null for its members."""
        document = super().parse(body)
        if document is None:
            raise crash()
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
            raise crash()
        return super().parse(body)
