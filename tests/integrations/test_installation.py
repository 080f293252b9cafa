"""The lines of the README that install the package from a clone, each in an environment of its own."""

import re
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.project.places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
# Those that make an environment and call the command in it.
RUNNERS = re.findall(r"`((?:pipx run|uvx) [^`]+)`", README)
EXTRAS = re.findall(r"(?<=')\.\[([a-z]+)\](?=')", README)
SECONDS = 600


def ran(*words: str, cwd: Path) -> str:
    finished = subprocess.run(words, cwd=cwd, capture_output=True, check=False, text=True, timeout=SECONDS)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_the_readme_has_such_lines() -> None:
    assert [line.split()[0] for line in RUNNERS] == ["pipx", "uvx"]
    assert EXTRAS == ["load", "aws"]


@pytest.mark.parametrize("line", RUNNERS, ids=lambda line: line.split()[0])
def test_a_line_that_makes_an_environment_calls_the_command(
    line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("PIPX_HOME", "UV_CACHE_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    program, *words = shlex.split(line)
    beside = Path(sys.executable).with_name(program)
    assert words[-1] == "run"
    assert version("imagebuilder-conformance") in ran(str(beside), *words[:-1], "--version", cwd=ROOT)


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_brings_what_its_command_needs(extra: str, tmp_path: Path) -> None:
    needed = {"load": "locust", "aws": "boto3"}[extra]
    uv, python = Path(sys.executable).with_name("uv"), tmp_path / "own/bin/python"
    ran(str(uv), "venv", "-q", "--python", sys.executable, str(tmp_path / "own"), cwd=ROOT)
    ran(str(uv), "pip", "install", "-q", "--python", str(python), f".[{extra}]", cwd=ROOT)
    ran(str(python), "-c", f"import {needed}, imagebuilder_conformance", cwd=tmp_path)
