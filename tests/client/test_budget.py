import threading

import pytest

from imagebuilder_conformance.client.budget import Budget, OverBudgetError
from imagebuilder_conformance.target import Timeouts
from tests.support.calls import PIPELINE, REQUESTS, image, start, target_at
from tests.support.scripted import HangUp, Received, Reply, ScriptedServer, Silence

from .conftest import Calling

pytestmark = pytest.mark.usefixtures("no_waiting")


def started(number: int, status: int = 200) -> Reply:
    return Reply(status, f'{{"imageBuildVersionArn": "{image(number)}"}}'.encode())


def test_without_a_limit_nothing_is_refused() -> None:
    budget = Budget()
    for _ in range(1000):
        budget.reserve()
    assert budget.left is None


def test_a_reserved_unit_can_not_be_reserved_again() -> None:
    budget = Budget(1)
    budget.reserve()
    with pytest.raises(OverBudgetError, match="1 executions"):
        budget.reserve()


def test_what_was_spent_in_vain_is_told() -> None:
    budget = Budget(4)
    budget.reserve("token")
    budget.settle("token", None, unknown=3)
    budget.reserve("other")
    with pytest.raises(OverBudgetError, match=r"4 executions is used up, 3 of them by tries that met a server error"):
        budget.reserve("another")


def test_nothing_of_a_refused_reservation_is_kept() -> None:
    budget = Budget(0)
    with pytest.raises(OverBudgetError):
        budget.reserve("token")
    assert budget.left == 0


def test_what_must_start_nothing_can_be_sent_when_all_is_spent_but_one_at_a_time() -> None:
    budget = Budget(0)
    budget.reserve("unknown", harmless=True)
    with pytest.raises(OverBudgetError):
        budget.reserve("another", harmless=True)
    budget.settle("unknown", None, harmless=True)
    budget.reserve("another", harmless=True)


def test_so_can_a_token_that_has_its_image() -> None:
    budget = Budget(1)
    budget.reserve("token")
    budget.settle("token", image(1))
    budget.reserve("token")
    budget.settle("token", image(1))
    with pytest.raises(OverBudgetError):
        budget.reserve("other")


@pytest.mark.parametrize("limit", [0, 1, 4])
def test_a_target_that_starts_a_build_for_everything_is_stopped_one_above_the_limit(limit: int) -> None:
    budget = Budget(limit)

    def send_all() -> None:
        for number in range(99):
            budget.reserve(None, harmless=True)
            budget.settle(None, image(number), harmless=True)

    with pytest.raises(OverBudgetError):
        send_all()
    assert limit <= budget.spent <= limit + 1


def test_once_a_harmless_request_has_started_a_build_no_other_is_started_on_purpose() -> None:
    budget = Budget(9)
    budget.reserve("token")
    budget.settle("token", image(1))
    budget.reserve("token")
    budget.settle("token", image(2))
    with pytest.raises(OverBudgetError, match="must start none"):
        budget.reserve("fresh")
    # What must start nothing may go on, as long as there are units for it.
    budget.reserve("token")
    assert budget.left == 6


@pytest.mark.parametrize(
    ("limit", "tokens", "least", "width"),
    [
        (None, "abc", 2, 3),
        (2, "abc", 2, 2),
        (9, "abc", 2, 3),
        (0, "abc", 2, 0),
        (1, "abc", 2, 1),
        (3, "aaaa", 2, 3),
        # A token has one image, so its duplicates must start nothing: where it takes that, one goes on credit.
        (1, "aaaa", 2, 2),
        (2, "abab", 2, 2),
        (2, "abab", 3, 3),
        (1, "abab", 3, 1),
    ],
)
def test_as_many_may_be_under_way_as_the_units_allow(limit: int | None, tokens: str, least: int, width: int) -> None:
    assert Budget(limit).width([(token, False) for token in tokens], least=least) == width


def test_a_refusal_gives_the_unit_back() -> None:
    budget = Budget(1)
    budget.reserve()
    budget.settle("token", None)
    assert (budget.spent, budget.left) == (0, 1)


def test_a_new_image_spends_it() -> None:
    budget = Budget(1)
    budget.reserve()
    budget.settle("token", image(1))
    assert (budget.spent, budget.left) == (1, 0)


def test_a_replay_spends_nothing() -> None:
    budget = Budget(2)
    for _ in range(3):
        budget.reserve()
        budget.settle("token", image(1))
    assert (budget.spent, budget.left) == (1, 1)


def test_an_unknown_outcome_is_held_against_the_budget() -> None:
    budget = Budget(1)
    budget.reserve()
    budget.settle("token", None, unknown=1)
    assert (budget.spent, budget.left) == (1, 0)


def test_an_unknown_outcome_is_reconciled_by_its_token() -> None:
    budget = Budget(3)
    for _ in range(2):
        budget.reserve("token")
    budget.settle("token", None, unknown=1)
    budget.settle("token", image(1))
    assert (budget.spent, budget.left) == (1, 2)


def test_another_token_reconciles_nothing() -> None:
    budget = Budget(3)
    budget.reserve("token")
    budget.reserve("other")
    budget.settle("token", None, unknown=1)
    budget.settle("other", image(1))
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
            budget.settle(str(number), image(number) if turn % 2 else None, unknown=int(turn % 3 == 0))
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


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_tries_after_server_errors_count_too(calling: Calling, limit: int) -> None:
    with ScriptedServer.playing(Reply(500)) as server:
        made = calling(target_at(server.url), budget=Budget(limit))

        def send_all() -> None:
            for number in range(9):
                made.send(start(f"token-{number}"))

        with pytest.raises(OverBudgetError):
            send_all()
    assert limit <= len(server.received) <= limit + 1


@pytest.mark.parametrize(
    ("body", "spent"),
    [(b"[[[[", 0), (b"{}", 0), (f'["{PIPELINE}"'.encode(), 1), (f'{{"imagePipelineArn": "{PIPELINE}-x"}}'.encode(), 1)],
)
def test_a_server_error_for_what_is_wrong_on_purpose_counts_once_if_it_names_a_pipeline(
    calling: Calling, body: bytes, spent: int
) -> None:
    with ScriptedServer.playing(Reply(500)) as server:
        made = calling(target_at(server.url), budget=Budget(5))
        made.send(REQUESTS.raw(body, "some break", violates="some.break"))
    assert made.client.budget.spent == spent


def test_tries_after_throttling_do_not_for_nothing_was_started(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(429), Reply(429), started(1)) as server:
        made = calling(target_at(server.url), budget=Budget(1))
        assert made.send().is_success
    assert len(server.received) == 3
    assert made.client.budget.spent == 1


def test_what_is_wrong_on_purpose_can_still_be_sent_when_all_is_spent(calling: Calling) -> None:
    with ScriptedServer.playing(started(1), Reply(400)) as server:
        made = calling(target_at(server.url), budget=Budget(1))
        made.send()
        wrong = [
            start("b").breaking("token.some-break"),
            start("c", pipeline=f"{PIPELINE}-unknown"),
            REQUESTS.raw(b"{}", "another path", path="/elsewhere"),
            start(),
        ]
        assert [made.send(request).answer is not None for request in wrong] == [True] * 4
        with pytest.raises(OverBudgetError):
            made.send(start("fresh"))
    assert len(server.received) == 5
