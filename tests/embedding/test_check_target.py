"""`check_target` says what `run` says, and leaves everything of its caller's alone."""

import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance import UsageError, check_target
from imagebuilder_conformance.embedding import apps
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_reports.gate import GateVerdict
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import RunVerdict
from tests.project.places import ROOT
from tests.support.command import here
from tests.support.runs import failed, run_against, serving

pytestmark = pytest.mark.slow

BROKEN = "request-id-constant"
CLAUSES = ("response.request-id", "errors.code")


def _ours() -> tuple[object, ...]:
    """What of this process a run must leave as it is."""
    return (
        [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        Path.cwd(),
        dict(os.environ),
        [*logging.root.handlers],
        logging.root.level,
        [*logging.getLogger("werkzeug").handlers],
        [*logging.getLogger("uvicorn").handlers],
        [thread.name for thread in threading.enumerate()],
    )


def test_it_says_what_a_run_says_and_nothing_of_the_callers_changes(capfd: pytest.CaptureFixture[str]) -> None:
    with serving(catalogue.find_defect(BROKEN).behaviour) as server:
        run = run_against(server.url, *CLAUSES)
        before = _ours()
        # Twice in one process.
        reports = [check_target(server.url, clauses=CLAUSES, suites=("core",)) for _ in range(2)]
        assert _ours() == before
    for report in reports:
        assert report.verdict is RunVerdict.NON_CONFORMANT
        assert failed(report) == failed(run) != set()
        codes = [{failure.code for check in each.checks for failure in check.failures} for each in (report, run)]
        assert codes[0] == codes[1]
    assert capfd.readouterr() == ("", "")


def test_in_a_thread_too() -> None:
    found: list[Report] = []
    with serving(catalogue.find_defect(BROKEN).behaviour) as server:
        thread = threading.Thread(target=lambda: found.append(check_target(server.url, clauses=CLAUSES)))
        thread.start()
        thread.join()
    assert [report.verdict for report in found] == [RunVerdict.NON_CONFORMANT]


def test_known_failures_make_the_gate_and_leave_the_verdict(tmp_path: Path) -> None:
    with serving(catalogue.find_defect(BROKEN).behaviour) as server:
        check_target(server.url, clauses=CLAUSES, report_dir=tmp_path / "report")
        known = tmp_path / "known.toml"
        assert here("baseline", "update", "report/report.json", "--output", str(known), cwd=tmp_path).code == 0
        known.write_text(known.read_text().replace("why this is known, and where it is tracked", "it is new"))
        report = check_target(server.url, clauses=CLAUSES, known_failures=known)
    assert report.gate is not None
    assert (report.verdict, report.gate.verdict) == (RunVerdict.NON_CONFORMANT, GateVerdict.PASSED)
    assert (tmp_path / "report" / "report.html").exists()


def test_without_a_verdict_the_report_says_why() -> None:
    report = check_target("http://127.0.0.1:1")
    assert report.verdict is RunVerdict.INCOMPLETE
    assert "nothing listens at http://127.0.0.1:1" in report.verdict_sentence


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "expected exactly one of an endpoint's URL, wsgi=… and asgi=…"),
        ({"endpoint_url": "http://127.0.0.1:1", "wsgi": lambda *_: []}, "expected exactly one of"),
        ({"endpoint_url": "localhost"}, "--endpoint-url: expected http://HOST"),
        ({"endpoint_url": "http://127.0.0.1:1", "read_timeouts": 3}, "No such option"),
        ({"endpoint_url": "http://127.0.0.1:1", "clauses": ["idempotence"]}, "idempotence"),
        ({"endpoint_url": "http://127.0.0.1:1", "known_failures": "nowhere.toml"}, "nowhere.toml"),
    ],
    ids=["no target", "two targets", "no URL", "no option", "no clause", "no file"],
)
def test_what_can_not_be_done_is_one_sentence(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_target(**arguments)
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_suite_that_fails_itself_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="left no report"):
        check_target("http://127.0.0.1:1")


def unavailable(_: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    start("503 Service Unavailable", [("Content-Type", "application/json")])
    return [b'{"message": "later", "__type": "ServiceUnavailableException"}']


def failing(_: dict[str, Any], __: Callable[..., object]) -> Iterable[bytes]:
    raise RuntimeError("a bug of the application's")


@pytest.mark.parametrize("app", [unavailable, failing])
def test_an_application_that_only_fails_is_judged_and_its_server_ends(
    app: Callable[..., Any], capfd: pytest.CaptureFixture[str]
) -> None:
    before = _ours()
    report = check_target(wsgi=app, clauses=["operation"])
    assert report.verdict is not RunVerdict.CONFORMANT
    assert capfd.readouterr().out == ""
    assert _ours() == before


async def never_started(scope: dict[str, Any], *_: object) -> None:
    raise RuntimeError(scope["type"])


def test_an_asgi_application_that_only_fails_is_judged_too(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL):
        report = check_target(asgi=never_started, clauses=["operation"])
    assert report.verdict is not RunVerdict.CONFORMANT


def test_a_server_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="the extra `apps` brings it"):
        check_target(wsgi=unavailable)
    with pytest.raises(UsageError, match="the extra `apps` brings it"):
        check_target(asgi=never_started)


def _pytest(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The caller's own pytest, as strict as it may be."""
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    options = ["-q", "-n", "2", "-p", "no:cacheprovider", f"-c{folder / 'pytest.ini'}", f"--rootdir={folder}"]
    started = [sys.executable, "-m", "pytest", *options, *words]
    return subprocess.run(started, cwd=folder, capture_output=True, text=True, check=False)


def test_the_examples_pass_under_the_callers_own_options(tmp_path: Path) -> None:
    ran = _pytest(tmp_path, str(ROOT / "examples" / "in-your-tests"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 passed" in ran.stdout


FAILING_TEST = """
def test_it(imagebuilder_report):
    report = imagebuilder_report("http://127.0.0.1:1")
    assert report.verdict == "conformant", report.verdict_sentence
"""


def test_a_failed_test_names_the_report(tmp_path: Path) -> None:
    (tmp_path / "test_target.py").write_text(FAILING_TEST)
    ran = _pytest(tmp_path, "test_target.py")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "incomplete: unreachable: nothing listens at http://127.0.0.1:1" in ran.stdout
    named = re.search(r"^report: (.+report\.html)$", ran.stdout, flags=re.MULTILINE)
    assert named is not None
    assert Path(named[1]).exists()
