"""What the environment of a command does to it, and what it does about that."""

import os
import sys
from contextlib import suppress
from typing import Any, TextIO

from imagebuilder_conformance.machine import complaint


class Outlet:
    """Standard output for what is told beside a verdict: where it can't be written that is said once, and all goes on.

    What was going to be told is in the report, and the exit code is that of the verdict.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._given_up = False

    def write(self, text: str) -> int:
        """Write a text, or say that it can't be written."""
        if not self._given_up:
            try:
                self._stream.write(text)
            except (OSError, ValueError) as error:
                self._give_up(error)
        return len(text)

    def flush(self) -> None:
        """Flush what was written."""
        if not self._given_up:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._give_up(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _give_up(self, error: Exception) -> None:
        self._given_up = True
        let_go(self._stream)
        with suppress(OSError, ValueError):
            sys.stderr.write(f"standard output can't be written, and nothing more is: {complaint(error) or error}\n")


def outlet() -> Any:
    """Standard output as an `Outlet`; None where there is none."""
    return None if sys.stdout is None else Outlet(sys.stdout)


def let_go(stream: TextIO | None) -> None:
    """Flush a stream. What it does not take is lost, and Python does not complain of it when it ends."""
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def made_our_own() -> None:
    """Keep what others have around us from changing what a command does.

    The processes that it starts must not import files of the current folder, whatever they are called; its laws are
    docstrings, which Python must not strip; and a terminal that can't show a character gets an escape.
    """
    os.environ["PYTHONSAFEPATH"] = "1"
    # Closed ones are None to Python, and not to what it imports.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # as long as the process
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # likewise
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    if sys.flags.optimize > 1:
        _restart_with_docstrings()


def _restart_with_docstrings() -> None:
    if os.environ.pop("PYTHONOPTIMIZE", None) is None:
        sys.stderr.write("Error: python -OO strips the docstrings, which state the laws: start it without\n")
        raise SystemExit(2)
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  # itself, without a shell
