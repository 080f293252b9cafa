"""Options that are one value each: the limit, the seed, the folder of the report."""

import random
from pathlib import Path

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


def report_dir_of(path: str | Path | None) -> Path | None:
    """The folder of the report, made and seen to be writable. Raises `UsageError`."""
    if path is None:
        return None
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UsageError(f"--report-dir: can't write to {folder}: {error.strerror}") from error
    return folder
