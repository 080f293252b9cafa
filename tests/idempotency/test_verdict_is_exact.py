"""The checker against the definition: every order tried, on small histories."""

from collections import Counter
from itertools import combinations, combinations_with_replacement, product
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagebuilder_conformance.idempotency import (
    Anomaly,
    Call,
    HistoryChecker,
    Kind,
    Mismatch,
    Outcome,
    Refused,
    Started,
    Unknown,
    explain,
)

from .brute_force import explicable, forgotten, only, strangers
from .histories import histories, served_histories

# `database=None`: CI and developers see the same examples, and no files are left in the checkout.
thorough = settings(max_examples=250, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def assert_irreducible(anomaly: Anomaly, history: list[Call]) -> None:
    """The anomaly's answers contradict each other, and none of them can be spared."""
    if anomaly.kind.needs_whole_history:
        assert not explicable(only(anomaly.calls, history))
        for spared in anomaly.calls:
            others = [call for call in anomaly.calls if call is not spared]
            assert explicable([forgotten(call) if call is spared else call for call in only(others, history)])
    else:
        # Whatever anybody else did.
        world = strangers(anomaly.calls)
        assert not explicable([*anomaly.calls, *world])
        for spared in anomaly.calls:
            assert explicable([*(call for call in anomaly.calls if call is not spared), *world])


def assert_smallest(anomaly: Anomaly, history: list[Call]) -> None:
    """No fewer answers of the token contradict each other."""
    answered = [call for call in history if call.token == anomaly.token and not isinstance(call.outcome, Refused)]
    for part in combinations(answered, len(anomaly.calls) - 1):
        assert explicable(only(part, history))


def assert_exact(history: list[Call]) -> list[Anomaly]:
    anomalies = explain(history)
    assert (anomalies == []) == explicable(history), anomalies
    for anomaly in anomalies:
        assert_irreducible(anomaly, history)
        # The others are explained in `history`: a refusal is named, and a pair preferred, for the reader's sake.
        if anomaly.kind.needs_whole_history and anomaly.kind is not Kind.MISMATCH_AFTER_REFUSAL:
            assert_smallest(anomaly, history)
    return anomalies


@pytest.mark.slow
@thorough
@given(histories())
def test_random_histories_are_judged_as_by_trying_every_order(history: list[Call]) -> None:
    assert_exact(history)


@pytest.mark.slow
@thorough
@given(histories(tokens=1))
def test_random_histories_of_one_token_are_judged_as_by_trying_every_order(history: list[Call]) -> None:
    assert_exact(history)


@pytest.mark.slow
@thorough
@given(histories(tokens=1, pipelines=2, images=1))
def test_random_histories_of_one_token_and_image_are_judged_as_by_trying_every_order(history: list[Call]) -> None:
    assert_exact(history)


@thorough
@given(served_histories())
def test_what_a_correct_target_answers_is_explained(history: list[Call]) -> None:
    assert explicable(history)
    assert explain(history) == []


@thorough
@given(served_histories(), st.data())
def test_one_changed_answer_is_judged_as_by_trying_every_order(history: list[Call], data: st.DataObject) -> None:
    # Nearly right histories are the hard ones, and rare among random ones.
    changed = data.draw(histories(max_size=1))
    assert_exact([*history[:5], *changed])


def small_calls() -> list[tuple[str, float, float | None, Outcome]]:
    intervals: list[tuple[float, float | None]] = [(0, 0), (0, 1), (1, 1)]
    answers: list[Outcome] = [Started("1"), Started("2"), Mismatch(), Refused("x")]
    answered = [(p, a, b, outcome) for p, (a, b), outcome in product("PQR", intervals, answers)]
    return [*answered, *((p, a, None, Unknown()) for p, a in product("PQR", (0.0, 1.0)))]


@pytest.mark.slow
def test_all_histories_of_up_to_three_calls_of_one_token_are_judged_as_by_trying_every_order() -> None:
    kinds: Counter[Kind] = Counter()
    shapes = small_calls()
    for size in (1, 2, 3):
        for chosen in combinations_with_replacement(shapes, size):
            # Pipelines are interchangeable: the first call's may be taken to be P.
            if chosen[0][0] == "P":
                history = [Call(f"e{i}", "t", p, a, b, outcome) for i, (p, a, b, outcome) in enumerate(chosen)]
                kinds.update(anomaly.kind for anomaly in assert_exact(history))
    assert set(kinds) == set(Kind) - {Kind.IMAGE_SHARED}


@pytest.mark.slow
@thorough
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_calls_are_added_does_not_change_the_verdict(history: list[Call], random: Random) -> None:
    random.shuffle(history)
    checker = HistoryChecker()
    for call in history:
        checker.add(call)
    anomalies = checker.finish()
    assert bool(anomalies) == bool(explain(history))
    for anomaly in anomalies:
        assert_irreducible(anomaly, history)


@pytest.mark.slow
@thorough
@given(histories(max_size=10), st.data())
def test_forgetting_an_answer_never_makes_a_history_harder_to_explain(history: list[Call], data: st.DataObject) -> None:
    if history and explain(history) == []:
        lost = data.draw(st.sampled_from(history))
        assert explain([forgotten(call) if call is lost else call for call in history]) == []


@pytest.mark.slow
@thorough
@given(histories(max_size=10))
def test_what_add_reports_is_never_taken_back(history: list[Call]) -> None:
    checker = HistoryChecker()
    told = [anomaly for call in history for anomaly in checker.add(call)]
    assert checker.finish()[: len(told)] == told
    assert not any(anomaly.kind.needs_whole_history for anomaly in told)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_sentence(kind: Kind) -> None:
    call = Call("e1", "t", "P", 0, 1, Mismatch())
    assert Anomaly.of(kind, "t", call).sentence.startswith("Token 't'")
