"""Defects in how long a token is remembered, and with what."""

import asyncio
import time
from collections.abc import Hashable
from typing import ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import ShortMemory
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.messages import Call, Execution, StartRequest
from imagebuilder_conformance.reference.settings import Settings


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
