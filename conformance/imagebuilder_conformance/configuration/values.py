"""Options that are one value each: the limit, the seed, the workers."""

import math
import os
import random
import shutil
import sys
from pathlib import Path

from imagebuilder_conformance.configuration.usage import UsageError

_MOST_WORKERS = 64
LONGEST = 1_000_000.0
"""The most seconds that an option may ask for, eleven days: what waits can't wait for as long as it likes."""


def max_executions_of(limit: int | None) -> int | None:
    """A limit of executions that makes sense. Raises `UsageError`."""
    if limit is not None and limit < 0:
        raise UsageError(f"--max-executions: expected 0 or more, got {limit}")
    return limit


def stop_after_of(failed: int | None) -> int | None:
    """After how many failed checks a run ends. Raises `UsageError`."""
    if failed is not None and failed < 1:
        raise UsageError(f"--stop-after: expected 1 or more failed checks, got {failed}")
    return failed


AUTO = 0
"""As many workers as pay: threads of one process, once it is known how fast the target answers."""


def workers_of(number: int | str) -> int:
    """How many workers make the checks; `AUTO` where that depends on the target. Raises `UsageError`."""
    if number == "auto":
        return AUTO
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


def report_dir_of(folder: str | Path | None) -> Path | None:
    """Where the report goes. Raises `UsageError` for an empty name, which would be the current folder."""
    if folder is not None and not str(folder).strip():
        raise UsageError("--report-dir: expected the name of a folder, got an empty one")
    return Path(folder) if folder is not None else None


def failed_in_of(report: str | Path | None) -> Path | None:
    """The report of which what failed is made again. Raises `UsageError` for an empty name, the current folder's."""
    if report is not None and not str(report).strip():
        raise UsageError("--failed-in: expected a report or its folder, got an empty name")
    return Path(report) if report is not None else None


def debug_log_of(file: str | Path | None) -> Path | None:
    """Where a line a decision goes. Raises `UsageError` for a name that no file can have."""
    if file is not None and (Path(file).is_dir() or not Path(file).absolute().parent.is_dir()):
        raise UsageError(f"--debug-log: expected a file, or its name in a folder that is there, got {str(file)!r}")
    return Path(file) if file is not None else None


def sdk_python_of(program: str | Path | None) -> Path | None:
    """The interpreter whose boto3 makes the calls of the suite `sdk`, by its path or its name on the PATH.

    Raises `UsageError` where there is no such program. What it is shows when it is started.
    """
    if program is None:
        return None
    found = shutil.which(program)
    if found is None:
        raise UsageError(f"--sdk-python: expected an interpreter of Python, and there is no program {str(program)!r}")
    # A link of a virtual environment stays one: where it leads there are other packages.
    return Path(found).absolute()


def time_limit_of(limit: float | None) -> float | None:
    """A limit of time in seconds. Raises `UsageError`."""
    if limit is not None and not 0 < limit <= LONGEST:
        raise UsageError(f"--time-limit: expected seconds, more than 0 and at most {LONGEST:,.0f}, got {limit:g}")
    return float(limit) if limit is not None else None


def retention_of(seconds: float | None, limit: float | None) -> float | None:
    """How old a token is to be, in seconds, when it is replayed last, where the run lasts `limit` at the most.

    Raises `UsageError`.
    """
    if seconds is None:
        return None
    if not 0 <= seconds <= LONGEST:
        raise UsageError(f"--retention: expected seconds, 0 or more and at most {LONGEST:,.0f}, got {seconds:g}")
    if limit is not None and seconds >= limit:
        raise UsageError(f"--retention: expected less than the {limit:g} seconds of --time-limit, got {seconds:g}")
    return float(seconds)


def rate_limit_of(limit: float | None) -> float | None:
    """A rate in requests a second. Raises `UsageError`."""
    if limit is not None and not 1 / LONGEST <= limit < math.inf:
        raise UsageError(f"--rate-limit: expected requests a second, more than 0, got {limit:g}")
    return limit


def seed_of(seed: int | str) -> int:
    """The seed, drawn where `random` is asked for. Raises `UsageError`."""
    if seed == "random":
        return random.SystemRandom().getrandbits(32)
    try:
        return int(seed)
    except ValueError:
        raise UsageError(f"--seed: expected a number or `random`, got {seed!r}") from None
