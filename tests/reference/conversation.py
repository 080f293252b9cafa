"""A fixed conversation with a behaviour, without a server and in no time, to see whether it differs from another."""

import asyncio
import dataclasses
import json
import selectors
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Message

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import Entry
from imagebuilder_conformance.reference.errors import HangUp
from imagebuilder_conformance.reference.messages import Call
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_spec import DEFAULT_REVISION, load_contract

from .connections import FakeConnection
from .exchanges import PATH, PIPELINE_A, body_of

Observed = tuple[Any, ...]
Step = Callable[["Talk"], Awaitable[None]]


class SkippingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        self.skipped = 0.0
        super().__init__(_SkippingSelector(self))

    def time(self) -> float:
        return super().time() + self.skipped


class _SkippingSelector(selectors.DefaultSelector):
    def __init__(self, loop: SkippingLoop) -> None:
        super().__init__()
        self.loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.loop.skipped += timeout or 0.0
        return super().select(0)


@dataclass
class Talk:
    """One conversation: what was asked lies in the steps, what was answered in `observed`."""

    behaviour: Behaviour
    observed: list[Observed] = field(default_factory=list)
    request_ids: dict[str, int] = field(default_factory=dict)
    connection: FakeConnection = field(default_factory=FakeConnection)

    async def ask(self, sent: bytes, **changes: Any) -> None:
        """Send a request and note what comes."""
        headers = {"host": "localhost", "content-type": "application/json", "content-length": str(len(sent))}
        headers |= changes.pop("headers", {})
        limit = self.behaviour.body_limit
        call = Call(
            method="PUT",
            path=PATH,
            query="",
            headers=Headers({name: value for name, value in headers.items() if value is not None}),
            body=sent[:limit],
            oversized=len(sent) > limit,
            request_id=self.behaviour.new_request_id(),
            connection=self.connection,
        )
        self.observed.append(await self._observe(dataclasses.replace(call, **changes)))

    async def _observe(self, call: Call) -> Observed:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        loop = asyncio.get_running_loop()
        skipped = loop.skipped if isinstance(loop, SkippingLoop) else 0.0
        try:
            await self.behaviour.deliver(await self.behaviour.answer(call), send)
        except HangUp:
            return ("dropped",)
        waited = isinstance(loop, SkippingLoop) and loop.skipped > skipped + 0.005
        return sent[0]["status"], waited, self._headers(sent[0]), *(self._body(message) for message in sent[1:])

    def _headers(self, head: Message) -> Observed:
        return tuple((name, self._blank(value.decode())) for name, value in head["headers"])

    def _body(self, message: Message) -> Observed:
        try:
            document = json.loads(message["body"])
        except ValueError:
            return (message["body"].decode("utf-8", "replace"),)
        if isinstance(document, dict) and isinstance(document.get("requestId"), str):
            document["requestId"] = self._blank(document["requestId"])
        return message["body"].count(b"\n"), json.dumps(document)

    def _blank(self, value: str) -> str:
        """Request ids differ each time; what counts is their form, and which of them are the same."""
        is_id = len(value) == 36 and value.count("-") == 4
        return f"id {self.request_ids.setdefault(value, len(self.request_ids))}" if is_id else value


def converse(entry: Entry | None, steps: list[Step], revision: str = DEFAULT_REVISION) -> list[Observed]:
    """Have a conversation with an entry of the catalogue, or with the contract kept (None), in a revision of it."""
    behaviour = Behaviour if entry is None else entry.behaviour
    settings = Settings(verify_signatures=False, contract=load_contract(revision))

    async def talk() -> list[Observed]:
        talk = Talk(behaviour(settings))
        for step in steps:
            await step(talk)
        return talk.observed

    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        return runner.run(talk())


def asking(body: bytes, **changes: Any) -> Step:
    return lambda talk: talk.ask(body, **changes)


def starting(token: object, arn: object = PIPELINE_A, **others: object) -> Step:
    return asking(body_of(token, arn, **others))


def together(*asks: tuple[str, str]) -> Step:
    async def step(talk: Talk) -> None:
        async with asyncio.TaskGroup() as group:
            for token, arn in asks:
                group.create_task(talk.ask(body_of(token, arn), connection=FakeConnection()))

    return step


async def a_second_passes(_: Talk) -> None:
    await asyncio.sleep(1.5)


async def a_client_hangs_up(talk: Talk) -> None:
    connection = FakeConnection()
    task = asyncio.create_task(talk.ask(body_of("gone"), connection=connection))
    await asyncio.sleep(0)
    connection.abort()
    await task


def another_arn(part: str, other: str) -> Step:
    return starting("arn", PIPELINE_A.replace(part, other))
