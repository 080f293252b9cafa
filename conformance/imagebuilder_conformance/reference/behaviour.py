# ruff: noqa: ARG002 - a step may take more than it needs itself: those who override it need it
"""What the reference target decides, in small steps; `form` has how it says it.

`Behaviour` keeps the contract. A defect or a variation is a subclass that overrides one or a few steps, so each
step has one subject and takes from the others only what it is given.
"""

import asyncio
from collections.abc import Hashable, Mapping
from typing import Any, ClassVar

from imagebuilder_conformance.reference.credentials import SESSION_CREDENTIALS
from imagebuilder_conformance.reference.errors import Fault, demanded_fault
from imagebuilder_conformance.reference.form import Form
from imagebuilder_conformance.reference.messages import Answer, Call, Execution, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.signatures import SignatureVerifier
from imagebuilder_conformance.reference.store import Image, Pipeline, Store
from imagebuilder_conformance.reference.throttle import TokenBucket
from imagebuilder_conformance.reference.validation import RequestSchema, UnreadableBodyError, parse
from imagebuilder_spec import FAULT_HEADER, FaultDemand


class Behaviour(Form):
    """The contract kept. One instance holds the state of one target, and is used from one event loop."""

    refuses_unread: ClassVar[bool] = False
    """Whether a body whose stated length is too large is refused before it is read."""

    verifier_class: ClassVar[type[SignatureVerifier]] = SignatureVerifier

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.schema = RequestSchema(settings.contract)
        self.store = Store(settings.pipelines)
        self.bucket = None if settings.rate_limit is None else TokenBucket(settings.rate_limit)
        self.verifier = self.verifier_class(
            settings.credentials,
            settings.denied,
            SESSION_CREDENTIALS,
            region=settings.region,
            service=self.operation.signing_name,
            allow_unsigned_payload=settings.allow_unsigned_payload,
        )

    # The order of the steps

    async def answer(self, call: Call) -> Answer:
        """Answer a call. Raises `HangUp` to drop the connection instead."""
        try:
            outcome = await self.handle(call)
        except Fault as fault:
            return self.refuse(call, fault)
        return self.succeed(call, outcome)

    async def handle(self, call: Call) -> Outcome:
        """Do what a call asks for. Raises `Fault`."""
        self.dispatch(call)
        if call.oversized:
            raise self.oversized()
        self.throttle(call)
        self.authenticate(call)
        self.authorize(call)
        request = self.read(call)
        demand = self.demand(call)
        if demand is not None and not demand.after:
            raise self.demanded(request, demand)
        outcome = await self.execute(call, request)
        if demand is not None:
            raise self.demanded(request, demand, outcome)
        return outcome

    # Whose call it is

    def dispatch(self, call: Call) -> None:
        """Only the operation's path and method lead to the operation."""
        if not self.serves_path(call):
            raise self.unknown_operation(call, 404)
        if not self.serves_method(call):
            raise self.unknown_operation(call, 405)

    def serves_path(self, call: Call) -> bool:
        """Whether the path is the operation's."""
        return call.path == self.operation.path

    def serves_method(self, call: Call) -> bool:
        """Whether the method is the operation's."""
        return call.method == self.operation.method

    def throttle(self, call: Call) -> None:
        """Hold the rate limit."""
        if self.bucket is not None and not self.bucket.take():
            raise self.throttled()

    def authenticate(self, call: Call) -> None:
        """Verify the signature, if the target verifies any."""
        if self.settings.verify_signatures:
            self.verifier.verify(call)

    def authorize(self, call: Call) -> None:
        """Refuse the caller who is known and may not start anything, if the target verifies who calls."""
        if self.settings.verify_signatures and self.verifier.caller(call) == self.settings.denied.access_key_id:
            raise self.denied()

    # Which fault it demands

    def demand(self, call: Call) -> FaultDemand | None:
        """The fault that a call demands by the fault interface, if it is one that the operation declares."""
        demand = FaultDemand.parse(call.headers.get(FAULT_HEADER, ""))
        return demand if demand.code in self.settings.contract.errors.declared else None

    def demanded(self, request: StartRequest, demand: FaultDemand, outcome: Outcome | None = None) -> Fault:
        """The fault that is demanded; `outcome` is what it hides, if it comes after the start."""
        return demanded_fault(demand, None if outcome is None else outcome.execution.image_arn)

    # What it asks for

    def read(self, call: Call) -> StartRequest:
        """Read and validate the body; the content type is not looked at, as nothing shows that the service does."""
        document = self.parse(call.body)
        if not isinstance(document, dict):
            raise self.unreadable("expected a JSON object")
        parameters = self.members(document)
        self.validate(parameters)
        return StartRequest(parameters["clientToken"], parameters["imagePipelineArn"], parameters)

    def parse(self, body: bytes) -> Any:
        """Read the body as JSON."""
        try:
            return parse(body)
        except UnreadableBodyError as error:
            raise self.unreadable(str(error)) from error

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """The members that count."""
        return self.schema.known(document)

    def validate(self, parameters: Mapping[str, Any]) -> None:
        """Hold the parameters against the contract's schema."""
        for name in self.schema.required:
            if name not in parameters:
                raise self.bad_parameter(f"{name} is required")
        for name, value in parameters.items():
            breach = self.breach(name, value)
            if breach is not None:
                raise self.bad_parameter(breach)

    def breach(self, name: str, value: Any) -> str | None:
        """What is wrong with a parameter, or None."""
        steps = {"clientToken": self.token_breach, "imagePipelineArn": self.arn_breach, "tags": self.tags_breach}
        return steps[name](value) if name in steps else self.schema.breach(name, value)

    def token_breach(self, value: Any) -> str | None:
        """What is wrong with a client token, or None."""
        return self.schema.breach("clientToken", value)

    def arn_breach(self, value: Any) -> str | None:
        """What is wrong with a pipeline's ARN, or None."""
        return self.schema.breach("imagePipelineArn", value)

    def tags_breach(self, value: Any) -> str | None:
        """What is wrong with tags, or None."""
        return self.schema.breach("tags", value)

    # Idempotency

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Start an image, or find the one that the token has started. One request per token at a time."""
        async with self.lock(call, request):
            first = self.recall(call, request)
            if first is not None:
                return await self.replay(call, request, first)
            return await self.begin(call, request)

    def lock(self, call: Call, request: StartRequest) -> asyncio.Lock:
        """What requests with one token wait for."""
        return self.store.lock(self.token_key(call, request))

    def token_key(self, call: Call, request: StartRequest) -> Hashable:
        """What a token is remembered by: all of it, as it is."""
        return request.client_token

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """The execution that the token started, if any."""
        return self.store.executions.get(self.token_key(call, request))

    def remember(self, call: Call, request: StartRequest, execution: Execution) -> None:
        """Bind the token to its execution."""
        self.store.executions[self.token_key(call, request)] = execution

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Answer a token that was seen before."""
        if self.differs(request, first.request):
            raise self.mismatch()
        return Outcome(request, first, replayed=True)

    def differs(self, request: StartRequest, first: StartRequest) -> bool:
        """Whether a request asks for something else than the first one with its token."""
        return request.parameters != first.parameters

    async def begin(self, call: Call, request: StartRequest) -> Outcome:
        """Start an image for a token that is new."""
        pipeline = self.find(request)
        execution = await self.start(call, request, pipeline)
        self.remember(call, request, execution)
        return Outcome(request, execution, replayed=False)

    def find(self, request: StartRequest) -> Pipeline:
        """The pipeline of a request."""
        pipeline = self.store.pipelines.get(request.pipeline_arn)
        if pipeline is None:
            raise self.not_found(request)
        return pipeline

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Start an image."""
        image = Image(self.image_arn(pipeline), pipeline.arn)
        self.store.images[image.arn] = image
        return Execution(request, image.arn, call.request_id)

    def image_arn(self, pipeline: Pipeline) -> str:
        """Name a new image."""
        return pipeline.image_arn(pipeline.next_build())
