"""Runs that make their own pipelines, and what they leave."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.command import Finished, here, report_in

NARROW = "operation"
EVERYTHING = 4
"""How many resources a run makes."""


def run(server: ReferenceServer, folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Finished:
    """A narrow run that makes its own pipelines."""
    words = ("run", NARROW, "--provision", "--endpoint-url", server.url, "--report-dir", "report", *arguments)
    finished = here(*words, cwd=folder, env=env)
    assert "Traceback" not in finished.text
    return finished


def cleanup(folder: Path, *arguments: str) -> Finished:
    """`cleanup` of the folder of the report."""
    finished = here("cleanup", "report", "--visible-after", "0", "--patience", "10", *arguments, cwd=folder)
    assert "Traceback" not in finished.text
    return finished


def provisioned(folder: Path) -> list[dict[str, Any]]:
    """What the report says of what was made."""
    made: list[dict[str, Any]] = report_in(folder / "report")["run"]["provisioned"]
    return made


def states(folder: Path) -> list[str]:
    """What has become of it."""
    return [each["state"] for each in provisioned(folder)]
