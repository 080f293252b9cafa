"""Defects in verifying signatures: each check left out, one at a time."""

from datetime import timedelta

from imagebuilder_conformance.reference.authorization import Authorization
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call
from imagebuilder_conformance.reference.signatures import SignatureVerifier

# What is not verified


@defect("unsigned-accepted", breaks="auth.unsigned")
class UnsignedAccepted(Behaviour):
    """A request without a signature is carried out; only a signature that is there is verified."""

    def authenticate(self, call: Call) -> None:
        """Verify what is there."""
        if "authorization" in call.headers:
            super().authenticate(call)


@defect("signature-unread-on-replays", breaks="auth.signature")
class SignatureUnreadOnReplays(Behaviour):
    """A token that has its image is answered before the signature is verified, from a cache in front."""

    def authenticate(self, call: Call) -> None:
        """Let pass what is known."""
        try:
            request = self.read(call)
            known = self.recall(call, request) is not None
        except Fault:
            known = False
        if not known:
            super().authenticate(call)


@defect("malformed-header-accepted", breaks="auth.malformed-header")
class MalformedHeaderAccepted(Behaviour):
    """A request whose Authorization header cannot be read is carried out, as one without."""

    def authenticate(self, call: Call) -> None:
        """Verify what can be read."""
        try:
            super().authenticate(call)
        except Fault as fault:
            if fault.code != "IncompleteSignatureException":
                raise


@defect("malformed-header-crashes", breaks="auth.malformed-header")
class MalformedHeaderCrashes(Behaviour):
    """A request whose Authorization header cannot be read ends in a server error."""

    def authenticate(self, call: Call) -> None:
        """Take a well-formed header for granted."""
        try:
            super().authenticate(call)
        except Fault as fault:
            if fault.code == "IncompleteSignatureException":
                raise Fault("ServiceException", "list index out of range") from None
            raise


class _SignatureUnchecked(SignatureVerifier):
    """Without the last check."""

    def check_signature(self, call: Call, authorization: Authorization) -> None:
        """Believe it."""


@defect("signature-unchecked", breaks="auth.signature")
class SignatureUnchecked(Behaviour):
    """The signature itself is not verified, only what stands around it."""

    verifier_class = _SignatureUnchecked


class _BodyHashBelieved(SignatureVerifier):
    """With the client's hash."""

    def body_hash(self, call: Call) -> str:
        """Believe it."""
        return call.headers.get("x-amz-content-sha256") or super().body_hash(call)


@defect("body-hash-believed", breaks="auth.body")
class BodyHashBelieved(Behaviour):
    """The hash of the body is the one that the client states."""

    verifier_class = _BodyHashBelieved


class _DateUnchecked(SignatureVerifier):
    """Without the window."""

    def check_date(self, authorization: Authorization) -> None:
        """Believe it."""


@defect("date-unchecked", breaks="auth.stale-date")
class DateUnchecked(Behaviour):
    """The date of a request may be any."""

    verifier_class = _DateUnchecked


class _WindowOfFifteenMinutes(SignatureVerifier):
    """With a wider window."""

    window = timedelta(minutes=15)


@defect("window-of-fifteen-minutes", breaks="auth.stale-date")
class WindowOfFifteenMinutes(Behaviour):
    """A request may be fifteen minutes old, as with S3."""

    verifier_class = _WindowOfFifteenMinutes


class _FutureDateAccepted(SignatureVerifier):
    """With half the window."""

    def check_date(self, authorization: Authorization) -> None:
        """Check what is past."""
        if authorization.timestamp < self.clock().strftime("%Y%m%dT%H%M%SZ"):
            super().check_date(authorization)


@defect("future-date-accepted", breaks="auth.future-date")
class FutureDateAccepted(Behaviour):
    """Only the age of a request is limited; its date may lie ahead."""

    verifier_class = _FutureDateAccepted


class _RegionUnchecked(SignatureVerifier):
    """Without the region."""

    def check_scope(self, authorization: Authorization) -> None:
        """Check the service only."""
        if authorization.service != self.service:
            super().check_scope(authorization)


@defect("region-unchecked", breaks="auth.region")
class RegionUnchecked(Behaviour):
    """The region that a request was signed for may be any."""

    verifier_class = _RegionUnchecked


class _ServiceUnchecked(SignatureVerifier):
    """Without the service."""

    def check_scope(self, authorization: Authorization) -> None:
        """Check the region only."""
        if authorization.region != self.region:
            super().check_scope(authorization)


@defect("service-unchecked", breaks="auth.service")
class ServiceUnchecked(Behaviour):
    """The service that a request was signed for may be any."""

    verifier_class = _ServiceUnchecked


@defect("unknown-key-accepted", breaks="auth.unknown-key")
class UnknownKeyAccepted(Behaviour):
    """A request with an access key that nobody knows is carried out, as there is no secret to verify it with."""

    def authenticate(self, call: Call) -> None:
        """Let strangers in."""
        try:
            super().authenticate(call)
        except Fault as fault:
            if fault.code != "UnrecognizedClientException":
                raise


# How a fault is answered


class _AuthFault(Behaviour):
    """A fault of authentication is answered in some other way."""

    def fault(self, fault: Fault) -> Fault:
        """What is answered in its place."""
        raise NotImplementedError

    def authenticate(self, call: Call) -> None:
        """Replace the fault."""
        try:
            super().authenticate(call)
        except Fault as fault:
            raise self.fault(fault) from None


@defect("auth-fault-404", breaks="auth.status")
class AuthFault404(_AuthFault):
    """A fault of authentication has the status 404, to hide what is there."""

    def fault(self, fault: Fault) -> Fault:
        """Hide."""
        return Fault(fault.code, fault.message, status=404)


@defect("auth-fault-crashes", breaks="auth.status")
class AuthFaultCrashes(_AuthFault):
    """A fault of authentication ends in a server error."""

    def fault(self, fault: Fault) -> Fault:
        """Crash."""
        return Fault("ServiceException", fault.message)


@defect("auth-fault-as-client-exception", breaks="auth.code")
class AuthFaultAsClientException(_AuthFault):
    """A fault of authentication is an invalid parameter like any other."""

    def fault(self, fault: Fault) -> Fault:
        """Blame a parameter."""
        return Fault("ClientException", fault.message)


@defect("forbidden-401", breaks="errors.forbidden.status")
class Forbidden401(_AuthFault):
    """A fault of authentication is ForbiddenException with the status 401."""

    def fault(self, fault: Fault) -> Fault:
        """The wrong status."""
        return Fault("ForbiddenException", fault.message, status=401)
