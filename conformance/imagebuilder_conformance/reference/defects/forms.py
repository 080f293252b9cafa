"""Defects in what forms of a request are taken: targets that know the one client with which they were tried."""

from collections.abc import Callable

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call

_SHA256 = "x-amz-content-sha256"


def _signed(call: Call) -> list[str]:
    _, _, rest = call.headers.get("authorization", "").partition("SignedHeaders=")
    return rest.partition(",")[0].split(";")


_DEFECTS: tuple[tuple[str, str, Callable[[Call], bool], str], ...] = (
    ("names-compared-with-case", "aws-sdk-js-3", lambda call: "Authorization" not in call.spelled,
     "The header Authorization is looked up as Python's clients spell it."),
    ("authorization-split-at-blanks", "capo", lambda call: len(call.headers.get("authorization", "").split()) != 4,
     "The parameters of Authorization are told apart by the blanks between them."),
    ("content-type-signature-required", "aws4fetch", lambda call: "content-type" not in _signed(call),
     "The signature must cover the content type."),
    ("content-sha256-required", "boto3", lambda call: _SHA256 not in call.headers,
     "The hash of the body must come as a header too, as S3 wants it."),
    ("content-sha256-signature-required", "aws-requests-auth",
     lambda call: _SHA256 in call.headers and _SHA256 not in _signed(call),
     "A header X-Amz-Content-SHA256 must be signed."),
    ("content-type-required", "boto3-1-17", lambda call: "content-type" not in call.headers,
     "A request without a content type is refused, as many frameworks do."),
    ("sdk-headers-unknown", "boto3", lambda call: "amz-sdk-request" in call.headers,
     "Only headers of a list are let through, and those of SDKs about themselves are not on it."),
    ("signed-length-lost", "aws-sdk-go", lambda call: "content-length" in _signed(call),
     "The signature is verified behind a reader that takes the length away."),
    ("signed-sdk-headers-lost", "aws-sdk-go-2", lambda call: "amz-sdk-invocation-id" in _signed(call),
     "The signature is verified behind a gateway that takes away the headers of SDKs about themselves."),
    ("user-agent-of-tools-refused", "curl", lambda call: call.headers.get("user-agent", "").startswith("curl/"),
     "A rule against bots refuses command line tools by their user agent."),
    ("content-type-unsigned-with-hash", "aws-sdk-js-2",
     lambda call: _SHA256 in _signed(call) and "content-type" not in _signed(call),
     "Where the hash of the body is signed, the content type has to be too."),
)  # fmt: skip


def _refusing(refuses: Callable[[Call], bool]) -> type[Behaviour]:
    class Picky(Behaviour):
        def authenticate(self, call: Call) -> None:
            """Look at the form first."""
            if refuses(call):
                raise Fault("InvalidSignatureException", "The request is not signed as it should be.", status=403)
            super().authenticate(call)

    return Picky


def _register() -> None:
    for name, form, refuses, sentence in _DEFECTS:
        behaviour = _refusing(refuses)
        behaviour.__name__ = behaviour.__qualname__ = name.title().replace("-", "")
        behaviour.__doc__ = sentence
        behaviour.__module__ = __name__
        defect(f"form-{name}", breaks=f"wire.form.{form}")(behaviour)


_register()
