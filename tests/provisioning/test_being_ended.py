"""Whatever ends a run, and whenever: what it made is taken away, or on the list that `cleanup` works through."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.command import Finished, finished, lines_of, started, wait_until
from tests.support.making_pipelines import Fault, Plane, always

from .runs import EVERYTHING, cleanup, states

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="the signals are those of POSIX"),
]
SIGNALS = (signal.SIGINT, signal.SIGTERM)
# So many lines has the stream of a run that is well under way.
UNDER_WAY = 20
# About five seconds, on a machine that does a lot beside.
SOON = 9.0

Process = subprocess.Popen[str]
Target = tuple[ReferenceServer, Plane]


@pytest.fixture
def target(server: ReferenceServer, plane: Plane) -> Target:
    return server, plane


def once_asked(operation: str, act: Callable[[], None], *, times: int = 1) -> Fault:
    """Do something when an operation is asked for so many times, before it is answered, or after it was done."""
    asked: list[str] = []

    def fault(name: str) -> None:
        asked.append(name)
        if name == operation and asked.count(operation) == times:
            act()

    return fault


def ended(server: ReferenceServer, folder: Path, meanwhile: Callable[[Process], None], *arguments: str) -> Finished:
    """A run that makes its own pipelines, in a process of its own, with something done to it meanwhile."""
    words = ("run", "--provision", "--endpoint-url", server.url, "--report-dir", "report", *arguments)
    with started(*words, cwd=folder) as process:
        meanwhile(process)
        came = finished(process)
    assert "Traceback" not in came.text
    return came


def is_under_way(folder: Path) -> None:
    wait_until(lambda: lines_of(folder / "report" / "events.jsonl") > UNDER_WAY, "a run under way")


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("when", ["fault", "after"])
@pytest.mark.parametrize("place", [("CreateInfrastructureConfiguration", 1), ("CreateImagePipeline", 2)])
def test_while_they_are_made(
    number: signal.Signals, when: str, place: tuple[str, int], target: Target, tmp_path: Path
) -> None:
    server, plane = target
    processes: list[Process] = []

    def stop() -> None:
        os.kill(processes[0].pid, number)
        # The answer comes when the signal has been there.
        time.sleep(0.3)

    operation, times = place
    setattr(plane, when, once_asked(operation, stop, times=times))
    run = ended(server, tmp_path, processes.append)
    assert run.code == 3, run.text
    assert run.err == f"Error: Interrupted by {number.name} while the pipelines were made: nothing was judged.\n"
    if plane.resources:
        # What was on its way when the signal came, where the machine is slow.
        assert "left: " in run.out
        cleanup(tmp_path)
    assert plane.resources == {}, run.text


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("workers", ["1", "8"])
def test_while_it_is_judged(
    number: signal.Signals, workers: str, server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    def stop(process: Process) -> None:
        is_under_way(tmp_path)
        process.send_signal(number)

    run = ended(server, tmp_path, stop, "--workers", workers)
    assert run.code == 3, run.text
    assert "interrupted" in run.out
    assert plane.resources == {}, run.text
    assert states(tmp_path) == ["removed"] * EVERYTHING


def test_where_the_time_is_over(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    run = ended(server, tmp_path, lambda _: None, "--time-limit", "1", "--thorough", "--workers", "1")
    assert run.code == 3, run.text
    assert plane.resources == {}
    assert states(tmp_path) == ["removed"] * EVERYTHING


def test_kept_ones_stay_where_the_run_is_interrupted(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    def stop(process: Process) -> None:
        is_under_way(tmp_path)
        process.send_signal(signal.SIGTERM)

    assert ended(server, tmp_path, stop, "--keep", "--workers", "1").code == 3
    assert states(tmp_path) == ["kept"] * EVERYTHING
    assert len(plane.resources) == EVERYTHING


def test_while_they_are_taken_away_and_refuse_to_go(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    plane.fault = always("DeleteImageRecipe", 400, "ResourceInUseException")

    def stop(process: Process) -> None:
        wait_until(lambda: plane.asked.count("DeleteImageRecipe") > 1, "a refusal")
        process.send_signal(signal.SIGINT)
        stop.at = time.monotonic()  # type: ignore[attr-defined]  # for the test alone

    run = ended(server, tmp_path, stop, "operation")
    assert time.monotonic() - stop.at < SOON  # type: ignore[attr-defined]
    assert run.code == 3, run.text
    [left] = plane.resources
    assert f"left: {left}: " in run.out
    plane.fault = lambda _: None
    assert cleanup(tmp_path).code == 0
    assert plane.resources == {}


def test_an_answer_that_never_comes_to_a_delete_keeps_no_command(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    processes: list[Process] = []

    def stop() -> None:
        os.kill(processes[0].pid, signal.SIGTERM)
        time.sleep(SOON)

    plane.fault = once_asked("DeleteImageRecipe", stop)
    began = time.monotonic()
    run = ended(server, tmp_path, processes.append, "operation")
    assert time.monotonic() - began < 3 * SOON
    assert run.code == 3, run.text
    assert "left: " in run.out
    assert "cleanup: imagebuilder-conformance cleanup report" in run.out
    assert cleanup(tmp_path).code == 0
    assert plane.resources == {}


@pytest.mark.parametrize("operation", ["CreateInfrastructureConfiguration", "CreateImageRecipe", "CreateImagePipeline"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_they_are_made(
    operation: str, when: str, server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    processes: list[Process] = []
    fault = once_asked(operation, lambda: processes[0].kill())  # noqa: PLW0108  # there is none yet
    if when == "before":
        plane.fault = fault
    else:
        plane.after = fault
    ended(server, tmp_path, processes.append)
    # What was asked for when it was killed may be done yet.
    time.sleep(0.3)
    cleaned = cleanup(tmp_path)
    assert cleaned.code == 0, cleaned.text
    assert plane.resources == {}


def test_killed_while_it_is_judged(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    def kill(process: Process) -> None:
        is_under_way(tmp_path)
        process.kill()

    ended(server, tmp_path, kill, "--workers", "1")
    assert len(plane.resources) == EVERYTHING
    images = set(server.behaviour.store.images)
    assert images
    cleanup(tmp_path)
    assert plane.resources == {}
    assert server.behaviour.store.images == {} or not images <= set(server.behaviour.store.images)
    assert cleanup(tmp_path, "--dry-run").out.count("would be") == 0
