"""The guide says what happens: its first server is as red as it says, its last one is green, and its code is theirs."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import RunVerdict, Verdict
from imagebuilder_spec import Suite
from tests.project.places import ROOT
from tests.support.runs import failed, run_against

GUIDE = (ROOT / "docs/make-your-emulator-conform.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "examples/emulator"
FIRST, LAST = EXAMPLES / "first.py", EXAMPLES / "emulator.py"
# Whether two requests meet in the gap that the first version leaves is chance.
BY_CHANCE = {"idempotency.concurrent.duplicates"}


@contextmanager
def serving(example: Path, folder: Path) -> Iterator[str]:
    """An example on a free port: its URL. What it writes about its requests is thrown away."""
    with subprocess.Popen(
        [sys.executable, example, "0"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Report:
    with serving(FIRST, tmp_path_factory.mktemp("first")) as url:
        return run_against(url)


@pytest.fixture(scope="module")
def last(tmp_path_factory: pytest.TempPathFactory) -> Report:
    with serving(LAST, tmp_path_factory.mktemp("last")) as url:
        return run_against(url, suites=(Suite.CORE, Suite.SDK))


def test_the_first_version_is_as_red_as_the_guide_says(first: Report) -> None:
    rows = [line for line in GUIDE.splitlines() if line.startswith("| ") and "`" in line]
    named = {clause for row in rows for clause in re.findall(r"`([a-z.-]+)`", row.split("|")[2])}
    assert named
    assert failed(first) - BY_CHANCE == named


def test_the_last_version_is_green_in_core_and_in_sdk(last: Report) -> None:
    assert last.verdict is RunVerdict.CONFORMANT
    assert "recommendations not kept" not in last.verdict_sentence
    # It does not speak the fault interface; that is the only condition of the suite.
    unconditional = [clause for clause in last.clauses if clause.suite == Suite.SDK and clause.condition is None]
    assert {clause.verdict for clause in unconditional} == {Verdict.PASSED}


def test_the_figures_of_the_guide_are_those_of_the_runs(first: Report, last: Report) -> None:
    shown = " ".join(" ".join(blocks("text")).split())
    held = sum(clause.exercised for clause in last.clauses if clause.suite == Suite.CORE)
    assert f"conformant: {held} of {held} clauses that were exercised hold" in shown
    if not failed(first) & BY_CHANCE:
        assert first.verdict_sentence in shown
        assert f"{first.totals.clauses[Verdict.INCONCLUSIVE]} {first.totals.clauses[Verdict.WARNED]}" == "7 6"


@pytest.mark.parametrize("code", blocks("python"))
def test_the_code_of_the_guide_is_that_of_the_emulator(code: str) -> None:
    assert code in LAST.read_text(encoding="utf-8")


@pytest.mark.parametrize("example", [FIRST, LAST], ids=lambda path: path.name)
def test_an_example_is_short_and_takes_the_standard_library_alone(example: Path) -> None:
    text = example.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    assert {module.split(".")[0] for module in modules} <= sys.stdlib_module_names
