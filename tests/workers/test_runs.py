"""Runs with several workers: one report, and the verdicts of a run with one."""

import json
import re
import signal
from collections import Counter
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.selftest.trials import find
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import Ending, RunVerdict, Verdict
from imagebuilder_spec import Suite
from tests.support.calls import target_at
from tests.support.command import command, finished, lines_of, python, report_in, served, started, wait_until
from tests.support.runs import run_of, serving, verdicts

pytestmark = pytest.mark.slow

SUITES = ("-m", "pytest", "--pyargs", "imagebuilder_conformance.suites", "-q", "-p", "xdist")
WORKERS = 4
UNDER_WAY = 100

CRASHER = """
import os
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if hasattr(pyfuncitem.config, "workerinput") and pyfuncitem.name == "test_distinct_generated":
        os._exit(7)
"""


def run_of_two(cwd: Path, *words: str) -> AbstractContextManager[Popen[str]]:
    return started("run", "--workers", "2", *words, cwd=cwd)


def with_workers(name: str | None, workers: int) -> Report:
    entry = None if name is None else find(name)
    with serving(entry.behaviour if entry else Behaviour) as server:
        return run_of(Settings(target_at(server.url), suites=(Suite.CORE,), workers=workers))


def events_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run of four workers against the embedded target, with secrets of our own in the environment."""
    folder = tmp_path_factory.mktemp("workers")
    run = command("run", "--workers", str(WORKERS), cwd=folder)
    assert run.code == 0, run.text
    assert "Traceback" not in run.text
    return folder / "conformance-report"


def test_the_verdicts_are_those_of_one_worker(folder: Path, reference_run: Report) -> None:
    report = read_report(folder)
    assert verdicts(report) == verdicts(reference_run)
    assert report.verdict is RunVerdict.CONFORMANT
    assert [check.id for check in report.checks] == [check.id for check in reference_run.checks]


def test_the_report_says_how_many_workers_there_were(folder: Path) -> None:
    assert report_in(folder)["run"]["workers"] == WORKERS


def test_no_id_and_no_token_is_used_by_two_workers(folder: Path) -> None:
    intents = [event for event in events_of(folder) if event["event"] == "intent"]
    assert max(Counter(intent["exchange"] for intent in intents).values()) == 1
    workers = {intent["exchange"].split("-")[0] for intent in intents if "-" in intent["exchange"]}
    assert len(workers) == WORKERS
    nonce = report_in(folder)["run"]["nonce"]
    users: dict[str, set[str]] = {}
    for intent in intents:
        if (intent["token"] or "").startswith(nonce):
            users.setdefault(intent["token"], set()).add(intent["exchange"].rpartition("-")[0])
    assert len(users) > 100
    assert {len(each) for each in users.values()} == {1}


def test_every_intent_comes_before_its_result_and_the_footer_last(folder: Path) -> None:
    under_way: set[str] = set()
    events = events_of(folder)
    assert (events[0]["event"], events[-1]["event"]) == ("header", "footer")
    for event in events:
        if event["event"] == "intent":
            under_way.add(event["exchange"])
        elif event["event"] == "result":
            under_way.remove(event["exchange"])
    assert under_way == set()


def test_what_looks_at_other_traffic_is_made_when_no_worker_sends(folder: Path) -> None:
    rows = read_report(folder).exchanges
    sent = [row.at for row in rows if row.id.startswith("w")]
    assert all(row.at < min(sent) for row in rows if row.check == "idempotency.hidden-builds")
    for check in ("idempotency.retention", "throttling.burst"):
        assert all(row.at > max(sent) for row in rows if row.check == check), check
    assert rows[-1].check == "idempotency.retention"
    assert read_report(folder).measured["retention.tokens"] > 40


@pytest.mark.parametrize(
    "name",
    ["token-one-too-long-accepted", "replay-starts-hidden-build", "mismatch-ignored", "arn-trailing-newline-accepted"],
)
def test_a_defect_breaks_the_clauses_that_it_breaks_with_one_worker(name: str) -> None:
    assert verdicts(with_workers(name, WORKERS)) == verdicts(with_workers(name, 1))


def test_a_target_that_can_not_do_with_two_at_once_is_not_blamed() -> None:
    report = with_workers("one-request-at-a-time", WORKERS)
    assert report.verdict is RunVerdict.CONFORMANT, report.verdict_sentence


def test_an_interrupted_run_leaves_the_report_of_what_was_done(tmp_path: Path) -> None:
    events = tmp_path / "conformance-report" / "events.jsonl"
    with run_of_two(tmp_path) as process:
        wait_until(lambda: lines_of(events) > UNDER_WAY, "a run under way")
        process.send_signal(signal.SIGINT)
        run = finished(process)
    assert run.code == 3, run.text
    assert "Traceback" not in run.text
    report = read_report(tmp_path / "conformance-report")
    assert (report.verdict, report.run.ending) == (RunVerdict.INCOMPLETE, Ending.INTERRUPTED)
    assert events_of(events.parent)[-1]["event"] == "footer"
    assert Verdict.PASSED in verdicts(report).values()


def test_a_target_that_dies_ends_the_run_with_the_reason(tmp_path: Path) -> None:
    events = tmp_path / "conformance-report" / "events.jsonl"
    with served(cwd=tmp_path) as (url, target), run_of_two(tmp_path, "--endpoint-url", url) as process:
        wait_until(lambda: lines_of(events) > UNDER_WAY, "a run under way")
        target.kill()
        run = finished(process)
    assert run.code == 3, run.text
    assert "Traceback" not in run.text
    report = report_in(tmp_path / "conformance-report")
    assert (report["verdict"], report["run"]["ending"]) == ("incomplete", "target-lost")
    assert re.search(r"the last request was w\d+-x\d+", report["run"]["reason"])


def test_where_nothing_listens_one_sentence_says_so(tmp_path: Path) -> None:
    run = command("run", "--workers", "2", "--endpoint-url", "http://127.0.0.1:9", cwd=tmp_path)
    assert run.code == 3, run.text
    assert "Traceback" not in run.text
    assert run.out.count("nothing listens at") == 1


def test_a_limit_of_executions_makes_it_one_worker_in_one_line(tmp_path: Path) -> None:
    words = ("run", "operation", "--workers", "3", "--max-executions", "4")
    run = command(*words, cwd=tmp_path)
    assert run.code == 0, run.text
    assert len([line for line in run.out.splitlines() if "workers" in line]) == 1
    assert report_in(tmp_path / "conformance-report")["run"]["workers"] == 1


def test_no_secret_is_in_the_arguments_of_a_worker_or_in_a_file(tmp_path: Path) -> None:
    secret = "recognisable/secret+access/key0123456789"
    env = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": secret}
    seen = set()
    with served("--no-verify-signatures", cwd=tmp_path) as (url, _):
        words = ("run", "operation", "idempotency", "--workers", "2", "--endpoint-url", url)
        with started(*words, cwd=tmp_path, env=env) as process:
            while process.poll() is None:
                for child in children(process.pid):
                    # It may end at any moment.
                    with suppress(FileNotFoundError, ProcessLookupError):
                        seen.add(Path(f"/proc/{child}/cmdline").read_bytes())
            run = finished(process)
    assert run.code == 0, run.text
    assert seen
    assert not any(secret.encode() in line for line in seen)
    assert not any(secret.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


# As plain pytest


def test_with_pytest_n_it_is_the_same_run(tmp_path: Path) -> None:
    with serving(Behaviour) as server:
        options = ("--imagebuilder-endpoint-url", server.url, "--imagebuilder-report-dir", "left", "-n", "2")
        run = python(*SUITES, *options, "-p", "imagebuilder_conformance.plugin", cwd=tmp_path, env=ALONE)
    assert run.code == 0, run.text
    report = read_report(tmp_path / "left")
    assert (report.verdict, report.run.workers) == (RunVerdict.CONFORMANT, 2)


def test_a_worker_that_crashes_costs_its_check_only(tmp_path: Path) -> None:
    (tmp_path / "crasher.py").write_text(CRASHER)
    with serving(Behaviour) as server:
        options = ("--imagebuilder-endpoint-url", server.url, "--imagebuilder-report-dir", "left", "-n", "2")
        plugins = ("-p", "imagebuilder_conformance.plugin", "-p", "crasher")
        env = {**ALONE, "PYTHONPATH": str(tmp_path)}
        run = python(*SUITES, *options, *plugins, cwd=tmp_path, env=env)
    assert run.code == pytest.ExitCode.TESTS_FAILED, run.text
    report = read_report(tmp_path / "left")
    errors = {check.id for check in report.checks if check.verdict is Verdict.ERROR}
    assert errors == {"idempotency.token.distinct-generated"}
    assert (report.verdict, report.run.ending) == (RunVerdict.INCOMPLETE, Ending.COMPLETED)
    assert "idempotency.token.distinct" in report.verdict_sentence


def test_checks_that_nobody_was_told_of_are_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text("from imagebuilder_conformance.suites.test_operation import *\n")
    plugins = ("-p", "xdist", "-p", "imagebuilder_conformance.plugin")
    run = python("-m", "pytest", "-n", "2", *plugins, cwd=tmp_path, env=ALONE)
    assert run.code == pytest.ExitCode.TESTS_FAILED
    assert "name imagebuilder_conformance.suites on the command line" in run.text


# Without the plugins of others, which take their time.
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
