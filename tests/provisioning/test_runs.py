"""A run makes its own pipelines, is judged by them, and takes them away; or it keeps them, and says how they go."""

import re
import shlex
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from imagebuilder_conformance import check_target
from imagebuilder_conformance.reference.defects.tokens import TokenEmptyAccepted
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.schemas import load_schema
from tests.support.command import here, report_in
from tests.support.making_pipelines import SCOPE, MakesPipelines, Plane, always, for_seconds

from .runs import EVERYTHING, cleanup, provisioned, run, states

ORDER = [
    "CreateInfrastructureConfiguration",
    "CreateImageRecipe",
    "CreateImagePipeline",
    "CreateImagePipeline",
    "DeleteImagePipeline",
    "DeleteImagePipeline",
    "DeleteImageRecipe",
    "DeleteInfrastructureConfiguration",
]


def test_it_makes_two_pipelines_is_judged_by_them_and_leaves_nothing(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    finished = run(server, tmp_path)
    assert finished.code == 0, finished.text
    assert plane.asked == ORDER
    assert plane.resources == {}
    assert "taken away: the 4 resources that --provision made" in finished.out
    assert states(tmp_path) == ["removed"] * EVERYTHING
    report = report_in(tmp_path / "report")
    assert len(report["target"]["pipelines"]) == 2
    assert {each["pipeline"] for each in report["executions"]} == set(report["target"]["pipelines"])
    assert all(each.startswith(f"{SCOPE}:image-pipeline/conformance-") for each in report["target"]["pipelines"])
    assert [error.message for error in Draft202012Validator(load_schema("report")).iter_errors(report)] == []


def test_the_events_and_every_form_of_the_report_tell_of_it(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.fault = always("DeleteInfrastructureConfiguration", 403, "ForbiddenException")
    run(server, tmp_path)
    made = read_report(tmp_path / "report" / "events.jsonl").run.provisioned
    assert [each.state for each in made] == ["made"] * EVERYTHING
    arn = made[0].arn or ""
    assert arn.startswith(f"{SCOPE}:infrastructure-configuration/")
    for name in ("report.html", "report.md"):
        text = (tmp_path / "report" / name).read_text(encoding="utf-8")
        assert arn in text
        assert "4 resources on the target, 3 of them taken away" in text


def test_what_is_kept_is_named_and_can_be_judged_by_and_taken_away(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    finished = run(server, tmp_path, "--keep")
    assert finished.code == 0, finished.text
    assert len(plane.resources) == EVERYTHING
    assert states(tmp_path) == ["kept"] * EVERYTHING
    named = re.findall(r"^kept: (\S+)$", finished.out, re.MULTILINE)
    assert named == list(plane.resources)
    pipelines = [word for arn in named if ":image-pipeline/" in arn for word in ("--pipeline-arn", arn)]
    again = here("run", "operation", "--endpoint-url", server.url, *pipelines, "--report-dir", "again", cwd=tmp_path)
    assert again.code == 0, again.text
    [line] = re.findall(r"^cleanup: imagebuilder-conformance (.*)$", finished.out, re.MULTILINE)
    cleaned = here(*shlex.split(line), cwd=tmp_path)
    assert cleaned.code == 0, cleaned.text
    assert plane.resources == {}
    assert "4 of 4 resources made for the run gone" in cleaned.out
    assert cleanup(tmp_path).code == 0


def test_a_further_run_into_the_folder_keeps_the_earlier_ones_on_the_list(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    run(server, tmp_path, "--keep")
    run(server, tmp_path, "--keep")
    here("run", "operation", "--report-dir", "report", cwd=tmp_path)
    assert len(plane.resources) == 2 * EVERYTHING
    cleaned = cleanup(tmp_path)
    assert plane.resources == {}, cleaned.text
    assert cleaned.code == 0


@pytest.mark.parametrize("report", ["report/report.json", "report/events.jsonl"])
def test_either_file_of_the_report_will_do_and_a_look_touches_nothing(
    report: str, server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    run(server, tmp_path, "--keep")
    looked = here("cleanup", report, "--dry-run", cwd=tmp_path)
    assert looked.out.count("would be deleted") == EVERYTHING
    assert len(plane.resources) == EVERYTHING
    assert here("cleanup", report, cwd=tmp_path).code == 0
    assert plane.resources == {}


def test_forgetting_takes_them_off_the_list_and_nothing_away(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    run(server, tmp_path, "--keep")
    forgotten = cleanup(tmp_path, "--forget")
    assert all(f"forgotten: {arn}" in forgotten.out for arn in plane.resources)
    assert len(plane.resources) == EVERYTHING


@pytest.mark.parametrize("options", [("--max-executions", "0"), ("--stop-after", "1")])
def test_a_run_that_judges_little_takes_them_away_too(
    options: tuple[str, ...], server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    run(server, tmp_path, *options)
    assert plane.asked == ORDER


def test_a_run_without_a_verdict_takes_them_away_too(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    # What it made is not known to the operation that is judged.
    plane.after = lambda operation: server.behaviour.store.pipelines.clear() if operation.startswith("Create") else None
    finished = run(server, tmp_path)
    assert finished.code == 3
    assert "does not know the pipeline" in " ".join(finished.out.split())
    assert plane.resources == {}


def test_a_delete_that_is_refused_for_a_while_is_tried_again(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.fault = for_seconds("DeleteImageRecipe", 1.0, 400, "ResourceInUseException")
    finished = run(server, tmp_path)
    assert finished.code == 0, finished.text
    assert plane.asked.count("DeleteImageRecipe") > 2
    assert plane.resources == {}


def test_what_can_not_be_taken_away_is_named_in_everything_and_costs_the_green(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.fault = always("DeleteImageRecipe", 403, "ForbiddenException")
    finished = run(server, tmp_path)
    assert finished.code == 3
    assert "conformant: 1 of 1" in finished.out
    # What it rests on could go here, and so goes.
    [left] = plane.resources
    assert f"left: {left}: DeleteImageRecipe was answered 403 ForbiddenException" in finished.out
    assert "cleanup: imagebuilder-conformance cleanup report" in finished.out
    [told] = [each for each in provisioned(tmp_path) if each["state"] != "removed"]
    assert (told["arn"], told["state"]) == (left, "left")
    assert "ForbiddenException" in told["reason"]
    refused = cleanup(tmp_path)
    assert refused.code == 1
    assert f"{left}  left: DeleteImageRecipe was answered 403" in refused.out
    plane.fault = lambda _: None
    assert cleanup(tmp_path).code == 0
    assert plane.resources == {}


def test_what_is_gone_already_counts_as_taken_away(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    run(server, tmp_path, "--keep")
    plane.resources.clear()
    assert cleanup(tmp_path).code == 0


def test_a_recipe_that_images_rest_on_goes_once_they_are_gone(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.rests_on_images = True
    finished = run(server, tmp_path)
    assert finished.code == 0, finished.text
    assert plane.resources == {}
    assert server.behaviour.store.images == {}


def test_what_failed_can_be_made_again_by_pipelines_of_its_own(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    assert run(server, tmp_path, "--max-executions", "0").code == 3
    finished = run(server, tmp_path, "--failed-in", "report")
    assert finished.code == 0, finished.text
    assert plane.resources == {}
    assert states(tmp_path) == ["removed"] * 2 * EVERYTHING


def test_the_command_lines_of_a_failure_need_pipelines_that_are_kept(plane: Plane, tmp_path: Path) -> None:
    class Broken(MakesPipelines, TokenEmptyAccepted):
        pass

    with ReferenceServer(behaviour=Broken) as server:
        gone = run(server, tmp_path, "request.client-token.min-length")
        kept = run(server, tmp_path, "request.client-token.min-length", "--keep")
    assert (gone.code, kept.code) == (1, 1)
    assert "name pipelines that are gone: --keep leaves them" in gone.out
    assert "gone" not in kept.out
    assert len(plane.resources) == EVERYTHING


def test_it_can_be_asked_for_from_python(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    report = check_target(server.url, clauses=["operation"], provision=True, report_dir=tmp_path / "report")
    assert report.verdict == "conformant"
    assert [each.state for each in report.run.provisioned] == ["removed"] * EVERYTHING
    assert plane.resources == {}


@pytest.mark.slow
def test_workers_are_judged_by_the_same_pipelines(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    finished = run(server, tmp_path, "idempotency", "--workers", "3")
    assert finished.code == 0, finished.text
    assert plane.resources == {}
    report = report_in(tmp_path / "report")
    assert report["run"]["workers"] == 3
    assert {each["pipeline"] for each in report["executions"]} == set(report["target"]["pipelines"])
    tokens = [each["token"] for each in report["executions"] if len(each["token"] or "") == 12]
    nonce = report["run"]["nonce"]
    assert all(token.startswith(nonce) for token in tokens)
    assert {each["name"] for each in report["run"]["provisioned"]} >= {f"conformance-{nonce}"}
