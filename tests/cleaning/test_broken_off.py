"""What breaks off hides no build: runs that are killed, files that are cut, keys that end meanwhile."""

import os
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.lifecycle import ServiceLike
from imagebuilder_conformance.reference.settings import Lifecycle
from tests.cleaning.sandbox import NARROW, Sandbox, serving
from tests.support.aws import resolver_for_processes
from tests.support.command import started, wait_until
from tests.support.mute import mute_from

pytestmark = pytest.mark.slow

# How many runs are killed; twenty take a quarter of an hour.
_KILLS = int(os.environ.get("IMAGEBUILDER_KILLS", "2"))


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


def test_a_start_in_flight_when_the_run_was_killed_is_waited_for_and_named(tmp_path: Path) -> None:
    lifecycle = Lifecycle(invisible=2.0, busy=0.0, cancelling=0.0, rate_limit=None)
    with serving(tmp_path, lifecycle, mute_from(2, ServiceLike)) as sandbox:
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
