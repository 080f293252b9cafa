# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in the form of an error, whichever it is."""

from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import Html
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Answer, Call

# Where the code stands


class _WithoutHeader(Behaviour):
    """Refusals have some other form."""

    def error_headers(self, call: Call, fault: Fault) -> dict[str, str]:
        """Leave the code out of the headers."""
        headers = super().error_headers(call, fault)
        del headers["x-amzn-ErrorType"]
        return headers


@defect("error-code-missing", breaks="errors.code.present")
class ErrorCodeMissing(_WithoutHeader):
    """An error has a message and no code."""


@defect("error-code-nested", breaks="errors.code.present")
class ErrorCodeNested(_WithoutHeader):
    """The code of an error lies in an object of its own, where no SDK looks."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Nest the code."""
        return {"message": fault.message, "error": {"code": fault.code}}


@defect("error-code-under-other-name", breaks="errors.code.present")
class ErrorCodeUnderOtherName(_WithoutHeader):
    """The code of an error is a member `error`, where no SDK looks."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Misname the code."""
        return {"message": fault.message, "error": fault.code}


@defect("error-codes-differ", breaks="errors.code.consistent")
class ErrorCodesDiffer(Behaviour):
    """The header names the code of an error, and the body says ValidationException whatever it is."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Add a code to the body."""
        return {"__type": "ValidationException", **super().error_document(fault)}


@defect("error-code-of-http", breaks="errors.code.known")
class ErrorCodeOfHttp(Behaviour):
    """The code for an unknown path or method is the phrase of its HTTP status, which AWS does not use."""

    def unknown_operation(self, call: Call, status: int) -> Fault:
        """Replace the code."""
        message = super().unknown_operation(call, status).message
        return Fault("NotFound" if status == 404 else "MethodNotAllowed", message, status=status)


@defect("unknown-operation-501", breaks="errors.common.status")
class UnknownOperation501(Behaviour):
    """UnknownOperationException has the status 501."""

    def unknown_operation(self, call: Call, status: int) -> Fault:
        """Replace the status."""
        return super().unknown_operation(call, 501)


# What stands in the body


class _ErrorBody(Behaviour):
    """The body of an error is some other text."""

    def text(self, fault: Fault) -> bytes:
        """What is sent in the place of the body."""
        raise NotImplementedError

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Replace the body."""
        answer = super().refuse(call, fault)
        answer.body = self.text(fault)
        return answer


@defect("error-body-empty", breaks="errors.body.json")
class ErrorBodyEmpty(_ErrorBody):
    """An error has no body."""

    def text(self, fault: Fault) -> bytes:
        """Nothing."""
        return b""


@defect("error-body-text", breaks="errors.body.json")
class ErrorBodyText(_ErrorBody):
    """The body of an error is its message as plain text, under the content type of JSON."""

    def text(self, fault: Fault) -> bytes:
        """The message as it is."""
        return fault.message.encode()


@defect("error-body-string", breaks="errors.body.json")
class ErrorBodyString(_ErrorBody):
    """The body of an error is its message as a JSON string, and no object."""

    def text(self, fault: Fault) -> bytes:
        """The message in quotes."""
        return self.encode(fault.message)


@defect("error-message-missing", breaks="errors.body.message")
class ErrorMessageMissing(Behaviour):
    """An error has a code and no message."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """The code alone."""
        return {"__type": fault.code}


@defect("error-message-empty", breaks="errors.body.message")
class ErrorMessageEmpty(Behaviour):
    """The message of an error is the empty string."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Nothing to say."""
        return {"message": ""}


@defect("error-message-under-other-name", breaks="errors.body.message")
class ErrorMessageUnderOtherName(Behaviour):
    """The message of an error is a member `detail`, as in FastAPI."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Misname the message."""
        return {"detail": fault.message}


@defect("error-content-type-text", breaks="errors.content-type")
class ErrorContentTypeText(Behaviour):
    """An error is sent as text/plain, though its body is JSON."""

    def error_headers(self, call: Call, fault: Fault) -> dict[str, str]:
        """Replace the content type."""
        return {**super().error_headers(call, fault), "content-type": "text/plain; charset=utf-8"}


@defect("error-html", breaks="errors.no-html")
class ErrorHtml(Html):
    """An error is the HTML page of the web framework."""

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Leave all refusals to the framework."""
        return self.page(super().refuse(call, fault), fault.code)


@defect("unknown-path-html", breaks="errors.no-html.off-operation")
class UnknownPathHtml(Html):
    """Only an unknown path or method is answered with the HTML page of the web framework."""

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Leave what has no route to the framework."""
        answer = super().refuse(call, fault)
        return self.page(answer, "Not Found") if fault.code == "UnknownOperationException" else answer


@defect("unknown-path-claims-html", breaks="errors.no-html.off-operation")
class UnknownPathClaimsHtml(Behaviour):
    """An unknown path or method is answered with a few words that claim to be HTML, as in django-ninja."""

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Leave what has no route to the framework."""
        answer = super().refuse(call, fault)
        if fault.code != "UnknownOperationException":
            return answer
        return Answer(answer.status, b"Not allowed", {**answer.headers, "content-type": "text/html; charset=utf-8"})
