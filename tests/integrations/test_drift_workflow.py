"""The scheduled workflow of `drift`, its scripts run as a runner runs them, with a remote of their own."""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from imagebuilder_conformance.cli import main
from tests.integrations.files import DRIFT_WORKFLOW, load
from tests.integrations.runner import Ran
from tests.integrations.test_linting import complaints
from tests.support.command import environment

PAGE, BRANCH = "contract-drift.md", "contract-drift"

# Notes what it is asked, and says how many pull requests are open.
GH = """#!/bin/sh
printf '%s\\n' "$*" >>"$ASKED"
case "$*" in "pr list "*) echo "$OPEN" ;; esac
"""


def job() -> dict[str, Any]:
    (found,) = load(DRIFT_WORKFLOW)["jobs"].values()
    return dict(found)


def scripts() -> dict[str, str]:
    return {step["name"]: step["run"] for step in job()["steps"] if "run" in step}


def git(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout


class Job:
    """A checkout with a remote, a command `imagebuilder-conformance` and a `gh`."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.remote, self._tools = folder / "checkout", folder / "remote.git", folder / "tools"
        self._asked = folder / "asked"
        self._tools.mkdir()
        self._tool("imagebuilder-conformance", f'#!/bin/sh\nexec "{sys.executable}" -m imagebuilder_conformance "$@"\n')
        self._tool("gh", GH)
        git(folder, "init", "-q", "--bare", str(self.remote))
        git(folder, "init", "-q", "-b", "main", str(self.checkout))
        git(self.checkout, "remote", "add", "origin", str(self.remote))
        git(self.checkout, "commit", "-q", "--allow-empty", "-m", "First")

    def _tool(self, name: str, script: str) -> None:
        path = self._tools / name
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)

    def run(self, name: str, **variables: str) -> Ran:
        """Run the script of a step."""
        env = environment(**{"ASKED": str(self._asked), "OPEN": "0", **job()["env"], **variables})
        env["PATH"] = f"{self._tools}:{env['PATH']}"
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", scripts()[name]],
            cwd=self.checkout,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
        )
        return Ran(ran.returncode, ran.stdout + ran.stderr)

    def replace_command(self, script: str) -> None:
        self._tool("imagebuilder-conformance", script)

    @property
    def asked(self) -> list[str]:
        return self._asked.read_text(encoding="utf-8").splitlines() if self._asked.exists() else []

    @property
    def proposed(self) -> list[str]:
        """The branches that were pushed."""
        return git(self.remote, "branch", "--format", "%(refname:short)").split()


@pytest.fixture
def runner(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_the_scripts_are_clean(tmp_path: Path) -> None:
    for name, script in scripts().items():
        path = tmp_path / f"{name}.sh"
        path.write_text(script, encoding="utf-8")
        assert complaints("shellcheck", "--shell", "bash", str(path)) == ""


def test_the_command_line_is_one_that_the_command_takes() -> None:
    (line,) = [line for line in scripts()["Compare"].splitlines() if "imagebuilder-conformance" in line]
    _, name, *words = shlex.split(line.partition("||")[0])
    command = main.get_command(click.Context(main), name)
    assert command is not None
    options, _, _ = command.make_parser(click.Context(command)).parse_args(words)
    assert options["form"] == "markdown"


def test_the_comparison_leaves_the_page(runner: Job) -> None:
    ran = runner.run("Compare")
    assert ran.code == 0, ran.said
    assert "botocore" in (runner.checkout / PAGE).read_text(encoding="utf-8")


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (1, 0), (2, 1), (4, 1)])
def test_the_job_fails_only_where_nothing_was_compared(code: int, ends: int, runner: Job) -> None:
    runner.replace_command(f"#!/bin/sh\nexit {code}\n")
    assert runner.run("Compare").code == ends


@pytest.mark.parametrize(("open_requests", "verb"), [("0", "create"), ("1", "edit")])
def test_a_new_page_is_pushed_and_becomes_a_pull_request(open_requests: str, verb: str, runner: Job) -> None:
    (runner.checkout / PAGE).write_text("- model: botocore 1\n\nA difference.\n", encoding="utf-8")
    ran = runner.run("Propose the page", OPEN=open_requests)
    assert ran.code == 0, ran.said
    assert git(runner.remote, "show", f"{BRANCH}:{PAGE}").endswith("A difference.\n")
    assert runner.asked[-1].startswith(f"pr {verb} ")
    assert runner.asked[-1].endswith(f"--body-file {PAGE}")


@pytest.mark.parametrize(
    ("now", "proposed"),
    [
        ("- model: botocore 2\n\nA difference.\n", []),
        ("- model: botocore 2\n\nAnother difference.\n", [BRANCH]),
    ],
)
def test_a_page_that_says_the_same_of_another_version_is_not_proposed(
    now: str, proposed: list[str], runner: Job
) -> None:
    page = runner.checkout / PAGE
    page.write_text("- model: botocore 1\n\nA difference.\n", encoding="utf-8")
    git(runner.checkout, "add", PAGE)
    git(runner.checkout, "commit", "-q", "-m", "The page")
    page.write_text(now, encoding="utf-8")
    ran = runner.run("Propose the page")
    assert ran.code == 0, ran.said
    assert runner.proposed == proposed


def test_the_line_that_may_change_is_a_line_of_the_page(runner: Job) -> None:
    runner.run("Compare")
    lines = (runner.checkout / PAGE).read_text(encoding="utf-8").splitlines()
    naming = [line for line in lines if "botocore" in line]
    assert naming
    assert all(line.startswith("- model: ") for line in naming)
