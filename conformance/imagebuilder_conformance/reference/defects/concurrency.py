# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects that show when requests meet, or when a client goes away."""

import asyncio
from collections.abc import Hashable

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import PAUSE, NowAndThen, SlowStart, Unlocked, crash
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Execution, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.store import Pipeline

# Requests with the same token


@defect("race-last-wins", breaks="idempotency.concurrent.duplicates")
class RaceLastWins(Unlocked):
    """A token is looked up and stored in two steps; of identical requests at the same time each starts an image."""


@defect("race-first-kept", breaks="idempotency.concurrent.duplicates")
class RaceFirstKept(Unlocked):
    """Of identical requests at the same time each starts an image, and the first one's is kept for replays."""

    def remember(self, call: Call, request: StartRequest, execution: Execution) -> None:
        """Keep what is there."""
        self.store.executions.setdefault(self.token_key(call, request), execution)


@defect("race-between-pipelines", breaks="idempotency.concurrent.mismatch")
class RaceBetweenPipelines(SlowStart):
    """Requests wait for each other only with the same pipeline, so two pipelines race for a token."""

    def lock(self, call: Call, request: StartRequest) -> asyncio.Lock:
        """A lock of the token with its pipeline."""
        return self.store.lock((request.client_token, request.pipeline_arn))


@defect("race-loser-crashes", breaks="errors.transient")
class RaceLoserCrashes(Unlocked):
    """Of identical requests at the same time all but one end in a server error, of a row that exists already."""

    async def begin(self, call: Call, request: StartRequest) -> Outcome:
        """Insert first, and fail where the row is there."""
        self.find(request)
        await asyncio.sleep(PAUSE)
        if self.recall(call, request) is not None:
            raise Fault("ServiceException", "UNIQUE constraint failed")
        execution = Execution(request, self.image_arn(self.find(request)), call.request_id)
        self.remember(call, request, execution)
        return Outcome(request, execution, replayed=False)


# Requests with different tokens


@defect("answers-crossed", breaks="idempotency.concurrent.distinct")
class AnswersCrossed(Behaviour):
    """What a request is about lies in a global variable, which the next request overwrites before the answer."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.current: Outcome | None = None

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Come back to what may be another's by now."""
        self.current = await super().execute(call, request)
        await asyncio.sleep(PAUSE)
        return self.current


@defect("build-number-read-then-written", breaks="idempotency.concurrent.distinct")
class BuildNumberReadThenWritten(Behaviour):
    """The number of the last build is read and written in two steps, so requests at the same time share an image."""

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Read, wait, write."""
        build = pipeline.last_build + 1
        await asyncio.sleep(PAUSE)
        pipeline.last_build = build
        return Execution(request, pipeline.image_arn(build), call.request_id)


# A client that went away, a request that failed


class _Unfinished(Behaviour):
    """Tokens whose request was not finished start anew each time."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.unfinished: set[Hashable] = set()

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Trust only what was finished."""
        return None if self.token_key(call, request) in self.unfinished else super().recall(call, request)


@defect("hang-up-unfinished-for-ever", breaks="idempotency.hang-up")
class HangUpUnfinishedForEver(_Unfinished):
    """A request whose client hung up counts as unfinished, and each retry of it starts an image."""

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Look whether anybody still waits."""
        await asyncio.sleep(PAUSE)
        if call.connection.is_closing():
            self.unfinished.add(self.token_key(call, request))
        return await super().start(call, request, pipeline)


@defect("hang-up-begins-hidden-build", breaks="idempotency.hidden-builds")
class HangUpBeginsHiddenBuild(Behaviour):
    """A build whose client hung up goes on, and its token is forgotten, so that a retry begins another."""

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Begin one for nobody where nobody waits any more."""
        await asyncio.sleep(PAUSE)
        if call.connection.is_closing():
            pipeline.next_build()
            raise Fault("ServiceException", "The client is gone.")
        return await super().start(call, request, pipeline)


@defect("failure-begins-hidden-build", breaks="idempotency.hidden-builds")
class FailureBeginsHiddenBuild(Behaviour):
    """Now and then a build is begun, answered with a server error, and forgotten, so that a retry begins another."""

    period = 19

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.starts = 0

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Begin, and fail."""
        self.starts += 1
        if self.starts % self.period == 0:
            pipeline.next_build()
            raise crash()
        return await super().start(call, request, pipeline)


@defect("server-error-kept", breaks="idempotency.server-error.not-kept")
class ServerErrorKept(NowAndThen):
    """Now and then a request ends in a server error, which is stored under its token and answered to every retry."""

    period = 19

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.failed: set[str] = set()

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Answer as at first."""
        if request.client_token in self.failed:
            raise self.trouble()
        try:
            return await super().execute(call, request)
        except Fault as fault:
            if fault.code == "ServiceException":
                self.failed.add(request.client_token)
            raise


@defect("failure-unfinished-for-ever", breaks="idempotency.retry-after-error")
class FailureUnfinishedForEver(_Unfinished, NowAndThen):
    """Now and then a request ends in a server error, and from then on each retry of it starts an image."""

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Note what failed."""
        try:
            return await super().execute(call, request)
        except Fault as fault:
            if fault.code == "ServiceException":
                self.unfinished.add(self.token_key(call, request))
            raise
