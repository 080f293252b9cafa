# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Conformant variations in faults on demand: a target may speak the interface in part, or not at all."""

from email.utils import formatdate
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import variation
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Outcome, StartRequest
from imagebuilder_spec import FAULT_HEADER, IMAGE_HEADER, FaultDemand


@variation("faults-unknown")
class FaultsUnknown(Behaviour):
    """The target does not know the fault interface."""

    def demand(self, call: Call) -> FaultDemand | None:
        """See nothing."""
        return None


@variation("faults-before-only")
class FaultsBeforeOnly(Behaviour):
    """Faults can be demanded before the start only, and none of those that tell of a token or a pipeline."""

    def demand(self, call: Call) -> FaultDemand | None:
        """Leave some out."""
        demand = super().demand(call)
        if demand is None or demand.after or demand.code.startswith(("Idempotent", "ResourceNotFound")):
            return None
        return demand


@variation("faults-without-image")
class FaultsWithoutImage(Behaviour):
    """A fault after the start does not say which image was started."""

    def demanded(self, request: StartRequest, demand: FaultDemand, outcome: Outcome | None = None) -> Fault:
        """Leave the header out."""
        fault = super().demanded(request, demand, outcome)
        fault.headers = {name: value for name, value in fault.headers.items() if name != IMAGE_HEADER}
        return fault


@variation("faults-coded-in-body")
class FaultsCodedInBody(Behaviour):
    """The code of a demanded fault stands in the body only."""

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """Add the code."""
        document = super().error_document(fault)
        return {"__type": fault.code, **document} if FAULT_HEADER in fault.headers else document

    def error_headers(self, call: Call, fault: Fault) -> dict[str, str]:
        """Leave the code out."""
        headers = super().error_headers(call, fault)
        if FAULT_HEADER in fault.headers:
            del headers["x-amzn-ErrorType"]
        return headers


@variation("faults-with-retry-after")
class FaultsWithRetryAfter(Behaviour):
    """A demanded fault says when to try again: ServiceUnavailableException in seconds, others by a date."""

    def demanded(self, request: StartRequest, demand: FaultDemand, outcome: Outcome | None = None) -> Fault:
        """Add the header."""
        fault = super().demanded(request, demand, outcome)
        when = "1" if demand.code == "ServiceUnavailableException" else formatdate(0, usegmt=True)
        fault.headers = {**fault.headers, "retry-after": when}
        return fault
