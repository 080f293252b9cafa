"""How many tries a fault takes to count, by what a run has seen of its network."""

import pytest

from imagebuilder_conformance.client.messages import Attempt, Fault
from imagebuilder_conformance.client.network import Network
from tests.support.calls import start, target_at
from tests.support.exchanges import CRASH, NOT_FOUND, success
from tests.support.scripted import Garbage, Reply, ScriptedServer

from .conftest import Calling

pytestmark = pytest.mark.usefixtures("no_waiting")

LOST = Attempt(0, 0.1, fault=Fault.CLOSED)
CRASHED = Attempt(0, 0.1, answer=CRASH)
ANSWERED = Attempt(1, 0.1, answer=success())
CUT = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"clientToken": "a-'
WHOLE = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"clientToken": "a-token"}'


@pytest.mark.parametrize(("every", "tries"), [(100, 3), (20, 5), (5, 8), (2, 10)])
def test_the_more_often_a_network_fails_the_more_tries_it_takes(every: int, tries: int) -> None:
    network = Network()
    for number in range(400):
        network.note([LOST, ANSWERED] if number % every == 0 else [ANSWERED])
    assert abs(network.tries - tries) <= 1


@pytest.mark.parametrize("attempts", [[CRASHED] * 3, [LOST] * 3, [ANSWERED], [Attempt(0, 0.1, answer=NOT_FOUND)]])
def test_what_no_later_try_overcame_says_nothing_of_the_network(attempts: list[Attempt]) -> None:
    network = Network()
    for _ in range(100):
        network.note(attempts)
    assert network.tries == 1


def test_a_body_of_unknown_length_that_ends_within_its_json_is_asked_for_again(calling: Calling) -> None:
    with ScriptedServer.playing(Garbage(CUT), Garbage(WHOLE)) as server:
        exchange = calling(target_at(server.url)).client.send(start())
    assert len(exchange.attempts) == 2
    assert exchange.answer is not None
    assert exchange.answer.members == {"clientToken": "a-token"}
    assert [shown.attempts[-1].answer for _, shown in exchange.own_answers] == [exchange.answer]


def test_one_that_always_ends_there_is_the_targets(calling: Calling) -> None:
    with ScriptedServer.playing(Garbage(CUT)) as server:
        exchange = calling(target_at(server.url)).client.send(start())
    assert len(exchange.attempts) == 3
    assert not exchange.is_undecided
    assert [answer.body for answer, _ in exchange.own_answers] == [b'{"clientToken": "a-']


def test_a_body_of_known_length_is_not_asked_for_again(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200, b'{"clientToken')) as server:
        exchange = calling(target_at(server.url)).client.send(start())
    assert len(exchange.attempts) == 1
