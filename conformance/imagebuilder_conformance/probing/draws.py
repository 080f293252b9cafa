"""Examples from Hypothesis strategies, drawn before anything is sent.

Hypothesis sends an example again when it shrinks, replays or draws a duplicate, and a target keeps state. So
it only generates here; sending and judging are done outside of it, once for each example.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from imagebuilder_conformance.stopping import SIGNALS

Example = TypeVar("Example")

ONLY_GENERATES = settings(
    phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
"""How Hypothesis is to work here."""
GENERATING = threading.Lock()
"""Held while Hypothesis generates: its older releases are not made for several threads."""


def draw(strategy: SearchStrategy[Example], count: int, *, seed_: int) -> list[Example]:
    """`count` examples of the strategy, the same for the same seed."""
    examples: list[Example] = []

    @settings(ONLY_GENERATES, max_examples=count)
    @seed(seed_)
    @given(strategy)
    def collect(example: Any) -> None:
        examples.append(example)

    with GENERATING, _interrupts_wait():
        collect()
    return examples[:count]


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Hand on what would interrupt the block once the block has ended.

    An interruption in the midst of Hypothesis is lost in its callbacks of the garbage collector, or comes out of it as
    an error of its own.
    """
    came: list[tuple[int, FrameType | None]] = []
    handlers: dict[int, Callable[[int, FrameType | None], object]] = {}
    # Only the main thread may set handlers, and only it is interrupted by them.
    if threading.current_thread() is threading.main_thread():
        for ends in SIGNALS:
            handler = signal.getsignal(ends)
            if callable(handler):
                handlers[ends] = handler
                signal.signal(ends, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for number, frame in came:
        handlers[number](number, frame)
