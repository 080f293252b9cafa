"""The real command, in a process of its own."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from imagebuilder_conformance.cli import main

# What would make a run depend on who runs it.
_OTHERS = ("AWS_", "PYTEST_", "HYPOTHESIS_", "COV_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "CI")
_PATIENCE = 120
# Before 8.2, the runner of click mixes the two outputs unless told otherwise; later it can't be told.
_APART: dict[str, Any] = {"mix_stderr": False} if "mix_stderr" in signature(CliRunner).parameters else {}


@dataclass(frozen=True)
class Finished:
    """What came of a command: its exit code and everything that it wrote."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


def environment(**variables: str) -> dict[str, str]:
    """The environment without what describes targets, terminals and other people's pytest."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
    return kept | variables


def command(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Finished:
    """Run the command to its end."""
    with started(*arguments, cwd=cwd, env=env) as process:
        return finished(process)


def here(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Finished:
    """Run the command in this process, where that will do: it is much quicker."""
    with chdir(cwd):
        result = invoked(*arguments, **(env or {}))
    return Finished(result.exit_code, result.stdout, result.stderr)


def invoked(*arguments: str | Path, **variables: str) -> Result:
    """The command in this process and folder, with these variables and without what describes targets and terminals."""
    unset: dict[str, str | None] = {name: None for name in os.environ if name.startswith(_OTHERS)}
    words = [str(argument) for argument in arguments]
    return CliRunner(**_APART).invoke(main, words, env=unset | variables, prog_name="imagebuilder-conformance")


def python(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Finished:
    """Run Python to its end."""
    with _process([sys.executable, *arguments], cwd, env) as process:
        return finished(process)


@contextmanager
def started(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """The command, running; it is killed if it still runs in the end."""
    with _process([sys.executable, "-m", "imagebuilder_conformance", *arguments], cwd, env) as process:
        yield process


def finished(process: subprocess.Popen[str]) -> Finished:
    """Wait for a process to end."""
    out, err = process.communicate(timeout=_PATIENCE)
    return Finished(process.returncode, out, err)


@contextmanager
def _process(words: list[str], cwd: Path, env: Mapping[str, str] | None) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        words,
        cwd=cwd,
        env=environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@contextmanager
def served(*arguments: str, cwd: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`serve` on a free port: its URL and its process."""
    with started("serve", "--port", "0", *arguments, cwd=cwd) as process:
        if process.stdout is None:
            raise RuntimeError("expected a pipe for what `serve` says")
        announced = re.search(r"http://\S+", process.stdout.readline())
        if announced is None:
            raise RuntimeError(f"expected `serve` to say where it listens, it ended with {finished(process)}")
        yield announced[0], process


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that will happen soon, however busy the machine is."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {_PATIENCE} s for {what}")
        time.sleep(0.01)


def lines_of(path: Path) -> int:
    """How many lines a file has so far; none if it is not there yet."""
    return path.read_bytes().count(b"\n") if path.exists() else 0


def report_in(folder: Path) -> dict[str, Any]:
    """The `report.json` of a report folder."""
    loaded: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return loaded


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
