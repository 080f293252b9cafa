"""On a target like the service, by a name of AWS's, no build is forgotten and none of another run is touched."""

import re
import time
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Lifecycle
from imagebuilder_reports.ledger import STARTED_FOLDER
from tests.cleaning.sandbox import NARROW, Sandbox, serving
from tests.support.aws import HOST, resolver_for_processes, under_an_aws_name
from tests.support.command import here, python

pytestmark = pytest.mark.slow


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
