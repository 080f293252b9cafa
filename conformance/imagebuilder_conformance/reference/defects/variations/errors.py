"""Conformant variations in how an error is answered."""

from typing import Any, ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import variation
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call
from imagebuilder_spec import Family, load_contract

DECLARED_CODE = "errors.bad-parameter.declared-code"

# Where the code of an error stands


class _CodeInBody(Behaviour):
    """The code of an error stands in the body only."""

    member: ClassVar[str] = "__type"
    form: ClassVar[str] = "{}"

    def error_headers(self, call: Call, fault: Fault) -> dict[str, str]:
        """Leave the code out of the headers."""
        headers = super().error_headers(call, fault)
        del headers["x-amzn-ErrorType"]
        return headers

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Put the code into the body."""
        return {self.member: self.form.format(fault.code), **super().error_document(fault)}


@variation("error-code-as-type")
class ErrorCodeAsType(_CodeInBody):
    """The code of an error stands in the body's member `__type`, and in no header."""


@variation("error-code-as-code")
class ErrorCodeAsCode(_CodeInBody):
    """The code of an error stands in the body's member `code`, and in no header."""

    member = "code"


@variation("error-code-with-namespace")
class ErrorCodeWithNamespace(_CodeInBody):
    """The code of an error stands in the body behind a namespace and a `#`."""

    form = "com.amazonaws.imagebuilder#{}"


@variation("error-code-with-uri")
class ErrorCodeWithUri(Behaviour):
    """The code of an error stands in the header before a colon and a URI."""

    def error_headers(self, call: Call, fault: Fault) -> dict[str, str]:
        """Add the URI."""
        uri = "http://internal.amazon.com/coral/com.amazon.coral.service/"
        return {**super().error_headers(call, fault), "x-amzn-ErrorType": f"{fault.code}:{uri}"}


@variation("error-code-everywhere")
class ErrorCodeEverywhere(Behaviour):
    """The code of an error stands in the header and twice in the body, once behind a namespace."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Add the code twice."""
        return {"__type": f"aws.protocoltests#{fault.code}", "code": fault.code, **super().error_document(fault)}


@variation("error-code-beside-details")
class ErrorCodeBesideDetails(_CodeInBody):
    """The code of an error stands in `__type`, and the body has more: the status, a type, a null, a list."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Add members that nobody reads."""
        details = {"status": self.error_status(fault), "type": "client", "resource": None, "details": []}
        return {**super().error_document(fault), **details}


@variation("error-message-capitalised")
class ErrorMessageCapitalised(Behaviour):
    """The message of an error is the member `Message`."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Capitalise the name."""
        return {"Message": fault.message}


# Which code an error has


def _bad_parameter_codes() -> None:
    """One variation for each admissible code of a bad parameter, but the one that the reference target uses."""
    errors = load_contract().errors
    for code in sorted(errors.family(Family.BAD_PARAMETER) - {"ClientException"}):

        class BadParameterCode(Behaviour):
            """A bad parameter and an unreadable body have the code {}."""

            code_of_choice: ClassVar[str] = code

            def bad_parameter(self, reason: str) -> Fault:
                """Replace the code."""
                return Fault(self.code_of_choice, super().bad_parameter(reason).message, status=400)

            def unreadable(self, reason: str) -> Fault:
                """Replace the code."""
                return Fault(self.code_of_choice, super().unreadable(reason).message, status=400)

        BadParameterCode.__doc__ = f"A bad parameter and an unreadable body have the code {code}."
        variation(f"bad-parameter-as-{code}", warns=() if code in errors.declared else (DECLARED_CODE,))(
            BadParameterCode
        )


_bad_parameter_codes()


@variation("unreadable-as-serialization-exception", warns=(DECLARED_CODE,))
class UnreadableAsSerializationException(Behaviour):
    """A body that is not a JSON object has the code SerializationException, as the protocol has it."""

    def unreadable(self, reason: str) -> Fault:
        """Replace the code."""
        return Fault("SerializationException", super().unreadable(reason).message, status=400)


class _UnknownOperation(Behaviour):
    """An unknown path or method is answered in some other way."""

    code: ClassVar[str] = "UnknownOperationException"
    status: ClassVar[int] = 404

    def unknown_operation(self, call: Call, status: int) -> Fault:
        """Replace the code and the status."""
        return Fault(self.code, super().unknown_operation(call, status).message, status=self.status)


@variation("unknown-method-404")
class UnknownMethod404(_UnknownOperation):
    """An unknown method is a 404, as an unknown path is."""


@variation("unknown-method-405")
class UnknownMethod405(_UnknownOperation):
    """An unknown path and an unknown method are MethodNotAllowedException with 405."""

    code, status = "MethodNotAllowedException", 405


@variation("unknown-operation-denied")
class UnknownOperationDenied(_UnknownOperation):
    """An unknown path or method is AccessDeniedException with 403, as API gateways answer."""

    code, status = "AccessDeniedException", 403


@variation("auth-access-denied")
class AuthAccessDenied(Behaviour):
    """Every fault of authentication is AccessDeniedException."""

    def authenticate(self, call: Call) -> None:
        """Replace the code."""
        try:
            super().authenticate(call)
        except Fault as fault:
            raise Fault("AccessDeniedException", fault.message, status=403) from None


@variation("denial-as-access-denied")
class DenialAsAccessDenied(Behaviour):
    """A caller without the permission is refused with AccessDeniedException, as AWS was seen to do."""

    def denied(self) -> Fault:
        """Replace the code."""
        return Fault("AccessDeniedException", super().denied().message, status=403)


@variation("body-large-413")
class BodyLarge413(Behaviour):
    """A large body is refused with 413 before it is read."""

    refuses_unread = True

    def oversized(self) -> Fault:
        """Replace the code."""
        return Fault("RequestEntityTooLargeException", super().oversized().message, status=413)
