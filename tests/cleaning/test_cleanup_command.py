"""`cleanup` removes what the report lists and nothing else, also after a run that was killed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from imagebuilder_conformance.cleaning import connecting
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_reports.events import Event, Header
from tests.reports.samples import came, clause, events_of, sent, write_stream
from tests.support.calls import PIPELINE
from tests.support.command import Finished, here, started, wait_until
from tests.support.mute import mute_from

pytestmark = pytest.mark.slow

NARROW = "idempotency.replay.same-image"


@pytest.fixture
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer() as running:
        yield running


def start_beside(server: ReferenceServer) -> str:
    """An image that the run has nothing to do with."""
    client = boto3.client(
        "imagebuilder",
        endpoint_url=server.url,
        region_name=server.region,
        aws_access_key_id=server.credentials.access_key_id,
        aws_secret_access_key=server.credentials.secret_access_key,
    )
    return client.start_image_pipeline_execution(clientToken="beside", imagePipelineArn=PIPELINE)[
        "imageBuildVersionArn"
    ]


def images_of(server: ReferenceServer) -> set[str]:
    return set(server.behaviour.store.images)


def judged(server: ReferenceServer, folder: Path) -> None:
    assert here("run", NARROW, "--endpoint-url", server.url, "--report-dir", "report", cwd=folder).code == 0


def cleanup(folder: Path, *arguments: str, report: str = "report", env: Mapping[str, str] | None = None) -> Finished:
    finished = here("cleanup", report, "--visible-after", "1", *arguments, cwd=folder, env=env)
    assert "Traceback" not in finished.text
    return finished


def test_everything_that_the_run_started_is_removed_and_what_others_started_stays(
    server: ReferenceServer, tmp_path: Path
) -> None:
    beside = start_beside(server)
    judged(server, tmp_path)
    assert len(images_of(server)) > 1
    finished = cleanup(tmp_path)
    assert finished.code == 0, finished.text
    assert images_of(server) == {beside}
    assert beside not in finished.out.split()


@pytest.mark.parametrize("report", ["report/report.json", "report/events.jsonl"])
def test_it_takes_either_file_of_the_report(report: str, server: ReferenceServer, tmp_path: Path) -> None:
    judged(server, tmp_path)
    assert cleanup(tmp_path, report=report).code == 0
    assert images_of(server) == set()


def test_a_second_time_there_is_nothing_left_to_do(server: ReferenceServer, tmp_path: Path) -> None:
    judged(server, tmp_path)
    cleanup(tmp_path)
    again = cleanup(tmp_path)
    assert again.code == 0
    assert re.search(r"(\d+) images?: \1 already gone", again.out)


def test_a_dry_run_touches_nothing(server: ReferenceServer, tmp_path: Path) -> None:
    judged(server, tmp_path)
    before = {arn: image.status for arn, image in server.behaviour.store.images.items()}
    finished = cleanup(tmp_path, "--dry-run")
    assert finished.code == 0
    assert {arn: image.status for arn, image in server.behaviour.store.images.items()} == before
    assert all(arn in finished.out for arn in before)


def test_after_kill_9_all_that_may_have_been_started_is_removed_or_named(tmp_path: Path) -> None:
    with ReferenceServer(behaviour=mute_from(6)) as server:
        beside = start_beside(server)
        with started("run", "idempotency", "--endpoint-url", server.url, "--report-dir", "report", cwd=tmp_path) as run:
            wait_until(lambda: len(images_of(server)) >= 6, "a start that is not answered")
            run.kill()
            run.wait()
        made = images_of(server)
        finished = cleanup(tmp_path)
        left = images_of(server) - {beside}
        assert beside in images_of(server)
    assert finished.code == 1, finished.text
    assert left
    assert made - left - {beside}
    assert left <= set(re.findall(r"look at (\S+),", finished.out))
    assert re.search(rf"may have been started: token '\w+', pipeline {PIPELINE}\S*, at 20\S+ \(x\d+\)", finished.out)


def test_a_start_of_unknown_outcome_is_named_and_not_sent_again(server: ReferenceServer, tmp_path: Path) -> None:
    stream = events_of([clause("a.b")], [], between=[sent("x0001", "lost")], end=None)
    write_stream(tmp_path / "events.jsonl", stream)
    finished = cleanup(tmp_path, "--endpoint-url", server.url, "--region", server.region, report="events.jsonl")
    assert finished.code == 0
    assert "may have been started: token 'lost'" in finished.out
    assert "there is no image of that time" in finished.out
    assert images_of(server) == set()


def test_an_image_that_may_be_of_several_starts_counts_once(server: ReferenceServer, tmp_path: Path) -> None:
    start_beside(server)
    now = datetime.now(UTC).isoformat()
    header, *others = events_of(
        [clause("a.b")],
        [],
        between=[replace(sent("x0001", "a"), pipeline=PIPELINE), replace(sent("x0002", "b"), pipeline=None)],
    )
    assert isinstance(header, Header)
    target = replace(header.target, endpoint=server.url, region=server.region, pipelines=(PIPELINE,))
    recent = replace(header, target=target, run=replace(header.run, started=now))
    write_stream(tmp_path / "events.jsonl", [recent, *others])
    finished = cleanup(tmp_path, report="events.jsonl")
    assert finished.code == 1
    assert "2 of unknown outcome, 1 to look at" in finished.out
    assert len(images_of(server)) == 1


def test_a_name_that_is_no_image_is_left_alone(server: ReferenceServer, tmp_path: Path) -> None:
    events: list[Event] = [sent("x0001"), came("x0001", 200, "arn:aws:ec2:us-east-1:123456789012:instance/i-1")]
    write_stream(tmp_path / "events.jsonl", events_of([clause("a.b")], [], between=events))
    finished = cleanup(tmp_path, "--endpoint-url", server.url, "--region", server.region, report="events.jsonl")
    assert finished.code == 1
    assert "this is no ARN of an image" in finished.out


def test_a_target_that_refuses_leaves_the_image_and_exits_with_1(server: ReferenceServer, tmp_path: Path) -> None:
    judged(server, tmp_path)
    finished = cleanup(tmp_path, "--region", "eu-west-1")
    assert finished.code == 1
    assert "GetImage was answered 403 InvalidSignatureException" in finished.out


def test_a_profile_says_who_calls(server: ReferenceServer, tmp_path: Path) -> None:
    judged(server, tmp_path)
    keys = "[{}]\naws_access_key_id = {}\naws_secret_access_key = {}\n"
    callers = {"allowed": server.credentials, "denied": server.settings.denied}
    (tmp_path / "credentials").write_text(
        "".join(keys.format(name, each.access_key_id, each.secret_access_key) for name, each in callers.items())
    )
    env = {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"), "AWS_CONFIG_FILE": str(tmp_path / "config")}
    before = images_of(server)
    denied = cleanup(tmp_path, "--profile", "denied", env=env)
    assert denied.code == 1
    assert "GetImage was answered 403 ForbiddenException" in denied.out
    assert images_of(server) == before
    assert cleanup(tmp_path, "--profile", "allowed", env=env).code == 0
    assert images_of(server) == set()
    nobody = cleanup(tmp_path, "--profile", "nobody", env=env)
    assert nobody.code == 2
    assert "--profile" in nobody.err


def test_a_target_that_can_not_be_reached_is_one_sentence_and_exits_with_3(
    server: ReferenceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "RETRIES", 0)
    judged(server, tmp_path)
    finished = cleanup(tmp_path, "--endpoint-url", "http://127.0.0.1:9")
    assert finished.code == 3
    [sentence] = finished.err.splitlines()
    assert "http://127.0.0.1:9 does not answer" in sentence


@pytest.mark.parametrize(
    "arguments", [[], ["--dry-run"], ["--endpoint-url", "https://imagebuilder.eu-west-1.amazonaws.com"]]
)
def test_aws_is_not_called_without_allow_aws(arguments: list[str], tmp_path: Path) -> None:
    header, *others = events_of([clause("a.b")], [], between=[sent("x0001")])
    assert isinstance(header, Header)
    on_aws = replace(header, target=replace(header.target, endpoint="https://imagebuilder.eu-west-1.amazonaws.com"))
    write_stream(tmp_path / "events.jsonl", [on_aws, *others])
    finished = cleanup(tmp_path, *arguments, report="events.jsonl")
    assert finished.code == 2
    assert "--allow-aws" in finished.err


def test_a_report_by_a_contract_that_is_not_known_here_is_one_sentence(tmp_path: Path) -> None:
    header, *others = events_of([clause("a.b")], [], between=[sent("x0001")])
    assert isinstance(header, Header)
    later = replace(header, suite=replace(header.suite, contract="later"))
    write_stream(tmp_path / "events.jsonl", [later, *others])
    finished = cleanup(tmp_path, report="events.jsonl")
    assert finished.code == 2
    assert "'later'" in finished.err


def test_of_the_embedded_target_nothing_is_left(tmp_path: Path) -> None:
    assert here("run", NARROW, "--report-dir", "report", cwd=tmp_path).code == 0
    finished = cleanup(tmp_path)
    assert finished.code == 0
    assert "gone with its images" in finished.out


def test_a_run_that_started_nothing_needs_no_target(tmp_path: Path) -> None:
    write_stream(tmp_path / "events.jsonl", events_of([clause("a.b")], []))
    finished = cleanup(tmp_path, report="events.jsonl")
    assert (finished.code, finished.out) == (0, "The run started no image: there is nothing to clean up.\n")


def test_what_is_no_report_is_one_sentence_and_exits_with_2(tmp_path: Path) -> None:
    finished = cleanup(tmp_path, report="nowhere")
    assert finished.code == 2
    assert "nowhere" in finished.err
