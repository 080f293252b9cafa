# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in faults on demand: in the form of the fault, and in what becomes of its token."""

from typing import ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import Html
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Answer, Call, Execution, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_spec import FAULT_HEADER, FaultDemand

# The form of the fault


class _Misraised(Behaviour):
    """One of the faults is raised with another code or another status."""

    of: ClassVar[str] = ""
    code: ClassVar[str | None] = None
    status: ClassVar[int | None] = None

    def demanded(self, request: StartRequest, demand: FaultDemand, outcome: Outcome | None = None) -> Fault:
        """Replace the code or the status."""
        fault = super().demanded(request, demand, outcome)
        if demand.code != self.of:
            return fault
        status = self.status or self.settings.contract.errors.declared[demand.code].status
        return Fault(self.code or fault.code, fault.message, status=status, headers=fault.headers)


@defect("fault-throttled-503", breaks="faults.call-rate-limit-exceeded.answer")
class FaultThrottled503(_Misraised):
    """CallRateLimitExceededException, demanded, has the status 503."""

    of, status = "CallRateLimitExceededException", 503


@defect("fault-throttled-by-another-name", breaks="faults.call-rate-limit-exceeded.answer")
class FaultThrottledByAnotherName(_Misraised):
    """CallRateLimitExceededException, demanded, is answered as ThrottlingException, which other services have."""

    of, code = "CallRateLimitExceededException", "ThrottlingException"


@defect("fault-client-in-lower-case", breaks="faults.client.answer")
class FaultClientInLowerCase(_Misraised):
    """ClientException, demanded, is written clientException."""

    of, code = "ClientException", "clientException"


@defect("fault-forbidden-as-access-denied", breaks="faults.forbidden.answer")
class FaultForbiddenAsAccessDenied(_Misraised):
    """ForbiddenException, demanded, is answered as AccessDeniedException."""

    of, code = "ForbiddenException", "AccessDeniedException"


@defect("fault-mismatch-409", breaks="faults.idempotent-parameter-mismatch.answer")
class FaultMismatch409(_Misraised):
    """IdempotentParameterMismatchException, demanded, has the status 409."""

    of, status = "IdempotentParameterMismatchException", 409


@defect("fault-invalid-request-shortened", breaks="faults.invalid-request.answer")
class FaultInvalidRequestShortened(_Misraised):
    """InvalidRequestException, demanded, is answered as InvalidRequest."""

    of, code = "InvalidRequestException", "InvalidRequest"


@defect("fault-in-use-409", breaks="faults.resource-in-use.answer")
class FaultInUse409(_Misraised):
    """ResourceInUseException, demanded, has the status 409."""

    of, status = "ResourceInUseException", 409


@defect("fault-not-found-400", breaks="faults.resource-not-found.answer")
class FaultNotFound400(_Misraised):
    """ResourceNotFoundException, demanded, has the status 400, as all faults of the client."""

    of, status = "ResourceNotFoundException", 400


@defect("fault-service-502", breaks="faults.service.answer")
class FaultService502(_Misraised):
    """ServiceException, demanded, has the status 502, as from a gateway."""

    of, status = "ServiceException", 502


@defect("fault-unavailable-500", breaks="faults.service-unavailable.answer")
class FaultUnavailable500(_Misraised):
    """ServiceUnavailableException, demanded, has the status 500."""

    of, status = "ServiceUnavailableException", 500


@defect("fault-without-message", breaks="faults.service.answer")
class FaultWithoutMessage(Behaviour):
    """A demanded fault has an empty object as its body."""

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Leave the message out."""
        answer = super().refuse(call, fault)
        return Answer(answer.status, b"{}", answer.headers) if FAULT_HEADER in fault.headers else answer


@defect("fault-as-html", breaks="faults.service-unavailable.answer")
class FaultAsHtml(Html):
    """A demanded fault is a page, as proxies send them."""

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """Put a page in the place of the object."""
        answer = super().refuse(call, fault)
        return self.page(answer, fault.code) if FAULT_HEADER in fault.headers else answer


class _RetryAfter(Behaviour):
    """Faults that may be over soon carry Retry-After."""

    value: ClassVar[str] = ""

    def demanded(self, request: StartRequest, demand: FaultDemand, outcome: Outcome | None = None) -> Fault:
        """Add the header."""
        fault = super().demanded(request, demand, outcome)
        if demand.code in {"ServiceUnavailableException", "CallRateLimitExceededException"}:
            fault.headers = {**fault.headers, "retry-after": self.value}
        return fault


@defect("fault-retry-after-in-words", breaks="faults.retry-after")
class FaultRetryAfterInWords(_RetryAfter):
    """Retry-After is `soon`."""

    value = "soon"


@defect("fault-retry-after-negative", breaks="faults.retry-after")
class FaultRetryAfterNegative(_RetryAfter):
    """Retry-After is -1, so that a client which adds it up waits for ever or not at all."""

    value = "-1"


# What becomes of the token


class _Remembered(Behaviour):
    """A fault is remembered as the outcome of its token, as frameworks for idempotency do with any answer."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.faults: dict[str, Fault] = {}

    def demanded(self, request: StartRequest, demand: FaultDemand, outcome: Outcome | None = None) -> Fault:
        """Remember the fault."""
        if self.is_remembered(demand):
            self.faults[request.client_token] = self.fault_of_retry(demand)
        return super().demanded(request, demand, outcome)

    def is_remembered(self, demand: FaultDemand) -> bool:
        """Which faults are."""
        raise NotImplementedError

    def fault_of_retry(self, demand: FaultDemand) -> Fault:
        """What a retry is answered with."""
        return Fault(demand.code, "This token has failed.")

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Answer the fault again."""
        if request.client_token in self.faults:
            raise self.faults[request.client_token]
        return super().recall(call, request)


@defect("fault-replayed", breaks="faults.retry.before-start")
class FaultReplayed(_Remembered):
    """A server error that came before the start is remembered, and answered to every retry."""

    def is_remembered(self, demand: FaultDemand) -> bool:
        """Those of the server that come before."""
        return not demand.after and demand.code.startswith("Service")


@defect("fault-eats-token", breaks="faults.retry.before-start")
class FaultEatsToken(FaultReplayed):
    """After a server error that came before the start the token counts as used: its retry is a mismatch."""

    def fault_of_retry(self, demand: FaultDemand) -> Fault:
        """Nothing equals a request that was not remembered."""
        return self.mismatch()


@defect("fault-leaves-lock", breaks="faults.retry.before-start")
class FaultLeavesLock(FaultReplayed):
    """A server error that came before the start leaves its token locked: its retry finds the resource in use."""

    def fault_of_retry(self, demand: FaultDemand) -> Fault:
        """The lock is never given back."""
        return Fault("ResourceInUseException", "A request with this client token is being worked on; retry later.")


@defect("fault-hides-image", breaks="faults.retry.after-start")
class FaultHidesImage(_Remembered):
    """A server error that came after the start is remembered, so that nobody learns which image was started."""

    def is_remembered(self, demand: FaultDemand) -> bool:
        """Those that come after."""
        return demand.after


@defect("fault-starts-twice", breaks="faults.retry.after-start")
class FaultStartsTwice(Behaviour):
    """The token is stored with the answer: after a fault in between, the retry starts a second image."""

    def demanded(self, request: StartRequest, demand: FaultDemand, outcome: Outcome | None = None) -> Fault:
        """Forget the token."""
        for key, execution in list(self.store.executions.items()):
            if outcome is not None and execution is outcome.execution:
                del self.store.executions[key]
        return super().demanded(request, demand, outcome)


@defect("fault-starts-each-time", breaks="faults.retry.after-start")
class FaultStartsEachTime(FaultStartsTwice):
    """After a server error no answer is stored under its token any more: each retry starts an image."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.failed: set[str] = set()

    def demanded(self, request: StartRequest, demand: FaultDemand, outcome: Outcome | None = None) -> Fault:
        """Note the token, and do not say which image was started."""
        if outcome is not None:
            self.failed.add(request.client_token)
        fault = super().demanded(request, demand, outcome)
        fault.headers = {FAULT_HEADER: str(demand)}
        return fault

    def remember(self, call: Call, request: StartRequest, execution: Execution) -> None:
        """Leave out the tokens that failed."""
        if request.client_token not in self.failed:
            super().remember(call, request, execution)


@defect("fault-uses-token-up", breaks="faults.token-free")
class FaultUsesTokenUp(_Remembered):
    """The token of a request that was refused on demand is used up."""

    def is_remembered(self, demand: FaultDemand) -> bool:
        """Those of the client."""
        return not demand.code.startswith("Service")

    def fault_of_retry(self, demand: FaultDemand) -> Fault:
        """Nothing equals a request that was not remembered."""
        return self.mismatch()
