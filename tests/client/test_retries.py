import sys

import pytest

from imagebuilder_conformance.client.budget import Budget
from imagebuilder_conformance.client.client import TargetLostError
from imagebuilder_conformance.client.messages import Exchange, Fault
from imagebuilder_conformance.client.pacing import Pace
from imagebuilder_conformance.target import Timeouts
from imagebuilder_spec import FaultDemand
from tests.support.calls import Recorded, start, target_at
from tests.support.scripted import Garbage, HangUp, Reply, Reset, ScriptedServer, Silence

from .conftest import Calling

pytestmark = pytest.mark.usefixtures("no_waiting")


def unhurried() -> Pace:
    return Pace(sleep=lambda _: None)


def outcomes(exchange: Exchange) -> list[int | Fault | None]:
    return [attempt.answer.status if attempt.answer else attempt.fault for attempt in exchange.attempts]


def test_a_good_answer_takes_one_try_and_no_waiting(calling: Calling, no_waiting: list[float]) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        assert outcomes(calling(target_at(server.url)).send()) == [200]
    assert len(server.received) == 1
    # Not even for no time, which the system takes its time over.
    assert no_waiting == []


def test_server_errors_are_retried_and_each_try_is_recorded(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(500, b"one"), Reply(500, b"two"), Reply(200)) as server:
        made = calling(target_at(server.url))
        exchange = made.send()
    assert outcomes(exchange) == [500, 500, 200]
    [result] = made.results
    assert result.record is not None
    assert [attempt.status for attempt in result.record.attempts] == [500, 500, 200]
    assert [attempt.body.data for attempt in result.record.attempts if attempt.body] == ["one", "two", "{}"]


def test_tries_are_bounded(calling: Calling, no_waiting: list[float]) -> None:
    with ScriptedServer.playing(Reply(503)) as server:
        exchange = calling(target_at(server.url)).send()
    assert 2 <= len(server.received) <= 5
    assert len(exchange.attempts) == len(server.received)
    assert exchange.is_undecided
    assert sum(no_waiting) < 5


@pytest.mark.parametrize("status", [200, 204, 301, 400, 403, 404, 405, 413, 501])
def test_an_answer_that_another_try_would_not_change_is_taken(calling: Calling, status: int) -> None:
    body = b"" if status == 204 else b"{}"
    with ScriptedServer.playing(Reply(status, body), Reply(200)) as server:
        assert outcomes(calling(target_at(server.url)).send()) == [status]


def test_throttling_is_waited_out_longer_each_time(calling: Calling, no_waiting: list[float]) -> None:
    with ScriptedServer.playing(Reply(429), Reply(429), Reply(429), Reply(200)) as server:
        exchange = calling(target_at(server.url), pace=unhurried()).send()
    assert outcomes(exchange) == [429, 429, 429, 200]
    waits = no_waiting[1:]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


def test_throttling_that_does_not_end_is_given_up(calling: Calling, no_waiting: list[float]) -> None:
    with ScriptedServer.playing(Reply(429)) as server:
        exchange = calling(target_at(server.url), pace=unhurried()).send()
    assert set(outcomes(exchange)) == {429}
    assert len(exchange.attempts) <= 10
    assert sum(no_waiting) < 15
    assert exchange.is_undecided


@pytest.mark.parametrize("status", [429, 503])
def test_a_target_that_only_throttles_or_fails_is_lost(calling: Calling, status: int) -> None:
    def send_ten(made: Recorded) -> None:
        for _ in range(10):
            made.send()

    with ScriptedServer.playing(Reply(status)) as server:
        made = calling(target_at(server.url), pace=unhurried())
        with pytest.raises(TargetLostError, match=f"no request is answered any more but by {status}"):
            send_ten(made)
    assert 2 <= len(made.exchanges) <= 8


def test_a_target_that_throttles_and_answers_is_not(calling: Calling) -> None:
    throttled = [Reply(429)] * 24
    with ScriptedServer.playing(*throttled, Reply(200), *throttled, Reply(200)) as server:
        made = calling(target_at(server.url), pace=unhurried())
        assert [made.send().is_undecided for _ in range(8)] == [True] * 3 + [False] + [True] * 3 + [False]


def test_different_faults_in_turn_are_all_recorded(calling: Calling) -> None:
    with ScriptedServer.playing(HangUp(), Reply(429), Reply(200)) as server:
        exchange = calling(target_at(server.url), pace=unhurried()).send()
    assert outcomes(exchange) == [Fault.CLOSED, 429, 200]


def test_one_try_is_one_try_whatever_comes(calling: Calling) -> None:
    for action in (Reply(500), Reply(429), HangUp()):
        with ScriptedServer.playing(action, Reply(200)) as server:
            exchange = calling(target_at(server.url), pace=unhurried()).client.send(start(), tries=1)
        assert len(exchange.attempts) == len(server.received) == 1


def test_each_try_sends_the_same_bytes(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(500), HangUp(), Reply(200)) as server:
        calling(target_at(server.url)).send(start(token="kept"))
    assert len(server.received) == 3
    assert len({(each.method, each.path, each.body) for each in server.received}) == 1
    assert all(each.header("authorization") for each in server.received)


IDLE = "imagebuilder_conformance.client.transport._IDLE"


def test_a_close_on_a_kept_connection_is_retried_on_a_fresh_one(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200), HangUp(), HangUp(), Reply(200)) as server:
        made = calling(target_at(server.url))
        made.send()
        exchange = made.send()
    assert outcomes(exchange) == [Fault.CLOSED, Fault.CLOSED, 200]
    assert [each.connection for each in server.received] == [1, 1, 2, 3]


def test_the_close_of_an_idle_connection_is_stale_and_that_of_a_fresh_one_never(
    calling: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(IDLE, -1.0)
    with ScriptedServer.playing(Reply(200), HangUp(), HangUp(), Reply(200)) as server:
        made = calling(target_at(server.url))
        made.send()
        exchange = made.send()
    assert [attempt.stale for attempt in exchange.attempts] == [True, False, False]


def test_the_close_of_a_connection_that_was_just_used_is_not_stale(
    calling: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(IDLE, 3600.0)
    with ScriptedServer.playing(Reply(200), HangUp(), Reply(200)) as server:
        made = calling(target_at(server.url))
        made.send()
        exchange = made.send()
    assert [attempt.stale for attempt in exchange.attempts] == [False, False]


def test_a_reset_of_a_kept_connection_is_stale_and_one_of_a_fresh_connection_is_not(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200), Reset(), Reset(), Reply(200)) as server:
        made = calling(target_at(server.url))
        made.send()
        exchange = made.send()
    assert outcomes(exchange) == [Fault.CLOSED, Fault.CLOSED, 200]
    assert [attempt.stale for attempt in exchange.attempts] == [True, False, False]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells")
def test_a_close_that_crosses_the_next_request_is_stale_and_one_after_it_was_read_is_not(
    calling: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The request is sent although the end of the connection has come, as where the two cross.
    monkeypatch.setattr("imagebuilder_conformance.client.final_responses._Kept.is_connected", True)
    with ScriptedServer.playing(Garbage(Reply(200).encoded()), Reply(200), HangUp(), Reply(200)) as server:
        made = calling(target_at(server.url))
        made.send()
        server.await_closed()
        crossed, read = made.send(), made.send()
    assert outcomes(crossed) == outcomes(read) == [Fault.CLOSED, 200]
    assert [exchange.attempts[0].stale for exchange in (crossed, read)] == [True, False]


def test_connections_are_kept(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        made = calling(target_at(server.url))
        for _ in range(5):
            made.send()
    assert server.connections == 1


def test_a_closed_transport_connects_anew(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        made = calling(target_at(server.url))
        made.send()
        made.client.transport.close()
        made.send()
    assert server.connections == 2


def test_no_answer_in_time_is_tried_once_more_only(calling: Calling) -> None:
    with ScriptedServer.playing(Silence()) as server:
        exchange = calling(target_at(server.url, timeouts=Timeouts(connect=20, read=0.1))).send()
    assert outcomes(exchange) == [Fault.TIMEOUT, Fault.TIMEOUT]


def test_an_answer_that_stops_in_its_middle_is_not_in_time(calling: Calling) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
    with ScriptedServer.playing(Garbage(head, stalls=True)) as server:
        exchange = calling(target_at(server.url, timeouts=Timeouts(connect=20, read=0.1))).send()
    assert set(outcomes(exchange)) == {Fault.TIMEOUT}


def test_an_answer_that_is_cut_short_is_none(calling: Calling) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
    with ScriptedServer.playing(Garbage(head), Reply(200)) as server:
        assert outcomes(calling(target_at(server.url)).send()) == [Fault.CUT, 200]


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"HTTP/9 what\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_not_http_is_told_from_silence(calling: Calling, garbage: bytes) -> None:
    with ScriptedServer.playing(Garbage(garbage)) as server:
        exchange = calling(target_at(server.url)).client.send(start(), tries=1)
    assert outcomes(exchange) == [Fault.GARBLED]


def test_where_nothing_listens_the_target_is_lost(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        url = server.url
    made = calling(target_at(url), budget=Budget(1))
    with pytest.raises(TargetLostError, match="nothing answers") as caught:
        made.send()
    lost = caught.value.exchange
    assert set(outcomes(lost)) == {Fault.REFUSED}
    assert len(lost.attempts) > 1
    assert lost.id in str(caught.value)
    assert url in str(caught.value)
    assert [result.exchange for result in made.results] == [lost.id]
    assert made.exchanges == [lost]
    assert made.client.budget.left == 1


def test_a_target_that_dies_is_lost_with_its_last_exchange(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        made = calling(target_at(server.url))
        made.send()
    with pytest.raises(TargetLostError) as caught:
        made.send()
    assert caught.value.exchange.id == made.intents[-1].exchange


def test_every_exchange_has_an_id_of_its_own_an_intent_before_and_a_result_after(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200), Reply(500), Reply(200)) as server:
        made = calling(target_at(server.url))
        sent = [made.send() for _ in range(3)]
    assert [event.exchange for event in made.journal] == [each.id for each in sent for _ in range(2)]
    assert [type(event).__name__ for event in made.journal] == ["Intent", "Result"] * 3
    assert len({each.id for each in sent}) == 3


def test_times_run_on(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(500), Reply(200)) as server:
        made = calling(target_at(server.url))
        first, second = made.send(), made.send()
    assert 0 <= first.started_at <= first.attempts[1].at <= first.ended_at <= second.started_at


def test_clients_beside_one_another_share_budget_and_journal_but_not_ids(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(500)) as server:
        made = calling(target_at(server.url), budget=Budget(10))
        beside = made.client.beside(made.client.target, "b")
        beside.send(start())
        beside.transport.close()
        made.send()
    assert beside.budget is made.client.budget
    assert len({event.exchange for event in made.intents}) == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_request_that_demands_a_fault_is_sent_once(calling: Calling, status: int) -> None:
    with ScriptedServer.playing(Reply(status), Reply(200)) as server:
        made = calling(target_at(server.url))
        assert outcomes(made.send(start().demanding(FaultDemand("ServiceException")))) == [status]
    assert len(server.received) == 1
