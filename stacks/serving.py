"""Installs a stack, starts it on free ports of this machine, and says which versions of what are running."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.absent import give_up
from tests.support.command import environment, wait_until
from tests.support.environments import node_environment, python_environment
from tests.support.ports import free_port

from .table import TARGETS, Stack, Table

_GRACE = 5


@dataclass(frozen=True)
class Installed:
    """What a group of stacks needs, installed: its programs, and for Node.js its modules."""

    programs: Path | None = None
    modules: Path | None = None

    @classmethod
    def of(cls, stack: Stack) -> "Installed":
        """Install it, or skip where it is not this machine's to install."""
        match stack.group:
            case "python":
                return cls(programs=python_environment(TARGETS / "python" / "requirements.txt"))
            case "node":
                return cls(modules=node_environment(TARGETS / "node") / "node_modules")
        if shutil.which(stack.start[0]) is None:
            give_up(f"expected `{stack.start[0]}`, got none: install Debian's {stack.packages[0]}", os.environ)
        return cls()

    def program(self, word: str) -> str:
        """The first word of a command as this installation has it."""
        inside = self.programs / word if self.programs else None
        return str(inside) if inside and inside.exists() else word


@contextmanager
def serving(stack: Stack, table: Table, folder: Path) -> Iterator[str]:
    """The stack, running, and the one behind it; their files stay in the folder. Gives its URL."""
    with ExitStack() as running:
        port = 0
        if stack.behind is not None:
            port = running.enter_context(_started(table.find(stack.behind), folder / "behind", upstream=0))
        yield f"http://127.0.0.1:{running.enter_context(_started(stack, folder / 'stack', upstream=port))}"


@contextmanager
def _started(stack: Stack, folder: Path, *, upstream: int) -> Iterator[int]:
    """The port of one process, which listens at it by now."""
    installed = Installed.of(stack)
    placeholders = {"@PORT@": str(free_port()), "@UPSTREAM@": str(upstream), "@FOLDER@": str(folder)}
    _lay_out(stack, folder, placeholders, installed.modules)
    own = {"HOME": str(folder), "TMPDIR": str(folder), **stack.variables}
    words = [installed.program(stack.start[0]), *stack.start[1:]]
    log = folder / "log.txt"
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [_filled(word, placeholders) for word in words],
            cwd=folder,
            env=environment(**{name: _filled(value, placeholders) for name, value in own.items()}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            # Some start others, which are to end with it.
            start_new_session=True,
        ) as process,
    ):
        try:
            port = int(placeholders["@PORT@"])
            wait_until(lambda: _listens(port, process, log), f"{stack.title} to listen")
            yield port
        finally:
            _end(process)


def _lay_out(stack: Stack, folder: Path, placeholders: dict[str, str], modules: Path | None) -> None:
    """A copy of the target's files."""
    folder.mkdir(parents=True)
    if modules is not None:
        (folder / "node_modules").symlink_to(modules)
    for name, text in files_of(stack).items():
        (folder / name).write_text(_filled(text, placeholders), encoding="utf-8")


def files_of(stack: Stack) -> dict[str, str]:
    """The files of a target by name, with what a variant replaces.

    Raises:
        ValueError: A text that a variant replaces is not there exactly once.
    """
    files = {path.name: path.read_text("utf-8") for path in (TARGETS / stack.folder).iterdir() if path.is_file()}
    for old, new in stack.replace:
        holders = [name for name, text in files.items() for _ in range(text.count(old))]
        if len(holders) != 1:
            raise ValueError(f"{stack.title}: expected {old!r} once in {stack.folder}, got it {len(holders)} times")
        files[holders[0]] = files[holders[0]].replace(old, new)
    return files


def _filled(text: str, placeholders: dict[str, str]) -> str:
    for name, value in placeholders.items():
        text = text.replace(name, value)
    return text


def _listens(port: int, process: "subprocess.Popen[bytes]", log: Path) -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"it ended with {process.returncode}\n{log.read_text(errors='replace')[-2000:]}")
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def _end(process: "subprocess.Popen[bytes]") -> None:
    """The process and all that it has started."""
    for way in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, way)
            process.wait(_GRACE)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def versions(stack: Stack, table: Table) -> str:
    """What the stack is made of, each with its version, as this machine has it."""
    installed = Installed.of(stack)
    return ", ".join(f"{package} {version(package, installed, table)}" for package in stack.packages)


def version(package: str, installed: Installed, table: Table) -> str:
    """The version of a package, or of a language of the table, as this machine has it."""
    if package in table.languages:
        program, *options = table.languages[package]
        said = re.search(r"\d+\.\d+(\.\d+)*", _said(installed.program(program), *options))
        return said[0] if said else "of an unknown version"
    if installed.programs is not None:
        return _said(str(installed.programs / "python"), "-c", _ASK_PYTHON, package)
    if installed.modules is not None:
        manifest = (installed.modules / package / "package.json").read_text(encoding="utf-8")
        return str(json.loads(manifest)["version"])
    return _said("dpkg-query", "--show", "--showformat=${Version}", package)


_ASK_PYTHON = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"


def _said(*words: str) -> str:
    ran = subprocess.run(words, capture_output=True, check=True, text=True)
    return ran.stdout.strip()
