"""On AWS, by a name of its own that leads to this machine: only when it is meant, and the images go first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.aws import HOST, resolving, under_an_aws_name
from tests.support.command import Finished, here, report_in
from tests.support.making_pipelines import Plane

from .runs import EVERYTHING, states

REGION = ("--region", "us-east-1")


@pytest.fixture(autouse=True)
def names() -> Iterator[list[str]]:
    with resolving(HOST) as looked_up:
        yield looked_up


def call(server: ReferenceServer, folder: Path, command: str, *arguments: str) -> Finished:
    key = server.credentials
    env = {"AWS_ACCESS_KEY_ID": key.access_key_id, "AWS_SECRET_ACCESS_KEY": key.secret_access_key}
    finished = here(command, *arguments, cwd=folder, env=env)
    assert "Traceback" not in finished.text
    return finished


def run(server: ReferenceServer, folder: Path, *arguments: str) -> Finished:
    target = ("operation", "--provision", "--endpoint-url", under_an_aws_name(server.url), "--report-dir", "report")
    return call(server, folder, "run", *target, *arguments)


def test_nothing_is_made_unless_it_is_meant(
    server: ReferenceServer, plane: Plane, names: list[str], tmp_path: Path
) -> None:
    finished = run(server, tmp_path, *REGION)
    assert finished.code == 2
    assert "--allow-aws" in finished.err
    assert (plane.asked, names) == ([], [])


def test_nor_in_a_region_that_nobody_named(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    finished = run(server, tmp_path, "--allow-aws")
    assert finished.code == 2
    assert "say --region" in finished.err
    assert plane.asked == []


def test_the_least_is_started_and_images_go_before_what_they_rest_on(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.rests_on_images = True
    finished = run(server, tmp_path, "--allow-aws", *REGION)
    assert finished.code == 0, finished.text
    assert report_in(tmp_path / "report")["run"]["max_executions"] == 1
    assert server.behaviour.store.images == {}
    assert plane.resources == {}
    assert plane.asked.count("DeleteImageRecipe") == 1
    assert states(tmp_path) == ["removed"] * EVERYTHING
    # There is nothing left that a line to clean up could be about.
    assert "cleanup:" not in finished.out
    assert "cost:" not in finished.out


def test_what_is_kept_keeps_its_images_and_the_line_cleans_up_after_both(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    finished = run(server, tmp_path, "--allow-aws", "--keep", *REGION)
    assert finished.code == 0, finished.text
    assert "started on AWS: 1 build" in finished.out
    assert "cleanup: imagebuilder-conformance cleanup report --allow-aws" in finished.out
    assert "earlier run" not in finished.out
    assert len(plane.resources) == EVERYTHING
    cleaned = call(server, tmp_path, "cleanup", "report", "--allow-aws")
    assert cleaned.code == 0, cleaned.text
    assert plane.resources == {}
    assert server.behaviour.store.images == {}


def test_cleaning_up_after_a_run_that_made_nothing_yet_needs_no_pipeline(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.fault = lambda operation: (
        (403, "ForbiddenException") if operation != "CreateInfrastructureConfiguration" else None
    )
    finished = run(server, tmp_path, "--allow-aws", *REGION)
    assert finished.code == 3
    assert "left: arn:aws:imagebuilder:" in finished.out
    plane.fault = lambda _: None
    cleaned = call(server, tmp_path, "cleanup", "report", "--allow-aws")
    assert cleaned.code == 0, cleaned.text
    assert plane.resources == {}
