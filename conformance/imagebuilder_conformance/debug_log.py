"""The debug log of a run: one line a decision, with the time and the check that it was made for.

What decides calls `decided`. Where nobody asked for a log that costs a look at a level, and goes no further unless the
caller's own logging wants to see it.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from imagebuilder_reports.errors import UnwritableError

_LOGGER = logging.getLogger(__package__)
_NO_CHECK = "-"
_check: ContextVar[str] = ContextVar("check", default=_NO_CHECK)


def decided(said: str, *details: object) -> None:
    """Log a decision, for the check that this thread makes; `said` has a `%s` for each detail.

    Whoever logs sees it as it is, so that nothing is among the details that a target sent or a caller keeps secret.
    """
    _LOGGER.debug(said, *details)


@contextmanager
def bound_to(check: str) -> Iterator[None]:
    """Log what this thread decides meanwhile as decided for a check."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


@contextmanager
def written_to(file: Path, epoch: float) -> Iterator[None]:
    """Append what is decided meanwhile to a file, which other processes of the run may append to as well.

    Args:
        file: Its lines are the seconds since `epoch`, the check or `-`, and what was decided.
        epoch: When the run began, by the machine's monotonic clock, in seconds.

    Raises:
        UnwritableError: The file can't be opened.
    """
    try:
        handler = logging.FileHandler(file, encoding="utf-8")
    except OSError as error:
        raise UnwritableError(f"{file} cannot be written: {error.strerror}") from error
    handler.setFormatter(_Line(epoch))
    level = _LOGGER.level
    _LOGGER.setLevel(logging.DEBUG)
    _LOGGER.addHandler(handler)
    try:
        yield
    finally:
        _LOGGER.removeHandler(handler)
        _LOGGER.setLevel(level)
        handler.close()


class _Line(logging.Formatter):
    """The line of a decision, in ASCII: what has control characters stays one line, and commands no terminal."""

    def __init__(self, epoch: float) -> None:
        super().__init__()
        self._epoch = epoch

    def format(self, record: logging.LogRecord) -> str:
        said = record.getMessage().encode("unicode_escape").decode("ascii")
        return f"{time.monotonic() - self._epoch:10.3f} {_check.get()} {said}"
