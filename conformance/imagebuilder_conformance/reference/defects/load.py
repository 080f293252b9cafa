"""Defects that show under load only: among thousands of tokens, or where requests of many clients meet.

Each is the mistake of a target that passes its tests: a limit that is far away, a window of a millisecond.
"""

import asyncio
import itertools
from collections.abc import Hashable
from typing import ClassVar
from weakref import WeakSet

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import ShortMemory
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.messages import Call, Connection, Execution, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.store import Pipeline

_MILLISECOND = 0.001

# Many tokens


@defect("token-forgotten-after-2000-others", breaks="idempotency.replay.same-image", load_only=True)
class TokenForgottenAfterTwoThousand(ShortMemory):
    """Only the latest two thousand tokens are remembered."""

    capacity = 2000


@defect("rehash-loses-tokens", breaks="idempotency.replay.same-image", load_only=True)
class RehashLosesTokens(Behaviour):
    """Each time the table of tokens has grown by 512 it is copied, and one token in sixteen is not."""

    growth: ClassVar[int] = 512
    lost: ClassVar[int] = 16

    def remember(self, call: Call, request: StartRequest, execution: Execution) -> None:
        """Copy the table when it is full."""
        super().remember(call, request, execution)
        tokens = self.store.executions
        if len(self.store.images) % self.growth == 0:
            for key in itertools.islice(list(tokens), self.lost - 1, None, self.lost):
                del tokens[key]


@defect("every-2000th-replay-crossed", breaks="idempotency.replay.same-image", load_only=True)
class EveryTwoThousandthReplayCrossed(Behaviour):
    """Every two thousandth replay is answered with the image of the replay before it."""

    period: ClassVar[int] = 2000

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.replays = itertools.count(1)
        self.previous: Execution | None = None

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Count, and take the wrong one when it is time."""
        outcome = await super().replay(call, request, first)
        previous, self.previous = self.previous, first
        if next(self.replays) % self.period == 0 and previous is not None:
            return Outcome(request, previous, replayed=True)
        return outcome


# Many requests at the same time


@defect("lock-evicted-under-load", breaks="idempotency.concurrent.duplicates", load_only=True)
class LockEvictedUnderLoad(Behaviour):
    """Ten tokens can be locked at a time; with more requests under way the oldest lock is given up."""

    capacity: ClassVar[int] = 10

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.locks: dict[Hashable, asyncio.Lock] = {}

    def lock(self, call: Call, request: StartRequest) -> asyncio.Lock:
        """Keep the latest locks."""
        key = self.token_key(call, request)
        lock = self.locks.setdefault(key, asyncio.Lock())
        while len(self.locks) > self.capacity:
            del self.locks[next(iter(self.locks))]
        return lock

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Give the lock back when nobody holds it."""
        try:
            return await super().execute(call, request)
        finally:
            lock = self.locks.get(self.token_key(call, request))
            if lock is not None and not lock.locked():
                self.locks.pop(self.token_key(call, request), None)

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Take a few milliseconds, as a database does."""
        await asyncio.sleep(5 * _MILLISECOND)
        return await super().start(call, request, pipeline)


@defect("lost-update", breaks="idempotency.replay.same-image", load_only=True)
class LostUpdate(Behaviour):
    """Tokens are kept in pages, which are read, changed and written back; of two changes at a time one is lost."""

    pages: ClassVar[int] = 64

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.stored: list[dict[Hashable, Execution]] = [{} for _ in range(self.pages)]

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Look into the page."""
        key = self.token_key(call, request)
        return self.stored[hash(key) % self.pages].get(key)

    async def begin(self, call: Call, request: StartRequest) -> Outcome:
        """Read the page before, and write it back after."""
        key = self.token_key(call, request)
        page = dict(self.stored[hash(key) % self.pages])
        await asyncio.sleep(_MILLISECOND)
        outcome = await super().begin(call, request)
        page[key] = outcome.execution
        self.stored[hash(key) % self.pages] = page
        return outcome


@defect("build-numbers-by-the-hundred", breaks="idempotency.token.distinct", load_only=True)
class BuildNumbersByTheHundred(Behaviour):
    """Build numbers are fetched a hundred at a time, and who comes while they are fetched gets the same hundred."""

    batch: ClassVar[int] = 100

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.fetched: dict[str, int] = {}

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Fetch the next hundred where the present one is used up."""
        if pipeline.last_build and pipeline.last_build % self.batch == 0:
            last = pipeline.last_build
            await asyncio.sleep(10 * _MILLISECOND)
            pipeline.last_build = last
        return await super().start(call, request, pipeline)


@defect("second-instance-knows-nothing", breaks="idempotency.replay.same-image", load_only=True)
class SecondInstanceKnowsNothing(Behaviour):
    """From the seventeenth open connection on a second instance answers, with a table of tokens of its own."""

    connections: ClassVar[int] = 16

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.first: WeakSet[Connection] = WeakSet()
        self.second: WeakSet[Connection] = WeakSet()

    def token_key(self, call: Call, request: StartRequest) -> Hashable:
        """The token and its instance."""
        return request.client_token, self._is_second(call.connection)

    def _is_second(self, connection: Connection) -> bool:
        if connection not in self.first and connection not in self.second:
            alive = sum(not each.is_closing() for each in self.first)
            (self.second if alive >= self.connections else self.first).add(connection)
        return connection in self.second
