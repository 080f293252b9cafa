# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in the form of a success, and in the token that it carries."""

import html
import json
from typing import Any, ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.messages import Answer, Call, Outcome

# Status and form


@defect("status-created", breaks="response.status")
class StatusCreated(Behaviour):
    """A success is 201 Created."""

    def success_status(self, outcome: Outcome) -> int:
        """Created."""
        return 201


@defect("status-accepted", breaks="response.status")
class StatusAccepted(Behaviour):
    """A success is 202 Accepted, as the build goes on."""

    def success_status(self, outcome: Outcome) -> int:
        """Accepted."""
        return 202


@defect("status-of-replay-differs", breaks="response.status")
class StatusOfReplayDiffers(Behaviour):
    """A replay is 208 Already Reported."""

    def success_status(self, outcome: Outcome) -> int:
        """Already reported."""
        return 208 if outcome.replayed else super().success_status(outcome)


class _ContentType(Behaviour):
    """A success has some other content type."""

    content_type: ClassVar[str | None] = None

    def success_headers(self, call: Call) -> dict[str, str]:
        """Replace the content type, or leave it out."""
        headers = super().success_headers(call)
        del headers["content-type"]
        return headers if self.content_type is None else {**headers, "content-type": self.content_type}


@defect("content-type-text", breaks="response.content-type")
class ContentTypeText(_ContentType):
    """A success is sent as text/html, the default of a web framework."""

    content_type = "text/html; charset=utf-8"


@defect("content-type-amz-json", breaks="response.content-type")
class ContentTypeAmzJson(_ContentType):
    """A success is sent as application/x-amz-json-1.1, the type of another of AWS's protocols."""

    content_type = "application/x-amz-json-1.1"


@defect("content-type-missing", breaks="response.content-type")
class ContentTypeMissing(_ContentType):
    """A success has no content type."""


class _Body(Behaviour):
    """The body of a success is reshaped as a whole."""

    def reshape(self, document: dict[str, Any]) -> Any:
        """What is sent in the place of the document."""
        raise NotImplementedError

    def succeed(self, call: Call, outcome: Outcome) -> Answer:
        """Reshape the body."""
        answer = super().succeed(call, outcome)
        answer.body = self.encode(self.reshape(self.success_document(call, outcome)))
        return answer


@defect("body-in-array", breaks="response.body")
class BodyInArray(_Body):
    """A success is an array with the object in it."""

    def reshape(self, document: dict[str, Any]) -> Any:
        """Put it into an array."""
        return [document]


@defect("body-encoded-twice", breaks="response.body")
class BodyEncodedTwice(_Body):
    """A success is a JSON string that holds the object's JSON."""

    def reshape(self, document: dict[str, Any]) -> Any:
        """Encode it once more."""
        return json.dumps(document)


@defect("body-wrapped", breaks="response.image-build-version-arn.pattern")
class BodyWrapped(_Body):
    """The members of a success lie in an object of their own, as in AWS's XML protocols."""

    def reshape(self, document: dict[str, Any]) -> Any:
        """Put it into a member."""
        return {f"{self.operation.name}Result": document}


@defect("members-capitalised", breaks="response.client-token.echo")
class MembersCapitalised(_Body):
    """The members of a success have names in capitals, as in CloudFormation."""

    def reshape(self, document: dict[str, Any]) -> Any:
        """Capitalise the names."""
        return {name[0].upper() + name[1:]: value for name, value in document.items()}


# The token


class _Echo(Behaviour):
    """A success carries something else than the token."""

    def echo(self, token: str) -> str:
        """What is sent in the place of the token."""
        raise NotImplementedError

    def success_document(self, call: Call, outcome: Outcome) -> dict[str, Any]:
        """Replace the token."""
        document = super().success_document(call, outcome)
        return {**document, "clientToken": self.echo(document["clientToken"])}


@defect("echo-missing", breaks="response.client-token.echo")
class EchoMissing(Behaviour):
    """A success does not carry the token."""

    def success_document(self, call: Call, outcome: Outcome) -> dict[str, Any]:
        """Leave it out."""
        document = super().success_document(call, outcome)
        del document["clientToken"]
        return document


@defect("echo-stripped", breaks="response.client-token.echo")
class EchoStripped(_Echo):
    """A success carries the token without the blanks around it."""

    def echo(self, token: str) -> str:
        """Without the blanks around it."""
        return token.strip()


@defect("echo-lowercased", breaks="response.client-token.echo")
class EchoLowercased(_Echo):
    """A success carries the token in lower case."""

    def echo(self, token: str) -> str:
        """In lower case."""
        return token.lower()


@defect("echo-escaped-for-html", breaks="response.client-token.echo")
class EchoEscapedForHtml(_Echo):
    """A success carries the token with its quotes, ampersands and angle brackets escaped for HTML."""

    def echo(self, token: str) -> str:
        """Escaped for HTML."""
        return html.escape(token)


@defect("echo-misdecoded", breaks="response.client-token.echo")
class EchoMisdecoded(_Echo):
    """A success carries the token with its UTF-8 read as Latin-1."""

    def echo(self, token: str) -> str:
        """Mojibake."""
        return token.encode().decode("latin-1")


@defect("echo-shortened", breaks="response.client-token.echo")
class EchoShortened(_Echo):
    """A success carries the first 32 characters of the token."""

    def echo(self, token: str) -> str:
        """The first 32 characters."""
        return token[:32]
