"""Environments of their own for programs that would not get on with ours: made once, and kept below `.tox`."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.project.places import ROOT
from tests.support.absent import give_up

_KEPT = ROOT / ".tox" / "environments"
_PATIENCE = 300


def expect_ci(what: str) -> None:
    """Skip where installing takes longer than a quick run of the tests is worth."""
    if not os.environ.get("CI"):
        pytest.skip(f"{what} is installed for it in CI; set CI=1 to do the same")


def python_environment(requirements: Path) -> Path:
    """The folder of the programs that the requirements bring, in an environment of this Python."""
    folder = _folder(requirements.stem, requirements)
    with _alone(folder):
        if not _ready(folder).exists():
            import uv  # of the dependency group `environments`, which a quick run of the tests does without

            program = uv.find_uv_bin()
            # Not the certificates of uv's own, but those that pip goes by too.
            environ = os.environ | {"UV_NATIVE_TLS": "1"}
            _run([program, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], environ)
            install = [program, "pip", "install", "--quiet", "--python", str(folder)]
            _run([*install, "--requirement", str(requirements)], environ)
            _ready(folder).touch()
    return folder / "bin"


def node_environment(package: Path) -> Path:
    """A folder with a Node.js package, its scripts, and what its lock file pins."""
    npm = shutil.which("npm")
    if npm is None:
        give_up("expected `npm` on the PATH, got none: install Debian's packages nodejs and npm", os.environ)
    folder = _folder(package.name, package / "package-lock.json")
    with _alone(folder):
        folder.mkdir(exist_ok=True)
        for file in package.iterdir():
            shutil.copy(file, folder)
        if not _ready(folder).exists():
            _run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)], dict(os.environ))
            _ready(folder).touch()
    return folder


def _folder(name: str, pinned: Path) -> Path:
    """Another folder for each Python and for each version of what is pinned."""
    version = hashlib.sha256(pinned.read_bytes() + sys.version.encode()).hexdigest()[:12]
    return _KEPT / f"{name}-{version}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else makes the folder meanwhile: tests run side by side, and several of them want the same."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ready(folder: Path) -> Path:
    return folder / ".ready"


def _run(words: list[str], environ: dict[str, str]) -> None:
    ran = subprocess.run(words, env=environ, capture_output=True, check=False, text=True, timeout=_PATIENCE)
    if ran.returncode:
        raise RuntimeError(f"expected {' '.join(words)} to end well, it ended with {ran.returncode}: {ran.stderr}")
