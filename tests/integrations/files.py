"""The files that others build into their CI."""

from pathlib import Path
from typing import Any

import yaml

from tests.project.places import ROOT

ACTION = ROOT / "action.yml"
DOCKERFILE = ROOT / "Dockerfile"
GITHUB = ROOT / "examples/github/workflow.yml"
DRIFT_WORKFLOW = ROOT / "examples/github/drift.yml"
SANDBOX = ROOT / "examples/aws-sandbox"
SANDBOX_WORKFLOW = SANDBOX / "workflow.yml"
GITLAB = ROOT / "examples/gitlab/.gitlab-ci.yml"


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def steps() -> dict[str, dict[str, Any]]:
    """The steps of the action by their names."""
    return {step["name"]: step for step in load(ACTION)["runs"]["steps"]}


def scripts() -> dict[str, str]:
    """The shell scripts of the action by the names of their steps."""
    return {name: step["run"] for name, step in steps().items() if "run" in step}
