"""`plan` says what a run would do."""

import json
from pathlib import Path

import pytest

from imagebuilder_spec import load_contract
from tests.support.command import here, report_in


def plan(tmp_path: Path, *arguments: str) -> dict[str, object]:
    finished = here("plan", "--json", *arguments, cwd=tmp_path)
    assert finished.code == 0, finished.text
    planned: dict[str, object] = json.loads(finished.out)
    return planned


@pytest.mark.parametrize("prefix", ["operation", "request.body", "idempotency.mismatch"])
def test_it_names_the_clauses_and_checks_that_the_run_has(prefix: str, tmp_path: Path) -> None:
    planned = plan(tmp_path, prefix, "--suite", "core", "--max-executions", "3")
    assert here("run", prefix, "--suite", "core", "--max-executions", "3", cwd=tmp_path).code in {0, 3}
    report = report_in(tmp_path / "conformance-report")
    assert planned["clauses"] == [clause["id"] for clause in report["clauses"] if clause["selected"]]
    assert planned["checks"] == [check["id"] for check in report["checks"]]
    assert planned["executions"] == report["run"]["max_executions"] == 3


def test_without_a_budget_there_is_no_limit_but_a_figure(tmp_path: Path) -> None:
    planned = plan(tmp_path, "--suite", "core")
    assert planned["executions"] is None
    assert isinstance(planned["declared"], int)
    assert planned["declared"] > 100


def test_people_get_the_same_in_words(tmp_path: Path) -> None:
    finished = here("plan", "--suite", "core", "--max-executions", "5", cwd=tmp_path)
    assert finished.code == 0
    assert "at most 5 image builds" in finished.out
    assert "an instance each for about half an hour" in finished.out
    assert all(
        f"  {clause.id}" in finished.out for clause in load_contract().clauses.values() if clause.suite == "core"
    )
    assert '"imagebuilder:StartImagePipelineExecution"' in finished.out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--max-executions", "-1"], ["no-such-clause"], ["--seed", "x"]])
def test_what_run_refuses_plan_refuses(arguments: list[str], tmp_path: Path) -> None:
    assert here("plan", *arguments, cwd=tmp_path).code == here("run", *arguments, cwd=tmp_path).code == 2
