"""The action as a runner runs it: by `act`, without containers, for each exit code that a target brings about.

The actions of others are replaced: those that fetch a Python and keep an artifact need GitHub.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integrations.files import ACTION, steps
from tests.support.absent import give_up
from tests.support.command import environment, served
from tests.support.scripted import Received, Reply, ScriptedServer

PREFIX = "request.client-token.required"
PYTHON = """\
name: a Python that makes an environment of the one that runs the tests
outputs:
  python-path:
    value: ${{ steps.python.outputs.python-path }}
runs:
  using: composite
  steps:
    - id: python
      shell: bash
      run: echo "python-path=$STAND_IN" >>"$GITHUB_OUTPUT"
"""
UPLOAD = """\
name: an artifact is kept on this machine
inputs:
  name: {required: true}
  path: {required: true}
  if-no-files-found: {required: true}
runs:
  using: composite
  steps:
    - shell: bash
      env:
        NAME: ${{ inputs.name }}
        FROM: ${{ inputs.path }}
      run: mkdir -p "$ARTIFACTS/$NAME" && cp -R "$FROM"/. "$ARTIFACTS/$NAME"
"""
STAND_IN = """\
#!/bin/sh
# Called as: python -m venv FOLDER
mkdir -p "$3/bin"
printf '#!/bin/sh\\nexit 0\\n' >"$3/bin/python"
printf '#!/bin/sh\\nexec "%s" -m imagebuilder_conformance "$@"\\n' "PYTHON" >"$3/bin/imagebuilder-conformance"
chmod +x "$3"/bin/*
"""
HIJACK = "::error::hijacked ##[error]hijacked " * 40


@dataclass(frozen=True)
class Use:
    """A use of the action in the workflow: its inputs, and the exit code that is due."""

    name: str
    endpoint: str
    args: str
    code: int

    def step(self) -> str:
        return f"""
      - id: {self.name}
        uses: example/imagebuilder-conformance@main
        continue-on-error: true
        with:
          endpoint-url: {json.dumps(self.endpoint)}
          args: {json.dumps(self.args)}
          report-dir: reports/{self.name if self.code != 2 else "broken"}
          artifact-name: {self.name}
      - shell: bash
        env:
          CODE: ${{{{ steps.{self.name}.outputs.exit-code }}}}
          OUTCOME: ${{{{ steps.{self.name}.outcome }}}}
        run: echo "came $CODE $OUTCOME of {self.name}"
"""


@dataclass(frozen=True)
class Job:
    """What came of the workflow."""

    said: str
    artifacts: Path
    uses: tuple[Use, ...]


def hijacking(_: Received) -> Reply:
    body = json.dumps({"message": HIJACK, "code": f"x\n::error::hijacked {HIJACK}"}).encode()
    return Reply(418, body, (("Content-Type", "application/json"), ("X-Amzn-Errortype", HIJACK)))


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    act = shutil.which("act", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if act is None:
        give_up("act is not installed; it is in the dependency group `integrations`", os.environ)
    folder = tmp_path_factory.mktemp("act")
    with (
        served(cwd=folder) as (kept, _),
        served("--defect", "token-optional", cwd=folder) as (broken, _),
        ScriptedServer(hijacking) as hostile,
    ):
        uses = (
            Use("kept", kept, PREFIX, 0),
            Use("broken", broken, PREFIX, 1),
            # Into the folder of the one before, which it must not show as its own.
            Use("refused", kept, "no.such.clause", 2),
            Use("nobody", "http://127.0.0.1:9", PREFIX, 3),
            Use("hostile", hostile.url, "errors", 1),
        )
        said = _act(act, folder, uses)
        yield Job(said, folder / "artifacts", uses)


def _act(act: str, folder: Path, uses: tuple[Use, ...]) -> str:
    own = {"setup-python": PYTHON, "upload-artifact": UPLOAD}
    others = {each["uses"].split(" ")[0] for each in steps().values() if "uses" in each}
    replaced = [f"--local-repository={name}={folder / name.split('@')[0].split('/')[1]}" for name in sorted(others)]
    for name, text in {**own, "example": ACTION.read_text(encoding="utf-8")}.items():
        (folder / name).mkdir()
        (folder / name / "action.yml").write_text(text, encoding="utf-8")
    workflow = folder / "work/.github/workflows/judge.yml"
    workflow.parent.mkdir(parents=True)
    head = "on: push\njobs:\n  judge:\n    runs-on: ubuntu-latest\n    steps:"
    workflow.write_text(head + "".join(use.step() for use in uses), encoding="utf-8")
    stand_in = folder / "python"
    stand_in.write_text(STAND_IN.replace("PYTHON", sys.executable), encoding="utf-8")
    stand_in.chmod(0o755)
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *words], cwd=folder / "work", check=True)
    ran = subprocess.run(
        [
            act,
            "push",
            "--platform=ubuntu-latest=-self-hosted",
            f"--local-repository=example/imagebuilder-conformance@main={folder / 'example'}",
            *replaced,
            f"--env=STAND_IN={stand_in}",
            f"--env=ARTIFACTS={folder / 'artifacts'}",
            f"--action-cache-path={folder / 'cache'}",
        ],
        cwd=folder / "work",
        env=environment(XDG_CACHE_HOME=str(folder / "xdg")),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def test_each_exit_code_is_that_of_its_step(job: Job) -> None:
    came = {name: (int(code), outcome) for code, outcome, name in re.findall(r"\| came (\d) (\w+) of (\w+)", job.said)}
    assert came == {use.name: (use.code, "success" if use.code == 0 else "failure") for use in job.uses}


def test_each_run_shows_its_own_report_and_one_without_a_report_shows_none(job: Job) -> None:
    assert {path.name for path in job.artifacts.iterdir()} == {use.name for use in job.uses if use.code != 2}
    for use in job.uses:
        if use.code != 2:
            written = json.loads((job.artifacts / use.name / "report.json").read_text(encoding="utf-8"))
            assert written["target"]["endpoint"] == use.endpoint
    assert job.said.count("Summary - ##") == len(job.uses) - 1


def test_a_target_gives_the_runner_no_commands(job: Job) -> None:
    assert "hijacked" in job.said
    assert not [
        line for line in job.said.splitlines() if re.search(r"(?:\||❗|⚠|🚧)\s*(?:\x1b\[[0-9;]*m)*::error::", line)
    ]
    shown = [line for line in job.said.splitlines() if "| " in line]
    assert not [line for line in shown if "##[error]" in line]
