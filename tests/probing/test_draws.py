import signal

import pytest
from hypothesis import strategies as st

from imagebuilder_conformance.probing.draws import draw
from imagebuilder_strategies import client_tokens, invalid_pipeline_arns

NUMBERS = st.integers(0, 10**9)


def test_the_same_seed_draws_the_same() -> None:
    assert draw(NUMBERS, 20, seed_=7) == draw(NUMBERS, 20, seed_=7)


def test_another_seed_draws_others() -> None:
    assert draw(NUMBERS, 20, seed_=7) != draw(NUMBERS, 20, seed_=8)


@pytest.mark.parametrize("strategy", [client_tokens(), invalid_pipeline_arns()], ids=["tokens", "ARNs"])
def test_the_strategies_of_the_suites_are_as_deterministic(strategy: st.SearchStrategy[object]) -> None:
    assert draw(strategy, 10, seed_=3) == draw(strategy, 10, seed_=3)


def test_no_more_are_drawn_than_asked_for() -> None:
    assert len(draw(NUMBERS, 5, seed_=1)) == 5
    assert draw(NUMBERS, 1, seed_=1) == draw(NUMBERS, 1, seed_=1)


def test_a_small_space_is_drawn_as_far_as_it_goes() -> None:
    assert sorted(draw(st.booleans(), 50, seed_=1)) == [False, True]


def test_an_example_is_made_once_for_each_that_is_given() -> None:
    # So nothing that is sent afterwards was sent before by shrinking or replaying.
    made: list[int] = []

    def note(number: int) -> int:
        made.append(number)
        return number

    drawn = draw(NUMBERS.map(note), 30, seed_=5)
    assert made == drawn
    assert len(drawn) == 30


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_waits_for_the_end_of_the_draw(number: signal.Signals) -> None:
    # In the midst of Hypothesis it would be lost, or come out as another error.
    made: list[int] = []

    def interrupted(drawn: int) -> int:
        made.append(drawn)
        if len(made) == 3:
            signal.raise_signal(number)
        return drawn

    before = signal.signal(number, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            draw(NUMBERS.map(interrupted), 10, seed_=1)
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, before)
    assert len(made) == 10
