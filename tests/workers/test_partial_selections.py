"""Whatever is selected, and however few executions there are, workers judge what one worker judges.

Areas and suites by default; `IMAGEBUILDER_SELECTIONS=all` tries every prefix of a clause.
"""

import os
from pathlib import Path

import pytest

from imagebuilder_spec import Suite, load_contract
from tests.support.command import here, report_in

pytestmark = pytest.mark.slow

WORKERS = (1, 2, 8)
LIMITS = (0, 1, 3)


def _prefixes() -> list[str]:
    """The areas of the contract, or every prefix of its clauses, if that is asked for."""
    parts = [id_.split(".") for id_ in load_contract().clauses]
    depth = max(map(len, parts)) if os.environ.get("IMAGEBUILDER_SELECTIONS") == "all" else 1
    return sorted({".".join(each[:end]) for each in parts for end in range(1, min(depth, len(each)) + 1)})


def _judged(folder: Path, *words: str) -> tuple[int, dict[str, str]]:
    """The exit code of a run on the embedded target, and the verdicts of its clauses."""
    ran = here("run", *words, "--report-dir", "left", cwd=folder)
    assert "bug of the suite" not in ran.text, ran.text
    assert "INTERNALERROR" not in ran.text, ran.text
    report = report_in(folder / "left")
    return ran.code, {clause["id"]: clause["verdict"] for clause in report["clauses"]}


@pytest.mark.parametrize("prefix", _prefixes())
def test_every_prefix_is_judged_alike_by_any_number_of_workers(prefix: str, tmp_path: Path) -> None:
    alone, *others = [_judged(tmp_path, prefix, "--workers", str(workers)) for workers in WORKERS]
    assert others == [alone] * len(others)


@pytest.mark.parametrize("suite", Suite)
def test_every_suite_is_judged_alike_by_any_number_of_workers(suite: Suite, tmp_path: Path) -> None:
    alone, *others = [_judged(tmp_path, "--suite", suite, "--workers", str(workers)) for workers in WORKERS]
    assert others == [alone] * len(others)
    assert alone[0] == 0


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("prefix", ["operation", "request.client-token", "idempotency.concurrent"])
def test_a_limit_of_executions_is_kept_by_any_number_of_workers(prefix: str, limit: int, tmp_path: Path) -> None:
    words = (prefix, "--max-executions", str(limit))
    alone, *others = [_judged(tmp_path, *words, "--workers", str(workers)) for workers in WORKERS]
    assert others == [alone] * len(others)
    assert alone[0] in {0, 3}
