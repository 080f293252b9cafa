"""The command in a terminal of its own."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path

from tests.support.command import environment

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# A foreground or background colour; bold and dim are none.
COLOUR = re.compile(r"\x1b\[(?:[0-9]+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9]+)*m")


def in_terminal(
    *arguments: str, cwd: Path, columns: int = 100, env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """The exit code of the command and what the terminal got to see."""
    own, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    words = [sys.executable, "-m", "imagebuilder_conformance", *arguments]
    variables = environment(TERM="xterm-256color", **(env or {}))
    try:
        with subprocess.Popen(words, cwd=cwd, env=variables, stdin=its, stdout=its, stderr=its) as process:
            os.close(its)
            seen = b"".join(iter(lambda: _read(own), b""))
            process.wait(60)
    finally:
        os.close(own)
    return process.returncode, seen.decode("utf-8", "replace")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:
        # Linux says so when the other end is closed.
        return b""
