"""No defect and no variation is dead: each answers something in a way that the contract kept does not."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

import pytest

from imagebuilder_conformance.reference import DENIED_CREDENTIALS, Credentials, Settings
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import defects, variations
from imagebuilder_conformance.reference.defects.registry import Entry
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.throttle import TokenBucket
from imagebuilder_spec import revisions

from .conversation import Observed, Talk, converse
from .conversations import CONVERSATIONS
from .exchanges import JSON, PATH, Client, body_of, signed

# These need signatures or a rate limit to show.
SIGNATURES, THROTTLING = "signatures", "throttling"
BY_CALLER = {SIGNATURES, "denial"}
BY_SIGNATURE = {
    "auth-access-denied",
    "authentication-after-validation",
    "authentication-before-dispatch",
    "denial-as-access-denied",
}
# Of these the setting alone differs.
BY_SETTING = {"signatures-unverified", "rate-limited"}
BY_BURST = {"rate-limited-400"}

TALKATIVE: list[Entry] = [
    *(entry for entry in defects().values() if entry.area not in {*BY_CALLER, THROTTLING}),
    *(entry for entry in variations().values() if entry.name not in BY_SETTING | BY_SIGNATURE | BY_BURST),
]
THROTTLED: list[Entry] = [
    *(entry for entry in defects().values() if entry.area == THROTTLING),
    *(entry for entry in variations().values() if entry.name in BY_BURST),
]
SIGNED: list[Entry] = [
    *(entry for entry in defects().values() if entry.area in BY_CALLER),
    *(entry for entry in variations().values() if entry.name in BY_SIGNATURE),
]


@cache
def kept(revision: str) -> list[list[Observed]]:
    return [converse(None, steps, revision) for steps in CONVERSATIONS]


@pytest.mark.parametrize("revision", revisions())
def test_the_contract_kept_answers_alike_each_time(revision: str) -> None:
    assert kept(revision) == [converse(None, steps, revision) for steps in CONVERSATIONS]


@pytest.mark.slow
@pytest.mark.parametrize("entry", TALKATIVE, ids=lambda entry: entry.name)
def test_it_answers_something_differently(entry: Entry) -> None:
    pairs = zip(CONVERSATIONS, kept(entry.revision), strict=True)
    assert frames_differently(entry) or any(
        converse(entry, steps, entry.revision) != answers for steps, answers in pairs
    )


def frames_differently(entry: Entry) -> bool:
    """Whether the bytes of an answer are others, where the answer is put together anew."""
    if not entry.behaviour.reframes:
        return False
    heads = [b"HTTP/1.1 %d Said\r\ncontent-length: 8\r\n\r\n" % status for status in (200, 404)]
    behaviours = entry.behaviour(entry.settings()), Behaviour(Settings())
    here, there = ([each.frame(head, b'{"a": 1}') for head in heads] for each in behaviours)
    return here != there


def burst(behaviour: type[Behaviour]) -> list[Observed]:
    """More than the limit allows at once, then a pause in which a few pass again."""
    now = 0.0

    async def talk() -> list[Observed]:
        nonlocal now
        talk = Talk(behaviour(Settings(verify_signatures=False, rate_limit=5)))
        talk.behaviour.bucket = TokenBucket(5, clock=lambda: now)
        for number in range(8):
            await talk.ask(body_of(f"token-{number}"))
        now = 1.0
        await talk.ask(body_of("later"))
        return talk.observed

    return asyncio.run(talk())


@pytest.mark.parametrize("entry", THROTTLED, ids=lambda entry: entry.name)
def test_it_throttles_differently(entry: Entry) -> None:
    assert entry.rate_limit is not None
    assert burst(entry.behaviour) != burst(Behaviour)


URL = f"http://localhost{PATH}"
BODY = body_of()


def requests_of_all_kinds() -> list[dict[str, Any]]:
    """Requests that are signed well, and badly in each way; each says what `Talk.ask` changes."""
    good = signed(URL, BODY)
    stated = signed(URL, BODY, headers={**JSON, "X-Amz-Content-SHA256": hashlib.sha256(BODY).hexdigest()})
    authorization = good["Authorization"]
    return [
        {"headers": good},
        {"headers": {}},
        {"headers": {**good, "Authorization": authorization[:-4] + "0000"}},
        {"headers": {**good, "Authorization": "Bearer x"}},
        {"headers": stated, "body": BODY + b" "},
        {"headers": signed(URL, BODY, region="eu-west-1")},
        {"headers": signed(URL, BODY, service="ec2")},
        {"headers": signed(URL, BODY, credentials=Credentials("stranger", "secret"))},
        {"headers": signed(URL, BODY, credentials=DENIED_CREDENTIALS)},
        {"headers": {}, "body": b"malformed"},
        {"headers": {}, "path": "/elsewhere"},
    ]


def later(clock: Callable[[], datetime], by: timedelta) -> datetime:
    return clock() + by


def present(behaviour: type[Behaviour]) -> list[Observed]:
    """Show a behaviour well and badly signed requests, on time, too late and too early."""

    async def talk() -> list[Observed]:
        talk = Talk(behaviour(Settings()))
        clock = talk.behaviour.verifier.clock
        for minutes in (0, 6, -6):
            talk.behaviour.verifier.clock = partial(later, clock, timedelta(minutes=minutes))
            for request in requests_of_all_kinds():
                headers = {name.lower(): value for name, value in request["headers"].items()}
                await talk.ask(BODY, **{**request, "headers": headers})
        return talk.observed

    return asyncio.run(talk())


@pytest.mark.parametrize("entry", SIGNED, ids=lambda entry: entry.name)
def test_it_verifies_differently(entry: Entry) -> None:
    assert present(entry.behaviour) != present(Behaviour)


@pytest.mark.parametrize("entry", [*defects().values(), *variations().values()], ids=lambda entry: entry.name)
def test_it_starts_and_answers(entry: Entry) -> None:
    with ReferenceServer(entry.settings(), behaviour=entry.behaviour) as server:
        client = Client(server.url)
        replies = [client.start(token) for token in ("one", "two", "one")]
        client.close()
    assert all(100 <= reply.status < 600 for reply in replies)
