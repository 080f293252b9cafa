"""What others paste into their CI passes the tools that lint it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integrations.files import ACTION, DOCKERFILE, DRIFT_WORKFLOW, GITHUB, GITLAB, SANDBOX_WORKFLOW, scripts
from tests.project.places import ROOT

# Beside the Python of the virtual environment, which need not be on the PATH.
TOOLS = Path(sys.executable).parent


def complaints(tool: str, *arguments: str) -> str:
    """What a linter says; nothing if it is content."""
    ran = subprocess.run([TOOLS / tool, *arguments], cwd=ROOT, capture_output=True, check=False, text=True)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("github-actions", ACTION),
        ("github-workflows", GITHUB),
        ("github-workflows", DRIFT_WORKFLOW),
        ("github-workflows", SANDBOX_WORKFLOW),
        ("gitlab-ci", GITLAB),
    ],
    ids=["action", "workflow", "drift", "sandbox", "gitlab"],
)
def test_the_schema_of_the_service_accepts_it(schema: str, path: Path) -> None:
    transform = ["--data-transform", "gitlab-ci"] if schema == "gitlab-ci" else []
    assert complaints("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *transform, str(path)) == ""


@pytest.mark.parametrize(
    "path", [ACTION, GITHUB, DRIFT_WORKFLOW, SANDBOX_WORKFLOW], ids=["action", "workflow", "drift", "sandbox"]
)
def test_zizmor_finds_nothing_unsafe(path: Path) -> None:
    assert complaints("zizmor", "--offline", "--persona", "pedantic", "--strict-collection", str(path)) == ""


def test_hadolint_accepts_the_dockerfile() -> None:
    assert complaints("hadolint", "--failure-threshold", "style", str(DOCKERFILE)) == ""


def test_shellcheck_accepts_the_scripts_of_the_action(tmp_path: Path) -> None:
    for name, script in scripts().items():
        path = tmp_path / f"{name}.sh"
        path.write_text(script, encoding="utf-8")
        assert complaints("shellcheck", "--shell", "bash", str(path)) == ""


@pytest.mark.parametrize("path", [".ci/run", ".ci/parts", ".ci/readme-lines", "reports/samples/make"])
def test_shellcheck_accepts_our_own_scripts(path: str) -> None:
    assert complaints("shellcheck", path) == ""


@pytest.mark.parametrize(
    ("tool", "arguments", "text"),
    [
        ("check-jsonschema", ["--builtin-schema", "vendor.github-actions"], "runs: nothing\n"),
        ("zizmor", ["--offline"], "on: push\njobs: {a: {runs-on: x, steps: [{uses: actions/checkout@v4}]}}\n"),
        ("hadolint", [], "FROM debian\nRUN cd /tmp\n"),
        ("shellcheck", ["--shell", "bash"], "echo $1\n"),
    ],
)
def test_the_linters_do_complain(tool: str, arguments: list[str], text: str, tmp_path: Path) -> None:
    path = tmp_path / "faulty.yml"
    path.write_text(text, encoding="utf-8")
    assert complaints(tool, *arguments, str(path))
