"""A worker of a real soak that is killed, and one that is asked to end."""

import os
import signal
import subprocess
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest

from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import Ending, RunVerdict
from tests.support.absent import give_up
from tests.support.command import finished, served, started, wait_until
from tests.support.ports import free_port
from tests.support.runs import failed

pytestmark = pytest.mark.slow


def soaking_process(command: "subprocess.Popen[str]") -> int | None:
    """The process that the command has started."""
    children = Path(f"/proc/{command.pid}/task/{command.pid}/children")
    words = children.read_text().split() if children.exists() else []
    return int(words[0]) if words else None


def soak_without(cwd: Path, number: signal.Signals, *, duration: str) -> tuple[int, Report]:
    """A soak of two workers, of which one gets a signal in the middle."""
    if find_spec("locust") is None:
        give_up("a soak takes Locust: install the extra `load`", os.environ)
    if not Path("/proc/self/task").exists():
        give_up("finding the process that soaks takes /proc", {})
    with ExitStack() as stack:
        url, _ = stack.enter_context(served(cwd=cwd))
        to = ("soak", "--endpoint-url", url, "--master-port", str(free_port()))
        led = ("--master", "--expect-workers", "2", "--users", "6", "--duration", duration)
        master = stack.enter_context(started(*to, *led, cwd=cwd))
        _, leaver = (stack.enter_context(started(*to, "--worker", cwd=cwd)) for _ in range(2))
        assert master.stdout is not None
        # Its first line says that users are at work.
        master.stdout.readline()
        time.sleep(1)
        wait_until(lambda: soaking_process(leaver) is not None, "the worker to run")
        os.kill(soaking_process(leaver) or 0, number)
        return finished(master).code, read_report(cwd / "soak-report")


def test_a_worker_that_is_asked_to_end_leaves_no_gap(tmp_path: Path) -> None:
    code, report = soak_without(tmp_path, signal.SIGTERM, duration="8")
    assert code == 0, report.verdict_sentence
    assert report.verdict is RunVerdict.CONFORMANT


def test_a_worker_that_is_killed_leaves_the_soak_incomplete_and_the_target_unblamed(tmp_path: Path) -> None:
    code, report = soak_without(tmp_path, signal.SIGKILL, duration="4")
    assert code == 3
    assert report.run.ending is Ending.INTERRUPTED
    assert report.run.reason is not None
    assert "worker was lost" in report.run.reason
    assert failed(report) == set()
