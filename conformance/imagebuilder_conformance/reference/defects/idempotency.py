# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in what a used token brings back."""

import asyncio
import hashlib
import time
from collections.abc import Hashable, Mapping
from typing import Any, ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Execution, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.store import Pipeline

# What a replay gets


@defect("token-ignored", breaks="idempotency.replay.same-image")
class TokenIgnored(Behaviour):
    """Every request starts an image, whatever its token."""

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Remember nothing."""
        return None


class _SomeForgotten(Behaviour):
    """Some tokens are not found again."""

    def is_found(self, token: str) -> bool:
        """Whether a token is found again."""
        raise NotImplementedError

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Find only some."""
        return super().recall(call, request) if self.is_found(request.client_token) else None


@defect("token-stored-in-32-characters", breaks="idempotency.replay.same-image")
class TokenStoredInThirtyTwoCharacters(_SomeForgotten):
    """A token is cut to 32 characters when it is stored, and looked up whole."""

    def is_found(self, token: str) -> bool:
        """Only what was not cut."""
        return len(token) <= 32


@defect("token-with-quotes-escaped-twice", breaks="idempotency.replay.same-image")
class TokenWithQuotesEscapedTwice(_SomeForgotten):
    """A quote in a token is escaped twice when it is stored, and once when it is looked up."""

    def is_found(self, token: str) -> bool:
        """Only what needs no escapes."""
        return "'" not in token


@defect("token-of-one-character-ignored", breaks="idempotency.replay.same-image")
class TokenOfOneCharacterIgnored(_SomeForgotten):
    """A token of one character is taken for none."""

    def is_found(self, token: str) -> bool:
        """Only the longer ones."""
        return len(token) > 1


@defect("token-ignored-with-charset", breaks="idempotency.replay.same-image")
class TokenIgnoredWithCharset(Behaviour):
    """A request whose content type has a parameter goes past the layer that remembers tokens."""

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Remember only what is application/json to the letter."""
        plain = call.headers.get("content-type") == self.operation.content_type
        return super().recall(call, request) if plain else None


@defect("token-forgotten-once-replayed", breaks="idempotency.replay.same-image")
class TokenForgottenOnceReplayed(Behaviour):
    """A token is good for one replay; after that it starts an image again."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Replay and forget."""
        outcome = await super().replay(call, request, first)
        del self.store.executions[self.token_key(call, request)]
        return outcome


@defect("replay-refused", breaks="idempotency.replay.succeeds")
class ReplayRefused(Behaviour):
    """A token that was used is refused, as a key that must be unique."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Refuse the same as well as the different."""
        await super().replay(call, request, first)
        raise self.bad_parameter("clientToken exists already")


@defect("replay-mismatched", breaks="idempotency.replay.succeeds")
class ReplayMismatched(Behaviour):
    """Any use of a used token is a mismatch, also with the same parameters."""

    def differs(self, request: StartRequest, first: StartRequest) -> bool:
        """Compare objects and not their values."""
        return request is not first


@defect("replay-gets-latest-image", breaks="idempotency.replay.after-other-tokens")
class ReplayGetsLatestImage(Behaviour):
    """A replay gets the latest image of the pipeline, which is not always the one that its token started."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Look the pipeline's image up."""
        outcome = await super().replay(call, request, first)
        pipeline = self.find(request)
        latest = Execution(first.request, pipeline.image_arn(pipeline.last_build), first.request_id)
        return Outcome(request, latest, outcome.replayed)


@defect("replay-starts-hidden-build", breaks="idempotency.hidden-builds")
class ReplayStartsHiddenBuild(Behaviour):
    """A replay gets the image of the first request, and starts another that nobody hears of."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Start before looking."""
        self.find(request).next_build()
        return await super().replay(call, request, first)


# How long a token is remembered


class ShortMemory(Behaviour):
    """Only the latest tokens are remembered."""

    capacity: ClassVar[int] = 0

    def remember(self, call: Call, request: StartRequest, execution: Execution) -> None:
        """Make room for the new token."""
        super().remember(call, request, execution)
        while len(self.store.executions) > self.capacity:
            del self.store.executions[next(iter(self.store.executions))]


@defect("token-forgotten-after-1-other", breaks="idempotency.replay.after-other-tokens")
class TokenForgottenAfterOne(ShortMemory):
    """Only the latest token is remembered."""

    capacity = 1


@defect("token-forgotten-after-8-others", breaks="idempotency.replay.after-other-tokens")
class TokenForgottenAfterEight(ShortMemory):
    """Only the latest eight tokens are remembered."""

    capacity = 8


@defect("token-forgotten-after-32-others", breaks="idempotency.replay.after-other-tokens")
class TokenForgottenAfterThirtyTwo(ShortMemory):
    """Only the latest thirty-two tokens are remembered."""

    capacity = 32


@defect("token-forgotten-after-a-second", breaks="idempotency.replay.after-delay")
class TokenForgottenAfterASecond(Behaviour):
    """A token is remembered for a second."""

    seconds: ClassVar[float] = 1.0

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.remembered_at: dict[Hashable, float] = {}

    def remember(self, call: Call, request: StartRequest, execution: Execution) -> None:
        """Note the time."""
        super().remember(call, request, execution)
        self.remembered_at[self.token_key(call, request)] = asyncio.get_running_loop().time()

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Forget what is too old."""
        key = self.token_key(call, request)
        age = asyncio.get_running_loop().time() - self.remembered_at.get(key, 0.0)
        if age > self.seconds:
            self.store.executions.pop(key, None)
        return super().recall(call, request)


@defect("token-kept-with-date", breaks="idempotency.replay.after-delay")
class TokenKeptWithDate(Behaviour):
    """The date of a request, to the second, counts as a part of its token."""

    def token_key(self, call: Call, request: StartRequest) -> Hashable:
        """The token and the second."""
        return request.client_token, call.headers.get("x-amz-date") or int(time.time())


@defect("token-kept-with-connection", breaks="idempotency.concurrent.duplicates")
class TokenKeptWithConnection(Behaviour):
    """A token is remembered with its connection, so on another connection it starts an image again."""

    def token_key(self, call: Call, request: StartRequest) -> Hashable:
        """The token and the connection."""
        return request.client_token, call.connection


# What a mismatch is, and what it leaves behind


@defect("token-kept-with-pipeline", breaks="idempotency.mismatch.refused")
class TokenKeptWithPipeline(Behaviour):
    """Each pipeline has tokens of its own, so a used token starts an image of another pipeline."""

    def token_key(self, call: Call, request: StartRequest) -> Hashable:
        """The token and the pipeline."""
        return request.client_token, request.pipeline_arn


@defect("body-hashed-as-token", breaks="idempotency.mismatch.refused")
class BodyHashedAsToken(Behaviour):
    """The hash of the whole body is the token, so other parameters start another image."""

    def token_key(self, call: Call, request: StartRequest) -> Hashable:
        """A hash of the body."""
        return hashlib.sha256(call.body).digest()


@defect("mismatch-ignored", breaks="idempotency.mismatch.refused")
class MismatchIgnored(Behaviour):
    """A used token gets the image that it started, also with another pipeline."""

    def differs(self, request: StartRequest, first: StartRequest) -> bool:
        """Compare nothing."""
        return False


@defect("mismatch-compares-lengths", breaks="idempotency.mismatch.refused")
class MismatchComparesLengths(Behaviour):
    """Two pipelines are the same if their ARNs are of the same length."""

    def differs(self, request: StartRequest, first: StartRequest) -> bool:
        """Compare lengths."""
        return len(request.pipeline_arn) != len(first.pipeline_arn)


@defect("mismatch-starts-image", breaks="idempotency.mismatch.refused")
class MismatchStartsImage(Behaviour):
    """A used token with another pipeline starts an image of that one, and belongs to it from then on."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Start anew where something differs."""
        if self.differs(request, first.request):
            return await self.begin(call, request)
        return await super().replay(call, request, first)


@defect("mismatch-overwrites-original", breaks="idempotency.mismatch.original-intact")
class MismatchOverwritesOriginal(Behaviour):
    """A mismatch is refused, but its parameters replace those of the original request."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Store before comparing."""
        self.remember(call, request, Execution(request, first.image_arn, first.request_id))
        return await super().replay(call, request, first)


@defect("mismatch-forgets-original", breaks="idempotency.mismatch.original-intact")
class MismatchForgetsOriginal(Behaviour):
    """A mismatch is refused and frees the token, so the original request starts an image again."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Forget what a refusal was about."""
        try:
            return await super().replay(call, request, first)
        except Fault:
            del self.store.executions[self.token_key(call, request)]
            raise


@defect("replay-before-validation", breaks="idempotency.mismatch.invalid-request")
class ReplayBeforeValidation(Behaviour):
    """A used token gets its image before anything else in the request is validated."""

    def read(self, call: Call) -> StartRequest:
        """Look the token up as soon as it is known."""
        document = self.parse(call.body)
        if isinstance(document, dict):
            token = document.get("clientToken")
            execution = self.store.executions.get(token) if isinstance(token, str) else None
            # A well-formed ARN of another pipeline is still a mismatch.
            if execution is not None and self.arn_breach(document.get("imagePipelineArn")):
                return execution.request
        return super().read(call)


@defect("replay-without-pipeline", breaks="idempotency.mismatch.invalid-request")
class ReplayWithoutPipeline(Behaviour):
    """A used token need not come with a pipeline: the one that it was first used with is filled in."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Fill in the ARN."""
        members = super().members(document)
        token = members.get("clientToken")
        if isinstance(token, str) and token in self.store.executions:
            members.setdefault("imagePipelineArn", self.store.executions[token].request.pipeline_arn)
        return members


# What a refusal leaves behind


class _RefusalsRemembered(Behaviour):
    """A refusal belongs to its token, and comes back whatever the token is used for."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.refusals: dict[str, Fault] = {}

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Bring a refusal back, or keep a new one."""
        if request.client_token in self.refusals:
            raise self.refusals[request.client_token]
        return await super().execute(call, request)


@defect("refused-pipeline-remembered", breaks="idempotency.refused.token-free")
class RefusedPipelineRemembered(_RefusalsRemembered):
    """That a pipeline was not found is remembered for the token, also once it comes with one that exists."""

    def find(self, request: StartRequest) -> Pipeline:
        """Keep the refusal."""
        try:
            return super().find(request)
        except Fault as fault:
            self.refusals[request.client_token] = fault
            raise


@defect("refused-parameters-remembered", breaks="idempotency.refused.token-free")
class RefusedParametersRemembered(_RefusalsRemembered):
    """That a parameter was invalid is remembered for the token, also once it comes with valid ones."""

    def validate(self, parameters: Mapping[str, Any]) -> None:
        """Keep the refusal."""
        try:
            super().validate(parameters)
        except Fault as fault:
            self.refusals[str(parameters.get("clientToken"))] = fault
            raise
