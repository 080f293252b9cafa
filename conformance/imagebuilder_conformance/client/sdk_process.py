"""Another interpreter's boto3, for `run --sdk-python`: a process that makes calls and asks about each sending.

It executes `boto3_apart.py`, which hears and says one JSON object a line. The keys go through its pipe, never through
arguments or the environment. It ends with this process, however that ends: there is nothing more to read then.
"""

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from imagebuilder_conformance.client import boto3_apart
from imagebuilder_conformance.client.boto3_apart import Came, Wire
from imagebuilder_reports.legible import shown_in_line

# How many seconds an interpreter has to say its versions: it takes half a second, on a slow disk more.
_PATIENCE = 60.0
# How many it has to end. It does so at once; what else was started may not.
_LEAVING = 1.0
_LONGEST_GREETING = 10_000
_LONGEST_WORDS = 300


class SdkProcessError(Exception):
    """The interpreter of `--sdk-python` can't make the calls; one sentence says why."""


class SdkProcess:
    """Makes calls through the boto3 of another interpreter, as `Boto3` does through that of this one.

    What it raises is what the wire raises, and `SdkProcessError`. An interpreter that can't be used is started once;
    one that ends in the midst of a call is started again for the next.
    """

    def __init__(self, python: Path) -> None:
        self._python = python
        self._child: _Child | None = None
        self._versions: Mapping[str, str] = {}
        self._unfit: SdkProcessError | None = None

    def versions(self) -> Mapping[str, str]:
        """The versions of what calls, by name."""
        self._started()
        return self._versions

    def call(self, settings: Mapping[str, Any], parameters: Mapping[str, str], wire: Wire) -> Mapping[str, Any]:
        """Make a call, as `Boto3.call` does."""
        child = self._started()
        raised: Exception | None = None
        try:
            child.tell({"settings": settings, "parameters": parameters})
            while "done" not in (said := child.hear()):
                reply: dict[str, object] = {"stop": True}
                if raised is None:
                    try:
                        reply = {"answer": _answer(said, wire)}
                    except Exception as error:  # noqa: BLE001  # raised below, once the other side has ended the call
                        raised = error
                child.tell(reply)
        except (EOFError, OSError, ValueError):
            raise SdkProcessError(f"--sdk-python: {self._python} ended in the midst of a call{self._ended()}") from None
        except BaseException:
            self.close()
            raise
        if raised is not None:
            raise raised
        made: Mapping[str, Any] = said["done"]
        return made

    def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def _started(self) -> "_Child":
        if self._child is not None:
            return self._child
        if self._unfit is None:
            try:
                return self._start()
            except SdkProcessError as unfit:
                self._unfit = unfit
            except BaseException:
                self.close()
                raise
        raise self._unfit

    def _start(self) -> "_Child":
        try:
            child = self._child = _Child(self._python)
        except OSError as error:
            raise SdkProcessError(f"--sdk-python: {self._python} can't be started: {error.strerror}") from None
        timer = threading.Timer(_PATIENCE, child.kill)
        timer.daemon = True
        timer.start()
        try:
            greeting = child.hear(_LONGEST_GREETING)
        except (EOFError, OSError, ValueError):
            raise SdkProcessError(
                f"--sdk-python: expected an interpreter of Python 3.6 or later, got {self._python}, "
                f"which told no versions and ended{self._ended()}"
            ) from None
        finally:
            timer.cancel()
        if "unfit" in greeting:
            self.close()
            raise SdkProcessError(
                f"--sdk-python: {self._python} can't import boto3: {_short(greeting['unfit'])}; "
                f"`{self._python} -m pip install boto3` brings it"
            )
        self._versions = greeting["versions"]
        return child

    def _ended(self) -> str:
        """How the process ended, in words; it is ended if it has not."""
        child, self._child = self._child, None
        return "" if child is None else child.end()


class _Child:
    """The process: `hear` and `tell` raise `OSError`, `EOFError` or `ValueError` where it is not there, or not ours."""

    def __init__(self, python: Path) -> None:
        self._words = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the process is
        try:
            # -E: what PYTHONPATH and its like say of this Python is not meant for another one.
            # In a session of its own: an interrupt from the terminal is for this process, which ends the other.
            self._process = subprocess.Popen(  # noqa: S603  # the user's own interpreter
                [str(python), "-E", boto3_apart.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._words,
                start_new_session=True,
            )
        except BaseException:
            self._words.close()
            raise
        if self._process.stdin is None or self._process.stdout is None:
            raise ValueError("expected pipes to and from the process")
        self._to, self._from = self._process.stdin, self._process.stdout

    def tell(self, told: Mapping[str, object]) -> None:
        self._to.write(json.dumps(told).encode() + b"\n")
        self._to.flush()

    def hear(self, longest: int = -1) -> dict[str, Any]:
        line = self._from.readline(longest)
        if not line.endswith(b"\n"):
            raise EOFError
        said = json.loads(line)
        if not isinstance(said, dict):
            raise ValueError(f"expected an object, got {said!r}")  # noqa: TRY004  # as other words that are none of ours
        return said

    def kill(self) -> None:
        with suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                # What is no interpreter may have started one.
                os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> str:
        """End it, and tell how it ended, and what it complained about."""
        with suppress(OSError):
            self._to.close()
        killed = False
        try:
            code = self._process.wait(_LEAVING)
        except subprocess.TimeoutExpired:
            killed = True
            self.kill()
            code = self._process.wait()
        self._from.close()
        self._words.seek(0)
        lines = self._words.read().decode(errors="replace").split("\n")
        self._words.close()
        last = next((line for line in reversed(lines) if line.strip()), "")
        how = "" if killed else f" by signal {-code}" if code < 0 else f" with exit code {code}"
        return how + (f": {_short(last)}" if last else "")


def _answer(said: Mapping[str, Any], wire: Wire) -> object:
    """What the wire answers to what is asked about a sending."""
    if "sending" in said:
        url, headers, body = said["sending"]
        return dict(wire.sending(url, _pairs(headers), base64.b64decode(body)))
    sent, seconds, status, headers, body, fault, detail = said["came"]
    came = Came(seconds, status, _pairs(headers), base64.b64decode(body), fault, detail)
    return wire.came(_pairs(sent), came)


def _pairs(headers: list[list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers]


def _short(words: str) -> str:
    return shown_in_line(words if len(words) <= _LONGEST_WORDS else f"{words[:_LONGEST_WORDS]} …")
