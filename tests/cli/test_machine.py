"""What the machine refuses is told as what it is: a full disk, a closed output, a folder that is gone, no threads."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from imagebuilder_conformance.client.race import race
from imagebuilder_conformance.running.workers.settling import make_items
from imagebuilder_reports.errors import UnwritableError
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import RunVerdict
from imagebuilder_reports.writing import write_text
from tests.support.calls import recorded, start, target_at
from tests.support.command import Finished, command, environment, finished, here, started, wait_until
from tests.support.scripted import Reply, ScriptedServer, Silence

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="shells, limits and devices are those of POSIX"),
]

REPORT = "conformance-report"
# Files of the current folder that children must not take for those of Python.
NAMES = ("token", "types", "re", "json", "enum", "socket", "logging", "pytest", "requests")


def shell(line: str, cwd: Path) -> Finished:
    """A line of the shell, in which COMMAND is the command."""
    ours = f"'{sys.executable}' -m imagebuilder_conformance"
    words = ["bash", "-c", line.replace("COMMAND", ours)]
    ended = subprocess.run(
        words, cwd=cwd, env=environment(), capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    return Finished(ended.returncode, ended.stdout, ended.stderr)


def expect_no_mistake_of_ours(ended: Finished) -> None:
    assert "bug of the suite" not in ended.text
    assert "Traceback" not in ended.text
    assert "INTERNALERROR" not in ended.text


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("blocks", [4, 90])
def test_a_disk_that_is_full(blocks: int, workers: int, tmp_path: Path) -> None:
    ended = shell(f"ulimit -f {blocks}; COMMAND run request.client-token --workers {workers}", tmp_path)
    expect_no_mistake_of_ours(ended)
    assert ended.code in {2, 3}
    assert "is the disk full?" in " ".join(ended.text.split())
    for path in (tmp_path / REPORT).iterdir():
        assert path.stat().st_size, path
        assert not path.name.startswith(".")
    if (tmp_path / REPORT / "report.json").exists():
        assert read_report(tmp_path / REPORT).verdict is RunVerdict.INCOMPLETE
    else:
        assert "report.html" not in [line for line in ended.out.splitlines() if line.startswith("report:")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("COMMAND run operation > /dev/full", 0),
        ("COMMAND run operation >&-", 0),
        ("COMMAND run operation 2>&- >&-", 0),
        ("COMMAND run operation | true; exit ${PIPESTATUS[0]}", 0),
        ("COMMAND list > /dev/full", 2),
        ("COMMAND explain operation.start > /dev/full", 2),
    ],
)
def test_an_output_that_takes_nothing(line: str, code: int, tmp_path: Path) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    ended = shell(line, tmp_path)
    expect_no_mistake_of_ours(ended)
    assert ended.code == code, ended.text
    if "run" in line:
        assert read_report(tmp_path / REPORT / "report.json").verdict is RunVerdict.CONFORMANT


def test_a_terminal_that_can_not_show_a_name(tmp_path: Path) -> None:
    ended = shell("PYTHONIOENCODING=ascii COMMAND run operation --report-dir 'r\u00e9p-\u65e5'", tmp_path)
    expect_no_mistake_of_ours(ended)
    assert ended.code == 0
    assert "report: r\\xe9p-\\u65e5" in ended.out


@pytest.mark.parametrize("workers", ["1", "4"])
def test_a_folder_that_is_taken_away(workers: str, tmp_path: Path) -> None:
    with ScriptedServer(lambda _: Silence()) as server:
        words = ("run", "operation", "--workers", workers, "--endpoint-url", server.url, "--read-timeout", "0.5")
        with started(*words, cwd=tmp_path) as process:
            wait_until(lambda: bool(server.received), "a request")
            for path in (tmp_path / REPORT).iterdir():
                path.unlink()
            (tmp_path / REPORT).rmdir()
            ended = finished(process)
    expect_no_mistake_of_ours(ended)
    assert ended.code in {2, 3}
    assert "cannot be written" in " ".join(ended.text.split())
    assert not [line for line in ended.out.splitlines() if line.startswith("report:")]


def test_a_file_is_complete_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.json"
    write_text(path, "before")
    path.chmod(0o640)

    def full(_: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device", data[:0])

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(UnwritableError, match="No space left"):
            write_text(path, "after")
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]
    assert path.read_text() == "before"
    (tmp_path / "link").symlink_to(path)
    write_text(tmp_path / "link", "after")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("after", 0o640)
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), KeyboardInterrupt()])
def test_a_race_of_which_not_all_can_start_is_given_up(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    begin, begun = threading.Thread.start, []

    def start_two(thread: threading.Thread) -> None:
        # The server's own threads are left alone.
        if "ThreadPool" in thread.name:
            begun.append(thread)
            if len(begun) > 2:
                raise error
        begin(thread)

    with ScriptedServer(lambda _: Silence()) as server:
        client = recorded(target_at(server.url)).client
        monkeypatch.setattr(threading.Thread, "start", start_two)
        with pytest.raises(type(error)):
            race(client, [start(f"token-{number}") for number in range(4)], check="a.check")
        monkeypatch.undo()
        for thread in begun[:2]:
            thread.join(10)
            assert not thread.is_alive()


def test_an_interrupt_while_a_race_is_answered_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wait = threading.Condition.wait

    def interrupted(self: threading.Condition, timeout: float | None = None) -> bool:
        # As the system does it: the main thread alone; the server's go on.
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        return wait(self, timeout)

    with ScriptedServer(lambda _: Silence()) as server:
        client = recorded(target_at(server.url)).client
        before = set(threading.enumerate())
        with monkeypatch.context() as patched:
            patched.setattr(threading.Condition, "wait", interrupted)
            with pytest.raises(KeyboardInterrupt):
                race(client, [start(f"token-{number}") for number in range(4)], check="a.check")
        wait_until(
            lambda: not [each for each in set(threading.enumerate()) - before if "ThreadPool" in each.name],
            "the threads of the race to end",
        )


@pytest.mark.parametrize("count", range(4))
def test_what_is_left_for_the_leader_may_be_any_number_of_checks(count: int) -> None:
    class Config:
        class hook:  # noqa: N801  # as pytest has it
            @staticmethod
            def pytest_runtest_protocol(item: str, nextitem: str | None) -> None:
                made.append((item, nextitem))

    class Session:
        config, shouldfail, shouldstop = Config, False, False

    made: list[tuple[str, str | None]] = []
    items = [f"item {number}" for number in range(count)]
    make_items(Session, items)  # type: ignore[arg-type]  # as much of a session as it needs
    assert made == list(zip(items, [*items[1:], None], strict=False))


@pytest.mark.parametrize("workers", ["2", "8"])
@pytest.mark.parametrize(
    "selection",
    [
        ("operation",),
        ("throttling",),
        ("--suite", "auth"),
        ("request.client-token.required",),
        ("idempotency.replay", "--max-executions", "3"),
    ],
    ids=" ".join,
)
def test_a_part_of_the_suites_can_be_made_by_several(workers: str, selection: tuple[str, ...], tmp_path: Path) -> None:
    ended = command("run", *selection, "--workers", workers, cwd=tmp_path)
    expect_no_mistake_of_ours(ended)
    assert ended.code in {0, 3}, ended.text
    assert read_report(tmp_path / REPORT).run.ending.value == "completed"


def test_no_process_takes_files_of_the_current_folder_for_pythons(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('{name} of the current folder')\n")
    ours = f"'{Path(sys.executable).parent / 'imagebuilder-conformance'}'"
    for line in ("run operation --workers 9", "self-test token-one-too-long-accepted --workers 1"):
        ended = shell(f"{ours} {line}", tmp_path)
        assert ended.code == 0, ended.text


def test_python_may_be_told_to_optimize(tmp_path: Path) -> None:
    assert shell("PYTHONOPTIMIZE=2 COMMAND run operation", tmp_path).code == 0
    told = shell(f"'{sys.executable}' -OO -m imagebuilder_conformance run operation", tmp_path)
    assert told.code == 2
    assert "docstrings" in told.err


def test_a_merge_does_not_write_into_the_folder_of_a_run_that_goes_on(tmp_path: Path) -> None:
    assert here("run", "operation", "--report-dir", "made", cwd=tmp_path).code == 0
    with ScriptedServer(lambda _: Reply(500, b"")) as server:
        words = ("run", "--endpoint-url", server.url, "--report-dir", "running")
        with started(*words, cwd=tmp_path) as process:
            wait_until((tmp_path / "running" / "events.jsonl").exists, "the run")
            for output in ("running", "running/report.json"):
                ended = here("merge", "made", "-o", output, cwd=tmp_path)
                assert ended.code == 2
                assert "in use by another run" in ended.err
            audited = here("audit", "made", "--report-dir", "running", cwd=tmp_path)
            assert audited.code == 2
            os.kill(process.pid, 15)
            finished(process)


@pytest.mark.parametrize("words", [("run",), ("audit", "made"), ("soak", "--endpoint-url", "http://127.0.0.1:1")])
def test_a_folder_for_the_report_has_a_name(words: tuple[str, ...], tmp_path: Path) -> None:
    ended = here(*words, "--report-dir", "", cwd=tmp_path)
    assert ended.code == 2
    assert "--report-dir" in ended.err
