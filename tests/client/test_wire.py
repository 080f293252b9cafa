"""The bytes beside the bodies are taken down from real connections: before, around and behind each answer."""

import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest

from clients.framing.cases import Case, answering, read_cases, read_clients
from clients.framing.measured import read_measured
from clients.framing.page import page
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.race import race
from imagebuilder_conformance.client.wire import Wire
from imagebuilder_conformance.oracles.findings import failures
from imagebuilder_conformance.oracles.framing import framed
from imagebuilder_spec import Level
from tests.project.places import ROOT
from tests.support.calls import CONTRACT, start, target_at
from tests.support.certificates import Certificate, self_signed
from tests.support.scripted import Action, Garbage, Kept, ScriptedServer, in_turn

from .conftest import Calling

CASES = read_cases()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture(params=["http", "https"])
def trust(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Certificate | None:
    """What a server has, if it is one of TLS."""
    return self_signed(tmp_path_factory.mktemp("wire")) if request.param == "https" else None


def serving(action: Action, trust: Certificate | None = None) -> ScriptedServer:
    return ScriptedServer(lambda _: action, tls=trust.server_context() if trust else None)


def wires(
    calling: Calling,
    server: ScriptedServer,
    trust: Certificate | None = None,
    count: int = 1,
    between: Callable[[], None] = lambda: None,
) -> list[Wire]:
    """What framed the answers to so many requests, one after the other, each followed by what is done between."""
    made = calling(target_at(server.url, verify=str(trust.bundle) if trust else True))
    exchanges = []
    for _ in range(count):
        exchanges.append(made.send())
        between()
    found = [exchange.attempts[-1].wire for exchange in exchanges]
    assert None not in found
    return [wire for wire in found if wire is not None]


def broken(*exchanges: Exchange) -> set[str]:
    return {failure.clause for failure in failures(framed.judge(exchanges, CONTRACT))}


def test_an_answer_in_order_has_a_head_and_nothing_around_it(calling: Calling, trust: Certificate | None) -> None:
    with serving(Kept(HEAD + b"{}"), trust) as server:
        assert wires(calling, server, trust, 3) == [Wire(HEAD, received=len(HEAD) + 2)] * 3
        assert server.connections == 1


def test_what_comes_with_the_end_of_a_body_is_behind_it(calling: Calling, trust: Certificate | None) -> None:
    with serving(Kept(HEAD + b"{}null"), trust) as server:
        first, second = wires(calling, server, trust, 2)
    assert (first.after, second.after) == (b"null", b"null")
    assert second.before == b""


def test_what_comes_later_lies_before_the_next_request(calling: Calling, trust: Certificate | None) -> None:
    with serving(Kept(HEAD + b"{}", b"null"), trust) as server:
        first, second = wires(calling, server, trust, 2, server.go_on)
    assert (first.after, first.before) == (b"", b"")
    assert (second.after, second.before) == (b"", b"null")


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize("surplus", [b"\r\n", b"null", b"null\r\n"])
def test_what_comes_while_the_next_answer_is_due_lies_before_that(calling: Calling, surplus: bytes) -> None:
    """On a connection that had an answer; on a new one it is a status line that is none."""
    late = in_turn([Kept(HEAD + b"{}"), Kept(surplus + HEAD + b"{}")])
    with ScriptedServer(late) as server:
        made = calling(target_at(server.url))
        exchanges = [made.send() for _ in range(2)]
    following, anew = (exchanges[1].attempts[number].wire for number in (0, 1))
    assert following is not None
    assert anew is not None
    assert (following.head, following.before) == (b"", (surplus + HEAD).splitlines(keepends=True)[0])
    assert anew.head
    assert broken(replace(exchanges[1], attempts=exchanges[1].attempts[:1])) == {"framing.body.end"}
    assert broken(replace(exchanges[1], attempts=exchanges[1].attempts[1:])) == {"framing.status-line"}


def test_what_lies_behind_the_last_chunk_is_seen_too(calling: Calling) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nX-Sum: a\r\n\r\n"
    with ScriptedServer.playing(Kept(chunked + b"\r\n")) as server:
        [wire] = wires(calling, server)
    assert wire.chunks == b"2;a=b\r\n0\r\nX-Sum: a\r\n\r\n"
    assert wire.after == b"\r\n"


def test_each_answer_of_a_race_has_its_bytes(calling: Calling, trust: Certificate | None) -> None:
    with serving(Kept(HEAD + b"{}null"), trust) as server:
        client = calling(target_at(server.url, verify=str(trust.bundle) if trust else True)).client
        exchanges = race(client, [start(f"racer-{number}") for number in range(4)], check="c")
    assert [exchange.attempts[0].wire for exchange in exchanges] == [
        Wire(HEAD, after=b"null", received=len(HEAD) + 6)
    ] * 4
    assert broken(*exchanges) == {"framing.body.end"}


def test_a_connection_closed_for_idleness_is_not_blamed(calling: Calling) -> None:
    with ScriptedServer.playing(Kept(HEAD + b"{}", TIMED_OUT)) as server:
        made = calling(target_at(server.url))
        exchanges = []
        for _ in range(3):
            exchanges.append(made.send())
            server.go_on()
    assert [exchange.attempts[-1].wire for exchange in exchanges][1:] == [
        Wire(HEAD, before=TIMED_OUT, received=len(HEAD) + 2)
    ] * 2
    assert all(exchange.is_success for exchange in exchanges)
    assert broken(*exchanges) == set()


def test_a_head_of_megabytes_is_not_kept(calling: Calling, no_waiting: list[float]) -> None:
    fields = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 60_000) for number in range(90))
    long = b"HTTP/1.1 200 OK\r\n" + fields * 2 + b"Content-Length: 2\r\n\r\n{}"
    assert len(long) > 10_000_000
    with ScriptedServer.playing(Garbage(long)) as server:
        made = calling(target_at(server.url))
        made.send()
        tracemalloc.start()
        try:
            exchanges = [made.send() for _ in range(3)]
            # What raised holds itself.
            gc.collect()
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert no_waiting
    assert all(len(attempt.wire.head) < 200_000 for each in exchanges for attempt in each.attempts if attempt.wire)
    assert kept < 5_000_000
    assert broken(*exchanges) == {"framing.head-size"}


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_clause_that_an_answer_breaks_is_told_and_no_other(calling: Calling, case: Case) -> None:
    """Of every answer that docs/framing.md measures clients with."""
    with ScriptedServer(answering(CASES)) as server:
        made = calling(target_at(server.url + case.path))
        exchanges = []
        for _ in range(3):
            exchanges.append(made.send())
            if case.later:
                server.go_on()
    assert broken(*exchanges) == ({case.breaks} if case.breaks else set())


def test_each_must_ends_a_client_of_an_sdk_and_each_clause_has_an_answer_that_ends_one() -> None:
    measured = read_measured()
    outcomes = {reader: measured.clients[reader.client.name].outcomes for reader in read_clients()}
    for clause in CONTRACT.clauses.values():
        if clause.area == "framing":
            names = [case.name for case in CASES if case.breaks == clause.id]
            ending = [reader for reader, found in outcomes.items() if any(found[name] for name in names)]
            assert ending, clause.id
            assert clause.level is not Level.MUST or any(reader.sdk for reader in ending), clause.id


def test_no_answer_is_blamed_with_which_no_client_ends() -> None:
    rows = [row.outcomes for row in read_measured().clients.values()]
    assert {case.name for case in CASES if case.breaks and not any(row[case.name] for row in rows)} == set()


def test_an_answer_that_a_client_ends_with_is_blamed_or_has_a_reason() -> None:
    rows = [row.outcomes for row in read_measured().clients.values()]
    ending = {case.name for case in CASES if any(row[case.name] for row in rows)}
    assert {case.name for case in CASES if case.name in ending and not case.breaks and not case.lenient} == set()


def test_the_page_is_made_from_what_was_measured() -> None:
    """If not: `python -m clients.framing --page > docs/framing.md`."""
    assert (ROOT / "docs" / "framing.md").read_text(encoding="utf-8") == page(CASES, read_clients(), read_measured())
