"""Standard output and error without commands to the runner of CI that shows them, however lines were put together.

What writers make of a report is inert by itself. This is for what only becomes a line on its way out: text that was
wrapped, messages of errors, tracebacks.
"""

import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, BinaryIO, TextIO, cast

from imagebuilder_reports.runners import inert, last_line


class InertBuffer(io.BufferedIOBase):
    """Hands bytes on to another stream, the commands in them broken, also those that come in several pieces."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._line = ""

    def write(self, data: Any) -> int:
        """Write bytes; gives how many were taken, which is all of them."""
        # What was written before is inert, so that nothing of it changes any more.
        text = inert(self._line + bytes(data).decode("utf-8", "surrogateescape"))
        self._target.write(text[len(self._line) :].encode("utf-8", "surrogateescape"))
        self._line = last_line(text)
        return len(data)

    def flush(self) -> None:
        """Flush the other stream."""
        self._target.flush()

    def close(self) -> None:
        """Leave the other stream open: it belongs to others."""

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def isatty(self) -> bool:
        """Whether the other stream is a terminal."""
        return self._target.isatty()

    def fileno(self) -> int:
        """The descriptor of the other stream."""
        return self._target.fileno()


@contextmanager
def inert_output() -> Iterator[None]:
    """Let nothing that is printed be taken for a command; of a terminal too: some runners give a step one."""
    before = sys.stdout, sys.stderr
    with ExitStack() as stack:
        sys.stdout, sys.stderr = (stack.enter_context(_inert(stream)) for stream in before)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before


@contextmanager
def _inert(stream: TextIO) -> Iterator[TextIO]:
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        yield stream
        return
    stream.flush()
    own = cast(BinaryIO, InertBuffer(buffer))
    wrapper = io.TextIOWrapper(own, stream.encoding, stream.errors, line_buffering=True, write_through=True)
    try:
        yield wrapper
    finally:
        # Who wrote was told of a pipe that is closed and of a disk that is full.
        with suppress(OSError, ValueError):
            wrapper.detach()
