"""Examples from Hypothesis strategies, drawn before anything is sent.

Hypothesis sends an example again when it shrinks, replays or draws a duplicate, and a target keeps state. So
it only generates here; sending and judging are done outside of it, once for each example.
"""

import threading
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

Example = TypeVar("Example")

GENERATING = threading.Lock()
"""Held while Hypothesis generates: its older releases are not made for several threads."""


def draw(strategy: SearchStrategy[Example], count: int, *, seed_: int) -> list[Example]:
    """`count` examples of the strategy, the same for the same seed."""
    examples: list[Example] = []

    @settings(
        phases=[Phase.generate],
        database=None,
        deadline=None,
        max_examples=count,
        suppress_health_check=list(HealthCheck),
    )
    @seed(seed_)
    @given(strategy)
    def collect(example: Any) -> None:
        examples.append(example)

    with GENERATING:
        collect()
    return examples[:count]
