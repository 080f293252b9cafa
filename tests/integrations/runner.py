"""As much of a GitHub runner as the action needs: its scripts, with inputs, in the shell that the runner uses."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.integrations.files import ACTION, load, steps
from tests.project.places import ROOT
from tests.support.command import environment


@dataclass(frozen=True)
class Ran:
    """What came of a step."""

    code: int
    said: str


class Runner:
    """A job in a folder of its own, in which the command is installed already."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.workspace = folder
        self._temporary = folder / "temp"
        self.installed.parent.mkdir(parents=True, exist_ok=True)
        script = f'#!/bin/sh\nexec "{sys.executable}" -m imagebuilder_conformance "$@"\n'
        self.installed.write_text(script, encoding="utf-8")
        self.installed.chmod(0o755)
        known = load(ACTION)["inputs"]
        unknown = {name.replace("_", "-") for name in inputs} - set(known)
        if unknown:
            raise ValueError(f"expected inputs of the action, got {sorted(unknown)}")
        self._inputs = {name: each.get("default", "") for name, each in known.items()}
        self._inputs |= {name.replace("_", "-"): value for name, value in inputs.items()}

    @property
    def installed(self) -> Path:
        """The command, as the action installs it."""
        return self._temporary / "imagebuilder-conformance/bin/imagebuilder-conformance"

    def step(self, name: str, **environ: str) -> Ran:
        """Run the script of a step, with further variables of the machine."""
        step = steps()[name]
        variables = {key: self._filled(value) for key, value in step.get("env", {}).items()}
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env=environment(
                RUNNER_TEMP=str(self._temporary),
                GITHUB_ACTION_PATH=str(ROOT),
                GITHUB_OUTPUT=str(self.workspace / "output"),
                GITHUB_STEP_SUMMARY=str(self.workspace / "summary.md"),
                **(variables | environ),
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
        )
        return Ran(ran.returncode, ran.stdout + ran.stderr)

    @property
    def outputs(self) -> dict[str, str]:
        """What the steps have put out so far."""
        path = self.workspace / "output"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return dict(line.split("=", 1) for line in lines)

    @property
    def summary(self) -> str:
        path = self.workspace / "summary.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def _filled(self, value: str) -> str:
        """A value with the inputs and outputs that it names put in."""
        value = re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: self._inputs[found[1]], value)
        return re.sub(
            r"\$\{\{ steps\.run\.outputs\.([a-z-]+) \}\}", lambda found: self.outputs.get(found[1], ""), value
        )
