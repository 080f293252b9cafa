"""`--help` and `list` cost what importing click costs, and for `list` what the contract takes to be read."""

from pathlib import Path

import pytest

from tests.support.command import python

HEAVY = ("hypothesis", "imagebuilder_reports.model", "jinja2", "jsonschema", "pytest", "requests", "rich", "uvicorn")
SCRIPT = """
import sys
from imagebuilder_conformance.cli import main

try:
    main()
finally:
    with open("modules", "w") as file:
        file.write(" ".join(sys.modules))
"""


def modules(folder: Path, *words: str) -> set[str]:
    """What a process has imported that was called with these words."""
    finished = python("-c", SCRIPT, *words, cwd=folder)
    assert finished.code == 0, finished.text
    return set((folder / "modules").read_text().split())


def test_help_imports_click_and_the_group_of_commands(tmp_path: Path) -> None:
    ours = {module for module in modules(tmp_path, "--help") if module.startswith("imagebuilder_")}
    own = {"cli", "cli.main", "cli.exits", "cli.surroundings", "machine", "stopping"}
    assert ours == {"imagebuilder_conformance", *(f"imagebuilder_conformance.{name}" for name in own)}


@pytest.mark.parametrize("words", [["--help"], ["list"]], ids=" ".join)
def test_what_only_runs_need_is_not_imported(words: list[str], tmp_path: Path) -> None:
    assert modules(tmp_path, *words) & set(HEAVY) == set()
