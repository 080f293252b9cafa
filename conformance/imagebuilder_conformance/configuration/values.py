"""Options that are one value each: the limit, the seed, the workers."""

import math
import os
import random
import sys

from imagebuilder_conformance.configuration.usage import UsageError

_MOST_WORKERS = 64


def max_executions_of(limit: int | None) -> int | None:
    """A limit of executions that makes sense. Raises `UsageError`."""
    if limit is not None and limit < 0:
        raise UsageError(f"--max-executions: expected 0 or more, got {limit}")
    return limit


def workers_of(number: int | str) -> int:
    """How many workers make the checks; `auto` is one for each core that this process may use. Raises `UsageError`."""
    if number == "auto":
        return min(_MOST_WORKERS, cores())
    try:
        workers = int(number)
    except ValueError:
        raise UsageError(f"--workers: expected a number or `auto`, got {number!r}") from None
    if not 1 <= workers <= _MOST_WORKERS:
        raise UsageError(f"--workers: expected 1 to {_MOST_WORKERS}, got {workers}")
    return workers


def cores() -> int:
    """The cores that this process may use, where the system tells them from those that there are."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def rate_limit_of(limit: float | None) -> float | None:
    """A rate in requests a second. Raises `UsageError`."""
    if limit is not None and not 0 < limit < math.inf:
        raise UsageError(f"--rate-limit: expected requests a second, more than 0, got {limit}")
    return limit


def seed_of(seed: int | str) -> int:
    """The seed, drawn where `random` is asked for. Raises `UsageError`."""
    if seed == "random":
        return random.SystemRandom().getrandbits(32)
    try:
        return int(seed)
    except ValueError:
        raise UsageError(f"--seed: expected a number or `random`, got {seed!r}") from None
