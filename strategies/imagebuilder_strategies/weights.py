"""A choice between strategies in which some come more often than others."""

from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


def weighted(*arms: tuple[int, st.SearchStrategy[T]]) -> st.SearchStrategy[T]:
    """One of the strategies, each as often as its weight says.

    `st.one_of` leaves out a strategy that it was given before, so naming one several times would weigh nothing.
    """
    return st.sampled_from([arm for weight, arm in arms for _ in range(weight)]).flatmap(_itself)


def _itself(arm: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    return arm
