import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from imagebuilder_conformance.client.budget import Budget, OverBudgetError
from imagebuilder_conformance.client.client import TargetLostError
from imagebuilder_conformance.client.messages import Fault
from imagebuilder_conformance.client.race import hang_up, race
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.target import Timeouts
from tests.support.calls import IMAGE, REQUESTS, image, start, target_at
from tests.support.certificates import self_signed
from tests.support.scripted import Garbage, HangUp, Received, Reply, ScriptedServer, Silence

from .conftest import Calling

WIDTH = 6
STARTED = Reply(200, f'{{"imageBuildVersionArn": "{IMAGE}"}}'.encode())


def tokens(count: int = WIDTH) -> list[str]:
    return [f"racer-{number}" for number in range(count)]


def test_no_request_of_a_race_is_answered_before_all_have_arrived(calling: Calling) -> None:
    arrived = threading.Barrier(WIDTH)

    def answer(_: Received) -> Reply:
        # Breaks, and with it the test, unless all of them are there at once.
        arrived.wait(timeout=20)
        return STARTED

    with ScriptedServer(answer) as server:
        exchanges = race(calling(target_at(server.url)).client, [start(token) for token in tokens()], check="c")
    assert [str(exchange) for exchange in exchanges] == [f"200 with image {IMAGE}"] * WIDTH


def test_nothing_of_a_race_is_complete_until_everything_but_its_last_bytes_is_sent(
    calling: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete: list[int] = []
    with ScriptedServer.playing(STARTED) as server:
        made = calling(target_at(server.url))
        announce = made.client.announce

        def watched(*args: object) -> str:
            complete.append(len(server.received))
            return announce(*args)  # type: ignore[arg-type]  # passed on

        monkeypatch.setattr(made.client, "announce", watched)
        race(made.client, [start(token) for token in tokens()], check="c")
    assert complete == [0] * WIDTH


def test_exchanges_come_in_the_order_of_their_requests_each_with_its_own_answer(calling: Calling) -> None:
    with ScriptedServer(lambda request: Reply(200, request.body)) as server:
        made = calling(target_at(server.url))
        exchanges = race(made.client, [start(token) for token in tokens()], check="some.check")
    for token, exchange in zip(tokens(), exchanges, strict=True):
        assert exchange.request.token == token
        assert exchange.answer is not None
        assert exchange.answer.body == exchange.request.body
        assert exchange.check == "some.check"
    assert len({request.connection for request in server.received}) == WIDTH
    assert {result.exchange for result in made.results} == {exchange.id for exchange in exchanges}


def test_racing_requests_are_signed(calling: Calling, reference: ReferenceServer) -> None:
    client = calling(target_at(reference.url)).client
    exchanges = race(client, [start("raced-é"), start("raced-é")], check="c")
    assert all(exchange.is_success for exchange in exchanges)
    assert len({exchange.image for exchange in exchanges}) == 1


def test_a_race_goes_over_tls_too(calling: Calling, tmp_path_factory: pytest.TempPathFactory) -> None:
    certificate = self_signed(tmp_path_factory.mktemp("race"))
    with ScriptedServer(lambda _: STARTED, tls=certificate.server_context()) as server:
        for verify in (str(certificate.bundle), False):
            client = calling(target_at(server.url, verify=verify)).client
            assert all(each.image == IMAGE for each in race(client, [start(), start()], check="c"))


@pytest.mark.parametrize(
    ("action", "fault"),
    [
        (HangUp(), Fault.CLOSED),
        (Silence(), Fault.TIMEOUT),
        (Garbage(b"SSH-2.0\r\n"), Fault.GARBLED),
        (Garbage(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), Fault.CUT),
    ],
)
def test_what_comes_of_a_racer_is_recorded(calling: Calling, action: HangUp | Silence | Garbage, fault: Fault) -> None:
    with ScriptedServer.playing(action) as server:
        made = calling(target_at(server.url, timeouts=Timeouts(connect=20, read=0.2)), budget=Budget(2))
        exchanges = race(made.client, [start("a"), start("b")], check="c")
    assert [exchange.fault for exchange in exchanges] == [fault, fault]
    assert made.client.budget.spent == 2


def test_a_race_of_duplicates_costs_one_execution(calling: Calling) -> None:
    with ScriptedServer.playing(STARTED) as server:
        made = calling(target_at(server.url), budget=Budget(WIDTH))
        race(made.client, [start("same")] * WIDTH, check="c")
    assert (made.client.budget.spent, made.client.budget.left) == (1, WIDTH - 1)


@pytest.mark.parametrize(("limit", "width"), [(WIDTH, WIDTH), (3, 3), (2, 2)])
def test_as_many_race_as_the_budget_allows(calling: Calling, limit: int, width: int) -> None:
    with ScriptedServer.playing(STARTED) as server:
        made = calling(target_at(server.url), budget=Budget(limit))
        raced = race(made.client, [start(token) for token in tokens()], check="c")
    assert [exchange.request.token for exchange in raced] == tokens()[:width]
    assert len(server.received) == width


def test_a_race_of_one_is_none_so_it_sends_nothing_and_takes_nothing(calling: Calling) -> None:
    with ScriptedServer.playing(STARTED) as server:
        made = calling(target_at(server.url), budget=Budget(1))
        with pytest.raises(OverBudgetError):
            race(made.client, [start(token) for token in tokens()], check="c")
        assert made.client.budget.left == 1
        assert made.intents == []
    assert server.received == []


def test_a_race_against_nothing_is_lost_and_gives_its_units_back(calling: Calling) -> None:
    with ScriptedServer.playing(STARTED) as server:
        url = server.url
    made = calling(target_at(url), budget=Budget(WIDTH))
    with pytest.raises(TargetLostError):
        race(made.client, [start(token) for token in tokens()], check="c")
    assert made.client.budget.left == WIDTH
    assert len(made.intents) == len(made.results)


def test_a_kept_connection_does_not_stand_in_the_way_of_a_race(calling: Calling) -> None:
    with ScriptedServer.playing(STARTED) as server:
        made = calling(target_at(server.url))
        made.send()
        race(made.client, [start(), start()], check="c")
        made.send()
    assert [each.connection for each in server.received] in ([1, 2, 3, 4], [1, 3, 2, 4])


def test_who_hangs_up_has_sent_the_whole_request(calling: Calling) -> None:
    came = threading.Event()

    def answer(_: Received) -> Reply:
        came.set()
        return STARTED

    with ScriptedServer(answer) as server:
        made = calling(target_at(server.url), budget=Budget(2))
        exchange = hang_up(made.client, start("left"), check="c")
        assert came.wait(20)
    assert (exchange.answer, exchange.fault) == (None, Fault.CLOSED)
    assert server.received[0].body == start("left").body
    assert made.client.budget.spent == 1


def test_a_retry_after_hanging_up_reconciles_the_outcome(calling: Calling) -> None:
    with ScriptedServer.playing(STARTED) as server:
        made = calling(target_at(server.url), budget=Budget(2))
        hang_up(made.client, start("left"), check="c")
        made.send(start("left"))
    assert (made.client.budget.spent, made.client.budget.left) == (1, 1)


def test_hanging_up_on_a_target_that_hangs_up_first_is_no_error(calling: Calling) -> None:
    with ScriptedServer.playing(HangUp()) as server:
        exchange = hang_up(calling(target_at(server.url)).client, start(), check="c", wait=0.05)
    assert exchange.fault is Fault.CLOSED


def test_a_body_of_one_byte_can_race(calling: Calling) -> None:
    with ScriptedServer.playing(STARTED) as server:
        client = calling(target_at(server.url)).client
        exchanges = race(client, [REQUESTS.raw(b"x", "one byte"), REQUESTS.raw(b"", "none")], check="c")
    assert [exchange.image for exchange in exchanges] == [image(1), image(1)]


@contextmanager
def slamming() -> Iterator[str]:
    """The URL of a target that resets each connection as soon as it is opened."""
    listener = socket.create_server(("127.0.0.1", 0))

    def slam() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

    thread = threading.Thread(target=slam)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_a_target_that_slams_the_door_is_not_lost(calling: Calling) -> None:
    # Somebody listens: it may be too busy for so many at once.
    with slamming() as url:
        made = calling(target_at(url), budget=Budget(WIDTH))
        exchanges = race(made.client, [start(token) for token in tokens()], check="c")
    assert {exchange.fault for exchange in exchanges} == {Fault.CLOSED}
    assert len(made.results) == len(made.intents) == WIDTH


def test_hanging_up_on_it_is_no_error_either(calling: Calling) -> None:
    with slamming() as url:
        exchange = hang_up(calling(target_at(url)).client, start(), check="c", wait=0.05)
    assert exchange.fault is Fault.CLOSED


def test_racing_over_broken_tls_is_recorded(calling: Calling) -> None:
    with ScriptedServer.playing(STARTED) as server:
        client = calling(target_at(server.url.replace("http:", "https:"))).client
        assert {exchange.fault for exchange in race(client, [start(), start()], check="c")} == {Fault.TLS}
