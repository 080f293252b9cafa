"""Runs that the account keeps from judging everything: exit 3, one sentence that says why and after how many starts.

Nobody is blamed for it, and what was judged until then is allowed to be enough.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.reference.defects.registry import Variation
from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.calls import OTHER_PIPELINE, PIPELINE
from tests.support.command import Finished, here

pytestmark = pytest.mark.slow

LIMITED = {name: each for name, each in catalogue.variations().items() if not each.completes}
# Why a run ends at once, and after how many exchanges.
AT_ONCE = {"quota-of-0-builds": ("quota", 3), "permission-lost-at-start-1": ("denied", 2)}
SAID = {
    "quota": '402 ServiceQuotaExceededException "The quota of image builds is reached."',
    "pipeline": '400 ResourceInUseException "A build of this pipeline is under way."',
    "permission": '403 ForbiddenException "You are not authorized to perform the requested operation."',
    "one": '400 ResourceInUseException "A build of this pipeline is under way; retry when it is over."',
}


def run(variation: Variation, folder: Path, *options: str) -> tuple[Finished, dict[str, Any]]:
    """A run of the command with the suites `core` and `faults`, and its report."""
    pipelines = ("--pipeline-arn", PIPELINE, "--pipeline-arn", OTHER_PIPELINE)
    suites = ("--suite", "core", "--suite", "faults")
    with ReferenceServer(variation.settings(), behaviour=variation.behaviour) as server:
        url = server.url
        ended = here("run", "--endpoint-url", url, *pipelines, *suites, "--report-dir", ".", *options, cwd=folder)
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return ended, report


def starts(variation: Variation) -> int | None:
    """How many builds there are before the account says no, where that does not hang on the time."""
    builds = getattr(variation.behaviour, "builds", None)
    return builds if isinstance(builds, int) else None


@pytest.mark.parametrize("name", [name for name in LIMITED if name not in AT_ONCE])
def test_a_run_goes_on_and_says_in_one_sentence_what_kept_it_from_judging(name: str, tmp_path: Path) -> None:
    ended, report = run(LIMITED[name], tmp_path, "--workers", "1")
    sentence = report["verdict_sentence"]
    # A caller who may nothing any more has nothing to go on with.
    ending = "interrupted" if name.startswith("permission") else "completed"
    assert (ended.code, report["verdict"], report["run"]["ending"]) == (3, "incomplete", ending)
    assert SAID[name.partition("-")[0]] in sentence
    builds = starts(LIMITED[name])
    if builds is not None:
        assert f"after {builds} start{'' if builds == 1 else 's'} http://" in sentence
    assert "could not be judged" in sentence or "judged until then" in sentence
    assert not [clause["id"] for clause in report["clauses"] if clause["verdict"] in {"failed", "warned", "error"}]
    assert not [check["id"] for check in report["checks"] if check["failures"]]


@pytest.mark.parametrize("name", AT_ONCE)
def test_what_allows_no_start_at_all_ends_the_run_at_once(name: str, tmp_path: Path) -> None:
    ended, report = run(LIMITED[name], tmp_path, "--allow-incomplete")
    assert (ended.code, (report["run"]["ending"], report["totals"]["exchanges"])) == (3, AT_ONCE[name])
    assert SAID[name.partition("-")[0]] in report["verdict_sentence"]


@pytest.mark.parametrize("name", ["quota-of-5-builds", "permission-lost-at-start-20", "pipeline-busy-at-start-20"])
def test_workers_tell_it_too_and_what_was_judged_may_be_enough(name: str, tmp_path: Path) -> None:
    ended, report = run(LIMITED[name], tmp_path, "--workers", "4", "--allow-incomplete")
    assert (ended.code, report["verdict"]) == (0, "incomplete")
    assert SAID[name.partition("-")[0]] in report["verdict_sentence"]
    assert not [check["id"] for check in report["checks"] if check["failures"]]


def test_with_a_quota_of_one_build_replays_of_that_are_judged(tmp_path: Path) -> None:
    _, report = run(LIMITED["quota-of-1-builds"], tmp_path, "--workers", "1")
    judged = {clause["id"] for clause in report["clauses"] if clause["verdict"] == "passed"}
    assert {
        "idempotency.mismatch.invalid-request",
        "idempotency.mismatch.original-intact",
        "idempotency.replay.after-delay",
    } <= judged
