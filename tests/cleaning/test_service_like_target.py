"""On a target like the service, by a name of AWS's, no build is forgotten and none of another run is touched."""

import asyncio
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.lifecycle import ServiceLike
from imagebuilder_conformance.reference.messages import Call, Execution, StartRequest
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Lifecycle, Settings
from imagebuilder_conformance.reference.store import Image, Pipeline
from imagebuilder_reports.ledger import STARTED_FOLDER
from tests.support.aws import HOST, resolver_for_processes, resolving, under_an_aws_name
from tests.support.command import Finished, here, python, started, wait_until

pytestmark = pytest.mark.slow

NARROW = "idempotency.replay"
QUICK = Lifecycle(invisible=0.7, busy=1.2, cancelling=0.5, building=3600.0, rate_limit=None)
# How many runs are killed; twenty take a quarter of an hour.
_KILLS = int(os.environ.get("IMAGEBUILDER_KILLS", "2"))


@dataclass
class Sandbox:
    """A target like the service, by a name of AWS's, and a folder to call it from."""

    server: ReferenceServer
    folder: Path

    @property
    def images(self) -> set[str]:
        return set(self.server.behaviour.store.images)

    @property
    def keys(self) -> dict[str, str]:
        key = self.server.credentials
        return {"AWS_ACCESS_KEY_ID": key.access_key_id, "AWS_SECRET_ACCESS_KEY": key.secret_access_key}

    @property
    def target(self) -> list[str]:
        pipelines = [word for arn in self.server.pipelines for word in ("--pipeline-arn", arn)]
        return ["--endpoint-url", under_an_aws_name(self.server.url), "--allow-aws", *pipelines]

    def run(self, *arguments: str, report: str = "report") -> Finished:
        return here("run", *self.target, "--report-dir", report, *arguments, cwd=self.folder, env=self.keys)

    def cleanup(self, *arguments: str, report: str = "report", **environ: str) -> Finished:
        waits = ("--visible-after", "3", "--patience", "30")
        words = ("cleanup", report, "--allow-aws", *waits, *arguments)
        finished = here(*words, cwd=self.folder, env=self.keys | environ)
        assert "Traceback" not in finished.text
        return finished

    def start_beside(self) -> str:
        """An image that no run has to do with."""
        store = self.server.behaviour.store
        pipeline = next(iter(store.pipelines.values()))
        image = Image(pipeline.image_arn(pipeline.next_build()), pipeline.arn)
        store.images[image.arn] = image
        return image.arn


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with serving(tmp_path, QUICK) as made:
        yield made


class serving:  # noqa: N801  # a context manager
    """A sandbox with a lifecycle."""

    def __init__(self, folder: Path, lifecycle: Lifecycle, behaviour: type[Behaviour] = ServiceLike) -> None:
        settings = Settings(lifecycle=lifecycle, rate_limit=lifecycle.rate_limit)
        self._server = ReferenceServer(settings, behaviour=behaviour)
        self._resolving = resolving(HOST)
        self._folder = folder

    def __enter__(self) -> Sandbox:
        self._resolving.__enter__()
        return Sandbox(self._server.__enter__(), self._folder)

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(None, None, None)
        self._resolving.__exit__(None, None, None)


def test_images_that_are_not_shown_yet_and_not_removed_at_once_are_removed(sandbox: Sandbox) -> None:
    beside = sandbox.start_beside()
    assert sandbox.run(NARROW).code == 0
    assert len(sandbox.images) == 3
    finished = sandbox.cleanup()
    assert finished.code == 0, finished.text
    assert "2 images: 2 removed" in finished.out
    assert sandbox.images == {beside}


def test_a_run_ends_with_what_it_started_what_that_costs_and_what_removes_it(sandbox: Sandbox) -> None:
    finished = sandbox.run(NARROW)
    said = finished.out[finished.out.index("started on AWS") :]
    assert "2 builds" in said
    assert all(image in said for image in sandbox.images)
    assert "an instance" in said
    assert "IPv4" in said
    [line] = [line for line in said.splitlines() if line.startswith("cleanup: ")]
    assert line == "cleanup: imagebuilder-conformance cleanup report --allow-aws"


def test_a_run_that_is_not_on_aws_says_nothing_of_it(sandbox: Sandbox) -> None:
    finished = here("run", NARROW, "--endpoint-url", sandbox.server.url, cwd=sandbox.folder)
    assert finished.code == 0
    assert "cleanup" not in finished.out


def test_the_next_run_into_the_folder_erases_no_list(sandbox: Sandbox) -> None:
    for count in (2, 4, 6):
        assert sandbox.run(NARROW).code == 0
        assert len(sandbox.images) == count
    finished = sandbox.cleanup()
    assert finished.code == 0, finished.text
    assert sandbox.images == set()
    assert finished.out.count("2 images: 2 removed") == 3


def test_so_it_is_where_the_next_run_is_a_plain_pytest(sandbox: Sandbox) -> None:
    folder = sandbox.folder / "report"
    assert sandbox.run(NARROW).code == 0
    suites = ("-m", "pytest", "--pyargs", "imagebuilder_conformance.suites", "-p", "no:cacheprovider")
    options = (f"--imagebuilder-report-dir={folder}", "--imagebuilder-clause=operation.start")
    finished = python(*suites, *options, cwd=sandbox.folder)
    assert finished.code == 0, finished.text
    assert len(list((folder / STARTED_FOLDER).iterdir())) == 1
    # What it judged was the embedded target.
    assert sandbox.cleanup().code == 0
    assert sandbox.images == set()


def test_a_plain_pytest_on_aws_ends_with_what_it_started_too(sandbox: Sandbox) -> None:
    suites = ("-m", "pytest", "--pyargs", "imagebuilder_conformance.suites", "-p", "no:cacheprovider")
    target = [word.replace("--", "--imagebuilder-", 1) for word in sandbox.target]
    env = sandbox.keys | resolver_for_processes(sandbox.folder / "site")
    options = ("--imagebuilder-clause", "operation.start", "--imagebuilder-report-dir", "report")
    finished = python(*suites, *target, *options, cwd=sandbox.folder, env=env)
    assert finished.code == 0, finished.text
    [image] = sandbox.images
    assert image in finished.out
    assert "cleanup: imagebuilder-conformance cleanup report --allow-aws" in finished.out


def test_what_is_cleaned_up_leaves_the_list(sandbox: Sandbox) -> None:
    started_list = sandbox.folder / "report" / STARTED_FOLDER
    sandbox.run(NARROW)
    assert sandbox.cleanup().code == 0
    sandbox.run(NARROW)
    assert not started_list.exists()
    sandbox.run(NARROW)
    assert len(list(started_list.iterdir())) == 1
    assert sandbox.cleanup().code == 0
    again = sandbox.cleanup()
    assert again.code == 0
    assert "2 images: 2 already gone" in again.out


def test_what_finished_builds_leave_is_named_until_somebody_says_that_it_is_gone(tmp_path: Path) -> None:
    lifecycle = Lifecycle(invisible=0.0, busy=0.0, cancelling=0.0, building=0.0, rate_limit=None)
    with serving(tmp_path, lifecycle) as sandbox:
        sandbox.run(NARROW)
        for _ in range(2):
            finished = sandbox.cleanup()
            assert finished.code == 1
            amis = set(re.findall(r"made (ami-[0-9a-f]{17}) in us-east-1 and its snapshots", finished.out))
            assert len(amis) == 2
        assert sandbox.images == set()
        forgotten = sandbox.cleanup("--forget")
        assert forgotten.code == 0
        assert all(ami in forgotten.out for ami in amis)
        assert sandbox.cleanup().code == 0


def test_an_endpoint_of_the_environment_is_not_followed_but_refused(sandbox: Sandbox) -> None:
    sandbox.run(NARROW)
    with ReferenceServer() as other:
        for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IMAGEBUILDER"):
            finished = sandbox.cleanup(**{name: other.url})
            assert finished.code == 2
            assert name in finished.err
            assert HOST in finished.err
    assert len(sandbox.images) == 2
    assert sandbox.cleanup(AWS_ENDPOINT_URL=under_an_aws_name(sandbox.server.url) + "/").code == 0


def test_what_another_target_does_not_know_is_not_gone(sandbox: Sandbox) -> None:
    sandbox.run(NARROW)
    with ReferenceServer() as other:
        finished = sandbox.cleanup("--endpoint-url", other.url)
    assert finished.code == 1
    assert "2 images: 2 left" in finished.out


def _cut(folder: Path) -> None:
    report = folder / "report.json"
    report.write_bytes(report.read_bytes()[:1000])


def _tear(folder: Path) -> None:
    """Two lines of an image's end where a full disk took one for a while."""
    _cut(folder)
    events = folder / "events.jsonl"
    lines = events.read_bytes().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if b'"result"' in line[:20] and b":image/" in line)
    lines[last] = lines[last][:50] + b"\n"
    events.write_bytes(b"".join(lines))


def _kill(folder: Path) -> None:
    (folder / "report.json").unlink()
    events = folder / "events.jsonl"
    events.write_bytes(events.read_bytes()[:-20])


@pytest.mark.parametrize("damage", [_cut, _kill])
def test_a_folder_without_whole_files_is_cleaned_up_by_its_events(
    damage: Callable[[Path], None], sandbox: Sandbox
) -> None:
    sandbox.run(NARROW)
    damage(sandbox.folder / "report")
    finished = sandbox.cleanup()
    assert finished.code == 0, finished.text
    assert sandbox.images == set()


def test_what_an_unreadable_line_told_is_not_taken_for_nothing(sandbox: Sandbox) -> None:
    sandbox.run(NARROW)
    _tear(sandbox.folder / "report")
    finished = sandbox.cleanup()
    assert finished.code == 1
    assert "1 line of the events can't be read" in finished.out
    # The next run keeps what there is.
    sandbox.run("operation.start")
    assert sandbox.cleanup().code == 1
    assert sandbox.cleanup("--forget").code == 0


def test_keys_that_end_while_images_are_waited_for_are_refreshed(sandbox: Sandbox) -> None:
    sandbox.run(NARROW)
    script, config = sandbox.folder / "keys.py", sandbox.folder / "config"
    script.write_text(
        "import datetime, json, time\n"
        "end = int(time.time()) + 2\n"
        "stamp = datetime.datetime.fromtimestamp(end, datetime.UTC).isoformat()\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': f'imagebuilder-conformance-until-{end}', 'SecretAccessKey': "
        "'imagebuilder-conformance', 'SessionToken': 'a-session', 'Expiration': stamp}))\n"
    )
    config.write_text(f"[profile short]\ncredential_process = {sys.executable} {script}\n")
    environ = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(sandbox.folder / "none")}
    began = time.monotonic()
    # By this name the target is not on this machine, and a session token is not for everybody on the way.
    finished = sandbox.cleanup("--profile", "short", "--allow-insecure-token", **environ)
    assert finished.code == 0, finished.text
    assert time.monotonic() - began > 2
    assert sandbox.images == set()


def test_keys_that_are_revoked_are_asked_for_anew_and_the_key_is_named(sandbox: Sandbox) -> None:
    sandbox.run(NARROW)
    script, config, count = (sandbox.folder / name for name in ("keys.py", "config", "count"))
    # Those of the first time have ended, and their file does not say so.
    script.write_text(
        "import json, pathlib\n"
        f"count = pathlib.Path({str(count)!r})\n"
        "end = 4102444800 if count.exists() else 1000000000\n"
        "count.write_text('x' + (count.read_text() if count.exists() else ''))\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': f'imagebuilder-conformance-until-{end}', 'SecretAccessKey': "
        "'imagebuilder-conformance', 'SessionToken': 'a-session', 'Expiration': '2126-01-01T00:00:00Z'}))\n"
    )
    config.write_text(f"[profile revoked]\ncredential_process = {sys.executable} {script}\n")
    environ = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(sandbox.folder / "none")}
    finished = sandbox.cleanup("--profile", "revoked", "--allow-insecure-token", **environ)
    assert finished.code == 0, finished.text
    assert "signed with imagebuilder-conformance-until-1000000000 from --profile revoked" in finished.out
    assert sandbox.images == set()
    assert count.read_text() == "xx"


def test_a_target_that_is_gone_hides_no_builds_of_other_runs(sandbox: Sandbox) -> None:
    with ReferenceServer() as server:
        here("run", NARROW, "--endpoint-url", server.url, "--report-dir", "report", cwd=sandbox.folder)
        gone = set(server.behaviour.store.images)
    sandbox.run(NARROW)
    finished = sandbox.cleanup()
    assert finished.code == 3
    assert sandbox.images == set()
    assert f"{server.url} does not answer" in finished.err
    assert all(f"{image}  left" in finished.out for image in gone)
    # What is known to be gone is taken off the list by a word, and then nothing is left.
    assert sandbox.cleanup("--forget").code == 0


def test_builds_on_aws_are_named_where_aws_may_not_be_called_and_others_are_removed(sandbox: Sandbox) -> None:
    sandbox.run(NARROW)
    on_aws = sandbox.images
    with ReferenceServer() as server:
        here("run", NARROW, "--endpoint-url", server.url, "--report-dir", "report", cwd=sandbox.folder)
        finished = here("cleanup", "report", "--visible-after", "3", cwd=sandbox.folder, env=sandbox.keys)
        assert server.behaviour.store.images == {}
    assert finished.code == 2
    assert "--allow-aws" in finished.err
    assert all(f"{image}  left" in finished.out for image in on_aws)
    assert sandbox.images == on_aws


def test_an_image_of_another_run_by_the_shortest_token_is_not_touched(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("probing.thrift", "suites.test_request_token"):
        monkeypatch.setattr(f"imagebuilder_conformance.{place}.shortest_token", lambda *_: "c")
    prefix = "request.client-token.min-length"
    assert sandbox.run(prefix, report="first").code == 0
    first = sandbox.images
    assert len(first) == 2
    time.sleep(1.1)
    second = sandbox.run(prefix, report="second")
    assert second.code == 0
    assert len(sandbox.images) == 3
    said = second.out[second.out.index("started on AWS") :]
    assert "1 build\n" in said
    assert "not by this run: " in said
    finished = sandbox.cleanup(report="second")
    assert finished.code == 0, finished.text
    assert "another run's" in finished.out
    assert sandbox.images == first
    assert sandbox.cleanup(report="first").code == 0
    assert sandbox.images == set()


class Stuck(ServiceLike):
    """The second start is made and never answered."""

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        execution = await super().start(call, request, pipeline)
        if len(self.store.images) == 2:
            await asyncio.sleep(3600)
        return execution


def test_a_start_in_flight_when_the_run_was_killed_is_waited_for_and_named(tmp_path: Path) -> None:
    lifecycle = Lifecycle(invisible=2.0, busy=0.0, cancelling=0.0, rate_limit=None)
    with serving(tmp_path, lifecycle, Stuck) as sandbox:
        env = sandbox.keys | resolver_for_processes(tmp_path / "site")
        words = ("run", *sandbox.target, "--report-dir", "report", NARROW)
        with started(*words, cwd=tmp_path, env=env) as run:
            wait_until(lambda: len(sandbox.images) == 2, "a start that is not answered")
            run.kill()
            run.wait()
        finished = sandbox.cleanup()
        [left] = sandbox.images
    assert finished.code == 1, finished.text
    assert f"look at {left}," in finished.out


def test_runs_that_are_killed_at_any_moment_leave_no_build_unnamed(tmp_path: Path) -> None:
    """Each is followed by another run into the folder, and by a cleanup."""
    chance = random.Random(os.environ.get("IMAGEBUILDER_KILLS_SEED", "seed"))
    # As throttled as the service; but where few runs are killed, they are to get somewhere in a few seconds.
    rate, longest = (2.0, 30.0) if _KILLS >= 20 else (20.0, 4.0)
    lifecycle = Lifecycle(invisible=1.5, busy=2.0, cancelling=1.0, rate_limit=rate)
    codes = []
    with serving(tmp_path, lifecycle) as sandbox:
        env = sandbox.keys | resolver_for_processes(tmp_path / "site")
        run_words = ("run", *sandbox.target, "--report-dir", "report")
        spared: set[str] = set()
        for _ in range(_KILLS):
            spared.add(sandbox.start_beside())
            before = sandbox.images
            with started(*run_words, "idempotency", "request.client-token", cwd=tmp_path, env=env) as run:
                events = tmp_path / "report" / "events.jsonl"
                wait_until(lambda: len(sandbox.images) > len(before) or run.poll() is not None, "a start")  # noqa: B023
                time.sleep(chance.uniform(0.0, longest))
                run.kill()
                run.wait()
            assert events.exists()
            sandbox.run("operation.start")
            finished = sandbox.cleanup("--visible-after", "3", "--patience", "60")
            codes.append(finished.code)
            ours = sandbox.images - spared
            named = set(re.findall(r"look at (\S+),", finished.out)) | set(
                re.findall(r"^(arn:\S+)  ", finished.out, flags=re.MULTILINE)
            )
            assert ours <= named, finished.text
            assert spared <= sandbox.images
            assert not (finished.code == 0 and ours), finished.text
            # What was left and named is somebody's to look at from now on.
            spared |= ours
            if finished.code:
                assert sandbox.cleanup("--forget").code == 0
    assert 0 in codes or _KILLS < 5
