# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in what a mismatch is, and in what it leaves behind."""

import hashlib
from collections.abc import Hashable
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Execution, Outcome, StartRequest


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
