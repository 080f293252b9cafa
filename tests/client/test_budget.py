import threading

import pytest

from imagebuilder_conformance.client.budget import Budget, OverBudgetError
from imagebuilder_conformance.target import Timeouts
from tests.support.calls import image, start, target_at
from tests.support.scripted import HangUp, Received, Reply, ScriptedServer, Silence

from .conftest import Calling

pytestmark = pytest.mark.usefixtures("no_waiting")


def started(number: int, status: int = 200) -> Reply:
    return Reply(status, f'{{"imageBuildVersionArn": "{image(number)}"}}'.encode())


def test_without_a_limit_nothing_is_refused() -> None:
    budget = Budget()
    budget.reserve(1000)
    assert budget.left is None


def test_a_reserved_unit_can_not_be_reserved_again() -> None:
    budget = Budget(1)
    budget.reserve()
    with pytest.raises(OverBudgetError, match="1 executions"):
        budget.reserve()


def test_nothing_of_a_refused_reservation_is_kept() -> None:
    budget = Budget(3)
    with pytest.raises(OverBudgetError):
        budget.reserve(4)
    assert budget.left == 3


def test_a_refusal_gives_the_unit_back() -> None:
    budget = Budget(1)
    budget.reserve()
    budget.settle("token", None, unknown=False)
    assert (budget.spent, budget.left) == (0, 1)


def test_a_new_image_spends_it() -> None:
    budget = Budget(1)
    budget.reserve()
    budget.settle("token", image(1), unknown=False)
    assert (budget.spent, budget.left) == (1, 0)


def test_a_replay_spends_nothing() -> None:
    budget = Budget(2)
    for _ in range(3):
        budget.reserve()
        budget.settle("token", image(1), unknown=False)
    assert (budget.spent, budget.left) == (1, 1)


def test_an_unknown_outcome_is_held_against_the_budget() -> None:
    budget = Budget(1)
    budget.reserve()
    budget.settle("token", None, unknown=True)
    assert (budget.spent, budget.left) == (1, 0)


def test_an_unknown_outcome_is_reconciled_by_its_token() -> None:
    budget = Budget(3)
    budget.reserve(2)
    budget.settle("token", None, unknown=True)
    budget.settle("token", image(1), unknown=False)
    assert (budget.spent, budget.left) == (1, 2)


def test_another_token_reconciles_nothing() -> None:
    budget = Budget(3)
    budget.reserve(2)
    budget.settle("token", None, unknown=True)
    budget.settle("other", image(1), unknown=False)
    assert budget.spent == 2


def test_it_is_never_exceeded_under_threads() -> None:
    budget, accepted, barrier = Budget(50), [], threading.Barrier(8)

    def spend(worker: int) -> None:
        barrier.wait()
        for turn in range(100):
            try:
                budget.reserve()
            except OverBudgetError:
                continue
            accepted.append((worker, turn))
            number = worker * 100 + turn
            budget.settle(str(number), image(number) if turn % 2 else None, unknown=turn % 3 == 0)
            left = budget.left
            assert left is not None
            assert 0 <= left <= 50

    threads = [threading.Thread(target=spend, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert budget.spent == 50
    assert budget.left == 0
    assert len(accepted) >= 50


def test_the_client_sends_nothing_over_the_budget(calling: Calling) -> None:
    def answer(_: Received) -> Reply:
        return started(len(server.received))

    with ScriptedServer(answer) as server:
        made = calling(target_at(server.url), budget=Budget(2))
        made.send(start("one"))
        made.send(start("two"))
        with pytest.raises(OverBudgetError):
            made.send(start("three"))
    assert len(server.received) == len(made.intents) == 2


def test_refusals_leave_the_budget_whole(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(400)) as server:
        made = calling(target_at(server.url), budget=Budget(1))
        for _ in range(5):
            made.send()
    assert made.client.budget.left == 1


@pytest.mark.parametrize("action", [HangUp(), Reply(500), Silence()])
def test_what_may_have_started_a_build_is_counted_until_a_replay_shows_it(
    calling: Calling, action: HangUp | Reply | Silence
) -> None:
    with ScriptedServer.playing(action, started(1)) as server:
        made = calling(target_at(server.url, timeouts=Timeouts(connect=20, read=0.2)), budget=Budget(2))
        made.client.send(start(), tries=1)
        assert (made.client.budget.spent, made.client.budget.left) == (1, 1)
        made.client.send(start(), tries=1)
    assert (made.client.budget.spent, made.client.budget.left) == (1, 1)


def test_tries_that_failed_before_the_one_that_named_the_image_cost_one_unit(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(500), HangUp(), started(1)) as server:
        made = calling(target_at(server.url), budget=Budget(2))
        made.send()
    assert (made.client.budget.spent, made.client.budget.left) == (1, 1)


def test_a_server_error_before_a_refusal_stays_in_doubt(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(500), Reply(400)) as server:
        made = calling(target_at(server.url), budget=Budget(2))
        made.send()
    assert made.client.budget.spent == 1
