"""Conformant variations in what is accepted, in which order, and how fast."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import InFlightRefused, SlowStart
from imagebuilder_conformance.reference.defects.registry import variation
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Execution, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.store import Pipeline
from imagebuilder_spec import Suite

# Tokens


class _Restricted(Behaviour):
    """Some tokens are refused that the contract says nothing about."""

    def admits(self, token: str) -> bool:
        """Whether a token is accepted."""
        raise NotImplementedError

    def token_breach(self, value: Any) -> str | None:
        """Refuse the others."""
        if isinstance(value, str) and not self.admits(value):
            return "clientToken holds a character that is not accepted"
        return super().token_breach(value)


@variation("tokens-ascii-only")
class TokensAsciiOnly(_Restricted):
    """A token with a character outside ASCII is refused."""

    def admits(self, token: str) -> bool:
        """ASCII only."""
        return token.isascii()


@variation("tokens-without-control-characters")
class TokensWithoutControlCharacters(_Restricted):
    """A token with a control character is refused."""

    def admits(self, token: str) -> bool:
        """No control characters."""
        return all(character >= " " and character != "\x7f" for character in token)


@variation("refused-token-used-up", warns=("idempotency.refused.token-free",))
class RefusedTokenUsedUp(Behaviour):
    """A token that came with a pipeline that does not exist is bound to it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.bound: dict[str, StartRequest] = {}

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Refuse another pipeline."""
        if self.differs(request, self.bound.get(request.client_token, request)):
            raise self.mismatch()
        return await super().execute(call, request)

    def find(self, request: StartRequest) -> Pipeline:
        """Bind the token before the pipeline is looked up."""
        self.bound[request.client_token] = request
        return super().find(request)


@variation("in-flight-duplicates-refused")
class InFlightDuplicatesRefused(InFlightRefused):
    """A request whose token is just being worked on is refused with ResourceInUseException."""


# The order of the steps


@variation("existence-before-idempotency")
class ExistenceBeforeIdempotency(Behaviour):
    """The pipeline is looked up before the token, so a used token with an unknown pipeline is a 404."""

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Look the pipeline up first."""
        self.find(request)
        return await super().execute(call, request)


@variation("arn-before-token")
class ArnBeforeToken(Behaviour):
    """The body is validated from its last member to its first, and what is missing comes last."""

    def validate(self, parameters: dict[str, Any]) -> None:  # type: ignore[override]  # narrower is enough here
        """Turn the order around."""
        for name in reversed(parameters):
            breach = self.breach(name, parameters[name])
            if breach is not None:
                raise self.bad_parameter(breach)
        super().validate(parameters)


@variation("existence-before-token")
class ExistenceBeforeToken(Behaviour):
    """A well-formed pipeline is looked up before the token is validated, so a token that is too long is a 404 too."""

    def validate(self, parameters: Mapping[str, Any]) -> None:
        """Look the pipeline up between the two."""
        arn = parameters.get("imagePipelineArn")
        if isinstance(arn, str) and self.arn_breach(arn) is None:
            self.find(StartRequest("", arn, parameters))
        super().validate(parameters)


@variation("authentication-after-validation")
class AuthenticationAfterValidation(Behaviour):
    """The signature is verified after the body, so an invalid request is refused for what is in it first."""

    async def handle(self, call: Call) -> Outcome:
        """Put off the signature."""
        self.dispatch(call)
        if call.oversized:
            raise self.oversized()
        self.throttle(call)
        request = self.read(call)
        self.authenticate(call)
        self.authorize(call)
        return await self.execute(call, request)


@variation("authentication-before-dispatch")
class AuthenticationBeforeDispatch(Behaviour):
    """The signature is verified before the method and the path."""

    def dispatch(self, call: Call) -> None:
        """Verify first, where the body is whole."""
        if not call.oversized:
            self.authenticate(call)
        super().dispatch(call)


# What else a target may do


@variation("json-leniently-read")
class JsonLenientlyRead(Behaviour):
    """A byte order mark, a member twice and NaN are read as Python does."""

    def parse(self, body: bytes) -> Any:
        """Try the lenient parser where the strict one refuses."""
        try:
            return super().parse(body)
        except Fault:
            try:
                document = json.loads(body.decode("utf-8-sig"), parse_int=float)
                json.dumps(document, ensure_ascii=False).encode()
            except (ValueError, RecursionError):
                pass
            else:
                return document
            raise


@variation("signatures-unverified", suites=(Suite.CORE, Suite.THROTTLING, Suite.FAULTS), verify_signatures=False)
class SignaturesUnverified(Behaviour):
    """No signature is verified."""


@variation("rate-limited", rate_limit=50.0)
class RateLimited(Behaviour):
    """At most fifty requests a second are answered, and the others with 429."""


@variation("rate-limited-400", rate_limit=50.0)
class RateLimited400(Behaviour):
    """At most fifty requests a second are answered, and the others with the common ThrottlingException, 400."""

    def throttled(self) -> Fault:
        """Take the code and the status that AWS publishes for all services."""
        return Fault("ThrottlingException", super().throttled().message, status=400)


@variation("builds-take-a-while")
class BuildsTakeAWhile(Behaviour):
    """Starting an image takes 50 ms, and its duplicates wait for it."""

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Wait first."""
        await asyncio.sleep(0.05)
        return await super().start(call, request, pipeline)


@variation("one-request-at-a-time")
class OneRequestAtATime(SlowStart):
    """While a request is worked on, every other one is refused as meeting a resource in use."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.busy = asyncio.Lock()

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Refuse where it could wait."""
        if self.busy.locked():
            raise Fault("ResourceInUseException", "Another request is being worked on; retry later.")
        async with self.busy:
            return await super().execute(call, request)
