"""Defects in refusing a caller who is known and may not start anything."""

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call

FORM = "errors.forbidden.form"


@defect("denied-caller-may-start", breaks="errors.forbidden.denied-caller")
class DeniedCallerMayStart(Behaviour):
    """Whoever signs well may start images; nobody asks for permissions."""

    def authorize(self, call: Call) -> None:
        """Ask nobody."""


@defect("denial-crashes", breaks="errors.forbidden.denied-caller")
class DenialCrashes(Behaviour):
    """A caller without the permission gets a server error."""

    def denied(self) -> Fault:
        """Crash."""
        return Fault("ServiceException", "PermissionError")


@defect("denial-401", breaks=FORM)
class Denial401(Behaviour):
    """A caller without the permission is refused with UnauthorizedException and the status 401."""

    def denied(self) -> Fault:
        """Ask for another login."""
        return Fault("UnauthorizedException", super().denied().message, status=401)


@defect("denial-as-client-exception", breaks=FORM)
class DenialAsClientException(Behaviour):
    """A caller without the permission is refused with ClientException and the status 400."""

    def denied(self) -> Fault:
        """One code for all."""
        return Fault("ClientException", super().denied().message)


@defect("denial-as-not-found", breaks=FORM)
class DenialAsNotFound(Behaviour):
    """To a caller without the permission the pipeline does not exist."""

    def denied(self) -> Fault:
        """Hide it."""
        return Fault("ResourceNotFoundException", "The image pipeline does not exist.")
