"""On AWS, by a name of its own that leads to this machine: only when it is meant, and the images go first."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.aws import HOST, resolver_for_processes, resolving, under_an_aws_name
from tests.support.command import Finished, finished, here, report_in, started, wait_until
from tests.support.making_pipelines import MakesPipelines, Plane
from tests.support.mute import mute_from

from .runs import EVERYTHING, states

REGION = ("--region", "us-east-1")


@pytest.fixture(autouse=True)
def names() -> Iterator[list[str]]:
    with resolving(HOST) as looked_up:
        yield looked_up


def call(server: ReferenceServer, folder: Path, command: str, *arguments: str) -> Finished:
    key = server.credentials
    env = {"AWS_ACCESS_KEY_ID": key.access_key_id, "AWS_SECRET_ACCESS_KEY": key.secret_access_key}
    ended = here(command, *arguments, cwd=folder, env=env)
    assert "Traceback" not in ended.text
    return ended


def run(server: ReferenceServer, folder: Path, *arguments: str) -> Finished:
    target = ("operation", "--provision", "--endpoint-url", under_an_aws_name(server.url), "--report-dir", "report")
    return call(server, folder, "run", *target, *arguments)


def test_nothing_is_made_unless_it_is_meant(
    server: ReferenceServer, plane: Plane, names: list[str], tmp_path: Path
) -> None:
    ended = run(server, tmp_path, *REGION)
    assert ended.code == 2
    assert "--allow-aws" in ended.err
    assert (plane.asked, names) == ([], [])


def test_nor_in_a_region_that_nobody_named(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    ended = run(server, tmp_path, "--allow-aws")
    assert ended.code == 2
    assert "say --region" in ended.err
    assert plane.asked == []


def test_the_least_is_started_and_images_go_before_what_they_rest_on(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.rests_on_images = True
    ended = run(server, tmp_path, "--allow-aws", *REGION)
    assert ended.code == 0, ended.text
    assert report_in(tmp_path / "report")["run"]["max_executions"] == 1
    assert server.behaviour.store.images == {}
    assert plane.resources == {}
    assert plane.asked.count("DeleteImageRecipe") == 1
    assert states(tmp_path) == ["removed"] * EVERYTHING
    # There is nothing left that a line to clean up could be about.
    assert "cleanup:" not in ended.out
    assert "cost:" not in ended.out


def test_what_is_kept_keeps_its_images_and_the_line_cleans_up_after_both(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    ended = run(server, tmp_path, "--allow-aws", "--keep", *REGION)
    assert ended.code == 0, ended.text
    assert "started on AWS: 1 build" in ended.out
    assert "cleanup: imagebuilder-conformance cleanup report --allow-aws" in ended.out
    assert "earlier run" not in ended.out
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
    ended = run(server, tmp_path, "--allow-aws", *REGION)
    assert ended.code == 3
    assert "left: arn:aws:imagebuilder:" in ended.out
    plane.fault = lambda _: None
    cleaned = call(server, tmp_path, "cleanup", "report", "--allow-aws")
    assert cleaned.code == 0, cleaned.text
    assert plane.resources == {}


MUTE = mute_from(3, MakesPipelines)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the signals are those of POSIX")
@pytest.mark.parametrize("behaviour", [MakesPipelines, MUTE])
def test_a_run_that_is_ended_early_leaves_the_rest_to_cleanup(
    behaviour: type[MakesPipelines], plane: Plane, tmp_path: Path
) -> None:
    plane.rests_on_images = True
    with ReferenceServer(behaviour=behaviour) as server:
        key = server.credentials
        env = {"AWS_ACCESS_KEY_ID": key.access_key_id, "AWS_SECRET_ACCESS_KEY": key.secret_access_key}
        env |= resolver_for_processes(tmp_path / "resolver")
        target = ("--endpoint-url", under_an_aws_name(server.url), "--allow-aws", *REGION)
        # A check of hang-ups leaves starts without an answer, the others don't.
        prefixes = ("idempotency",) if behaviour is MUTE else ("operation", "request", "idempotency.replay")
        words = ("run", *prefixes, "--provision", "--max-executions", "12", "--report-dir", "report", *target)
        with started(*words, cwd=tmp_path, env=env) as process:
            wait_until(lambda: len(server.behaviour.store.images) >= 3, "builds")
            process.send_signal(signal.SIGTERM)
            run = finished(process)
        assert run.code == 3, run.text
        recipe = next(arn for arn in plane.resources if ":image-recipe/" in arn)
        assert f"left: {recipe}: " in run.out
        assert run.out.count("cleanup: imagebuilder-conformance cleanup report --allow-aws") == 1
        # Where a start has no answer, its image is to be found in the list of its pipeline, which stays for that.
        unknown = "of unknown outcome" in run.out
        assert unknown or behaviour is MakesPipelines
        assert len(plane.names("image-pipeline")) == (2 if unknown else 0), run.text
        cleaned = call(server, tmp_path, "cleanup", "report", "--allow-aws", "--visible-after", "0")
        if unknown:
            assert cleaned.code == 1
            assert "stays until the images to look at are gone" in cleaned.out
            assert len(plane.resources) == EVERYTHING
            server.behaviour.store.images.clear()
            cleaned = call(server, tmp_path, "cleanup", "report", "--allow-aws", "--visible-after", "0")
        assert cleaned.code == 0, cleaned.text
        assert plane.resources == {}
