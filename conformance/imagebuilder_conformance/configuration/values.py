"""Options that are one value each: the limit, the seed."""

import random

from imagebuilder_conformance.configuration.usage import UsageError


def max_executions_of(limit: int | None) -> int | None:
    """A limit of executions that makes sense. Raises `UsageError`."""
    if limit is not None and limit < 0:
        raise UsageError(f"--max-executions: expected 0 or more, got {limit}")
    return limit


def seed_of(seed: int | str) -> int:
    """The seed, drawn where `random` is asked for. Raises `UsageError`."""
    if seed == "random":
        return random.SystemRandom().getrandbits(32)
    try:
        return int(seed)
    except ValueError:
        raise UsageError(f"--seed: expected a number or `random`, got {seed!r}") from None
