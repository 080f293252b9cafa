"""Asks validators about bodies: each in a process of its own, in the environment that has it."""

import json
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stacks.schemas.examples import Question
from stacks.schemas.table import HERE, JAVASCRIPT, PYTHON, Validator, Verdicts
from tests.support.environments import node_environment, python_environment

_PATIENCE = 300


@dataclass(frozen=True)
class Environments:
    """Where the validators are: the Python of an environment, and a folder of a Node.js package.

    Attributes:
        python: The environment's Python.
        javascript: A folder with the packages and with `judge.mjs`.
    """

    python: Path
    javascript: Path

    @classmethod
    def made(cls, suffix: str = "") -> "Environments":
        """Those of all validators, or with the suffix `-often` of those that CI tries."""
        programs = python_environment(HERE / "python" / f"validators{suffix}.txt")
        folder = node_environment(HERE / "javascript" / f"validators{suffix}")
        # Node.js looks for packages from where the script is. It comes by a rename: others may be starting it just now.
        with tempfile.TemporaryDirectory(dir=folder) as name:
            Path(shutil.copy(HERE / "javascript" / "judge.mjs", name)).replace(folder / "judge.mjs")
        return cls(programs / "python", folder)

    def ask(self, validator: Validator, questions: Sequence[Question]) -> list[Verdicts | str]:
        """Put the questions to a validator."""
        words: list[str | Path] = [self.python, HERE / "python" / "judge.py"]
        if validator.language != PYTHON:
            words = [_node(), self.javascript / "judge.mjs"]
        asked = [
            {"schema": question.schema, "bodies": [example.body for example in question.examples]}
            for question in questions
        ]
        ran = subprocess.run(
            [*words, validator.id],
            input=json.dumps(asked),
            capture_output=True,
            check=False,
            text=True,
            timeout=_PATIENCE,
        )
        if ran.returncode:
            raise RuntimeError(f"expected {validator.id} to judge, it ended with {ran.returncode}: {ran.stderr}")
        return [
            said if isinstance(said, str) else _by_label(question, said)
            for question, said in zip(questions, json.loads(ran.stdout), strict=True)
        ]

    def versions(self, validators: Iterable[Validator]) -> dict[str, str]:
        """The versions of validators by their ids, and those of Python and Node.js."""
        code = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
        versions = {PYTHON: platform.python_version(), JAVASCRIPT: _said(_node(), "--version").removeprefix("v")}
        for validator in validators:
            if validator.package and validator.language == PYTHON:
                versions[validator.id] = _said(self.python, "-c", code, validator.package)
            elif validator.package:
                described = self.javascript / "node_modules" / validator.package / "package.json"
                versions[validator.id] = json.loads(described.read_text(encoding="utf-8"))["version"]
        return versions


def _said(*words: str | Path) -> str:
    return subprocess.run(words, capture_output=True, check=True, text=True, timeout=_PATIENCE).stdout.strip()


def _node() -> str:
    return shutil.which("node") or "node"


def _by_label(question: Question, said: Sequence[str]) -> Verdicts:
    return {example.label: verdict for example, verdict in zip(question.examples, said, strict=True)}
