"""Every command ends when it is asked to, at any moment, once or twice: soon, with what it has, and it says so."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import RunVerdict
from tests.support.absent import give_up
from tests.support.command import Finished, finished, here, lines_of, served, started, wait_until
from tests.support.ports import free_port
from tests.support.scripted import ScriptedServer, Silence

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# About five seconds, on a machine that does a lot beside.
SOON = 9.0
# So many lines has the stream of a run that is well under way.
UNDER_WAY = 40

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="the signals are those of POSIX"),
]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(cwd=tmp_path_factory.mktemp("target")) as (url, _):
        yield url


@pytest.fixture(scope="module")
def recorded(target: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that was made."""
    folder = tmp_path_factory.mktemp("recorded")
    here("run", "operation", "--endpoint-url", target, "--report-dir", "made", cwd=folder)
    return folder / "made"


def processes_in(folder: Path) -> set[str]:
    """The processes that were started in a folder, and what they are."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == folder.resolve():
                found.add(f"{process.name} {(process / 'cmdline').read_text()[:200]}")
        except OSError:
            continue
    return found


def stopped(process: "subprocess.Popen[str]", number: signal.Signals, *, again: float | None = None) -> Finished:
    """Ask a command to end, twice where `again` says after how many seconds, and see that it does so soon."""
    began = time.monotonic()
    process.send_signal(number)
    if again is not None:
        time.sleep(again)
        if process.poll() is None:
            process.send_signal(number)
    ended = finished(process)
    assert time.monotonic() - began < SOON, ended.text
    return ended


def expect_nothing_left(folder: Path, *, read: bool = True) -> None:
    """No process, and where one could `read` it no broken file."""
    wait_until(lambda: not processes_in(folder), f"no process to be left in {folder}: {processes_in(folder)}")
    for name in ("conformance-report", "soak-report") if read else ():
        if any((folder / name).glob("*")):
            assert read_report(folder / name).verdict is not None
        # Written beside, then renamed.
        assert not list((folder / name).glob(".*"))


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("workers", ["1", "8"])
def test_a_run_leaves_its_report_and_says_so(number: signal.Signals, workers: str, target: str, tmp_path: Path) -> None:
    with started("run", "--workers", workers, "--endpoint-url", target, cwd=tmp_path) as process:
        wait_until(lambda: lines_of(tmp_path / "conformance-report" / "events.jsonl") > UNDER_WAY, "a run under way")
        run = stopped(process, number, again=0.2)
    assert run.code == 3, run.text
    assert "interrupted" in run.out
    assert "bug" not in run.text
    report = read_report(tmp_path / "conformance-report" / "report.json")
    assert report.verdict is RunVerdict.INCOMPLETE
    assert report.run.ending.value == "interrupted"
    expect_nothing_left(tmp_path)


@pytest.mark.parametrize("prefix", ["operation", "idempotency.concurrent"])
def test_also_where_the_target_never_answers(prefix: str, tmp_path: Path) -> None:
    with (
        ScriptedServer(lambda _: Silence()) as server,
        started("run", prefix, "--endpoint-url", server.url, "--read-timeout", "60", cwd=tmp_path) as process,
    ):
        wait_until(lambda: bool(server.received), "a request")
        run = stopped(process, signal.SIGTERM)
    assert run.code == 3, run.text
    assert read_report(tmp_path / "conformance-report" / "report.json").verdict is RunVerdict.INCOMPLETE


def test_a_time_limit_ends_a_run_that_says_so(target: str, tmp_path: Path) -> None:
    with started("run", "--time-limit", "1.5", "--endpoint-url", target, cwd=tmp_path) as process:
        run = finished(process)
    report = read_report(tmp_path / "conformance-report" / "report.json")
    assert report.run.time_limit == 1.5
    if run.code:
        assert run.code == 3, run.text
        assert "the time limit of 1.5 seconds was reached" in " ".join(run.out.split())
        assert report.verdict is RunVerdict.INCOMPLETE


def test_a_time_limit_ends_a_check_that_waits(tmp_path: Path) -> None:
    with ScriptedServer(lambda _: Silence()) as server:
        words = ("run", "operation", "--endpoint-url", server.url, "--read-timeout", "60", "--time-limit", "1")
        began = time.monotonic()
        with started(*words, cwd=tmp_path) as process:
            run = finished(process)
    assert time.monotonic() - began < 30
    assert run.code == 3, run.text
    assert "time limit" in run.out


# Greets as an interpreter with boto3 does, and never makes the call.
GREETS = """#!/bin/sh
printf '{"versions": {"boto3": "1.0"}}\\n'
read asked
touch called
"""
# As ours, it ends when there is nothing more to read.
LISTENS = f"{GREETS}cat\n"
# It does not, and it has started another program.
HANGS = f"{GREETS}sleep 600\nexit 0\n"


@pytest.mark.parametrize(
    ("script", "workers", "number"),
    [
        *((HANGS, "1", number) for number in SIGNALS),
        *((LISTENS, workers, number) for workers in ("1", "4") for number in (signal.SIGINT, signal.SIGKILL)),
    ],
)
def test_another_interpreter_does_not_outlive_its_run(
    script: str, workers: str, number: signal.Signals, target: str, tmp_path: Path
) -> None:
    program = tmp_path / "python"
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    words = ("run", "sdk", "--sdk-python", str(program), "--endpoint-url", target, "--workers", workers)
    with started(*words, cwd=tmp_path) as process:
        wait_until((tmp_path / "called").exists, "a call")
        if number == signal.SIGKILL:
            process.kill()
            process.wait()
        else:
            ended = stopped(process, number)
            assert ended.code == 3, ended.text
            assert "Traceback" not in ended.text
        expect_nothing_left(tmp_path, read=number != signal.SIGKILL)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_self_test_ends_its_processes_and_says_what_was_tried(number: signal.Signals, tmp_path: Path) -> None:
    with started("self-test", "--workers", "2", cwd=tmp_path) as process:
        wait_until(lambda: len(processes_in(tmp_path)) >= 3, "its processes")
        ended = stopped(process, number)
    assert ended.code == 3, ended.text
    assert "interrupted after" in ended.out
    expect_nothing_left(tmp_path)


def test_the_processes_of_one_that_is_killed_end_too(tmp_path: Path) -> None:
    with started("self-test", "--workers", "2", cwd=tmp_path) as process:
        wait_until(lambda: len(processes_in(tmp_path)) >= 3, "its processes")
        process.kill()
        process.wait()
        expect_nothing_left(tmp_path)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_soak_leaves_its_report(number: signal.Signals, target: str, tmp_path: Path) -> None:
    if find_spec("locust") is None:
        give_up("a soak takes Locust: install the extra `load`", os.environ)
    with started("soak", "--endpoint-url", target, "--duration", "600", cwd=tmp_path) as process:
        assert process.stdout is not None
        # Its first line says that users are at work.
        process.stdout.readline()
        ended = stopped(process, number, again=0.5)
    assert ended.code == 3, ended.text
    assert read_report(tmp_path / "soak-report" / "report.json").verdict is RunVerdict.INCOMPLETE
    expect_nothing_left(tmp_path)


def test_a_soak_has_one_role(target: str, tmp_path: Path) -> None:
    ended = here("soak", "--master", "--worker", "--endpoint-url", target, cwd=tmp_path)
    assert ended.code == 2
    assert "exclude each other" in ended.err


@pytest.mark.parametrize("duration", ["nan", "inf", "1e400"])
def test_a_soak_lasts_for_a_time_that_there_is(duration: str, target: str, tmp_path: Path) -> None:
    assert here("soak", "--endpoint-url", target, "--duration", duration, cwd=tmp_path).code == 2


@pytest.mark.parametrize("seed", range(50))
def test_whatever_is_asked_to_end_at_whatever_moment_ends(
    seed: int, target: str, recorded: Path, tmp_path: Path
) -> None:
    drawn = random.Random(seed)
    port = str(free_port())
    commands: list[tuple[str, ...]] = [
        ("run", "--endpoint-url", target),
        ("run", "--endpoint-url", target, "--workers", "8"),
        ("run",),
        ("self-test", "--workers", "2"),
        ("serve", "--port", "0"),
        ("audit", str(recorded)),
        ("render", str(recorded), "--format", "html", "-o", "page.html"),
        ("merge", str(recorded), "-o", "merged"),
        ("diff", str(recorded), str(recorded)),
        ("plan",),
        ("list",),
        ("drift",),
        ("cleanup", str(recorded), "--endpoint-url", target, "--dry-run"),
    ]
    if find_spec("locust") is not None:
        commands += [
            ("soak", "--endpoint-url", target, "--duration", "60"),
            ("soak", "--endpoint-url", target, "--duration", "60", "--master", "--master-port", port),
            ("soak", "--endpoint-url", target, "--worker", "--master-port", port),
        ]
    words = commands[seed % len(commands)]
    number = drawn.choice((*SIGNALS, signal.SIGKILL))
    with started(*words, cwd=tmp_path) as process:
        time.sleep(drawn.uniform(0.0, 3.0))
        ended = stopped(process, number, again=drawn.choice((None, drawn.uniform(0.0, 1.0))))
    assert "bug of the suite" not in ended.text
    # Before Python has come to ours it does what it does with a signal.
    if ended.code != -number:
        assert "Traceback" not in ended.text, ended.text
    expect_nothing_left(tmp_path)
