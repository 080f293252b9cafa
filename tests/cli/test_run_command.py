"""`run` from end to end: in a process of its own, against real targets, with what it leaves behind."""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imagebuilder_reports.model import report_to_json
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.schemas import load_schema
from imagebuilder_reports.verdicts import Ending, RunVerdict
from tests.support.command import (
    Finished,
    command,
    files_below,
    finished,
    here,
    lines_of,
    report_in,
    served,
    started,
    wait_until,
)
from tests.support.scripted import HangUp, ScriptedServer

REPORT = "conformance-report"
# So many events have come when a run is well under way; a whole one has over a thousand.
UNDER_WAY = 60


def events_of(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def fits(name: str, value: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(load_schema(name)).iter_errors(value)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reference")


@pytest.fixture(scope="module")
def plain(folder: Path) -> Finished:
    """`run` without anything, in an empty folder."""
    return command("run", cwd=folder)


# Without anything


def test_it_is_conformant_and_names_the_reference_target(plain: Finished) -> None:
    assert plain.code == 0, plain.text
    assert "the reference target is conformant" in " ".join(plain.out.split())
    assert plain.err == ""


def test_it_leaves_the_report_folder_and_nothing_else(plain: Finished, folder: Path) -> None:
    assert plain.code == 0
    left = set(files_below(folder))
    forms = {"report.json", "report.html", "report.md", "junit.xml", "events.jsonl"}
    assert {f"{REPORT}/{form}" for form in forms} <= left
    assert all(name.startswith(f"{REPORT}/") for name in left)


def test_what_it_leaves_fits_the_published_schemas(plain: Finished, folder: Path) -> None:
    assert plain.code == 0
    assert fits("report", report_in(folder / REPORT)) == []
    validator = Draft202012Validator(load_schema("events"))
    seen: Counter[str] = Counter()
    for event in events_of(folder / REPORT):
        seen[event["event"]] += 1
        # Validation takes its time, and a kind of event looks the same a thousand times.
        if seen[event["event"]] <= 25:
            assert [error.message for error in validator.iter_errors(event)] == []
    assert seen.keys() == {"header", "intent", "result", "check", "footer"}


def test_the_report_is_the_fold_of_the_events(plain: Finished, folder: Path) -> None:
    assert plain.code == 0
    folded = report_to_json(read_report(folder / REPORT / "events.jsonl"))
    assert json.loads(json.dumps(folded)) == report_in(folder / REPORT)


def test_every_intent_has_its_result_and_comes_before_it(plain: Finished, folder: Path) -> None:
    assert plain.code == 0
    under_way: set[str] = set()
    for event in events_of(folder / REPORT):
        if event["event"] == "intent":
            under_way.add(event["exchange"])
        elif event["event"] == "result":
            under_way.remove(event["exchange"])
    assert under_way == set()


def test_it_shows_its_configuration_its_checks_and_where_the_report_is(plain: Finished) -> None:
    for shown in ("http://127.0.0.1:", "us-east-1", "documented", "core, auth, throttling, sdk, faults", "20260403"):
        assert shown in plain.out
    for shown in ("idempotency.replay", "answers.envelope", "area", "passed", REPORT):
        assert shown in plain.out


def test_a_log_has_no_escapes(plain: Finished) -> None:
    assert "\x1b" not in plain.text
    assert "\r" not in plain.text


# Against one target


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(cwd=tmp_path_factory.mktemp("target")) as (url, _):
        yield url


@pytest.mark.slow
def test_runs_at_once_and_in_a_row_on_one_target_raise_no_false_alarm(target: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        words = ("run", "--endpoint-url", target, "--report-dir")
        both = [stack.enter_context(started(*words, name, cwd=tmp_path)) for name in ("one", "two")]
        runs = [finished(process) for process in both]
    # A third one after them: what a token was used for before is remembered by the target.
    runs.append(command(*words, "three", "request.client-token", "idempotency.token.case-sensitive", cwd=tmp_path))
    assert [run.code for run in runs] == [0, 0, 0], "\n".join(run.text for run in runs)
    for name in ("one", "two", "three"):
        assert report_in(tmp_path / name)["verdict"] == "conformant"
        assert report_in(tmp_path / name)["target"]["endpoint"] == target


@pytest.mark.slow
def test_a_second_run_in_the_folder_of_a_running_one_is_refused_and_mixes_nothing(target: str, tmp_path: Path) -> None:
    events = tmp_path / REPORT / "events.jsonl"
    words = ("run", "--endpoint-url", target)
    with started(*words, cwd=tmp_path) as process:
        wait_until(lambda: lines_of(events) > UNDER_WAY, "a run under way")
        second = here(*words, cwd=tmp_path)
        first = finished(process)
    assert first.code == 0, first.text
    assert second.code == 2
    assert "in use by another run" in second.err
    assert [event["event"] for event in events_of(tmp_path / REPORT)].count("header") == 1
    assert json.loads(json.dumps(report_to_json(read_report(events)))) == report_in(tmp_path / REPORT)


def test_a_run_replaces_the_report_of_the_last_one(target: str, tmp_path: Path) -> None:
    for _ in range(2):
        assert here("run", "operation.start", "--endpoint-url", target, cwd=tmp_path).code == 0
    headers = [event for event in events_of(tmp_path / REPORT) if event["event"] == "header"]
    assert len(headers) == 1
    assert report_in(tmp_path / REPORT)["run"]["nonce"] == headers[0]["run"]["nonce"]


def test_where_nothing_listens_one_sentence_says_so(tmp_path: Path) -> None:
    with ScriptedServer.playing(HangUp()) as server:
        url = server.url
    run = command("run", "--endpoint-url", url, cwd=tmp_path)
    assert run.code == 3
    assert "Traceback" not in run.text
    said = " ".join(run.out.split())
    assert said.count("nothing listens") == 1
    assert url in said
    report = report_in(tmp_path / REPORT)
    assert (report["verdict"], report["run"]["ending"]) == ("incomplete", "unreachable")


def test_flag_beats_environment_beats_file(tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text("endpoint-url = 'http://127.0.0.1:3'\n")
    words = ["run", "--config", "conformance.toml"]
    variable = {"AWS_ENDPOINT_URL": "http://127.0.0.1:2"}
    flag = here(*words, "--endpoint-url", "http://127.0.0.1:1", cwd=tmp_path, env=variable)
    environment, file = here(*words, cwd=tmp_path, env=variable), here(*words, cwd=tmp_path)
    for number, run in enumerate((flag, environment, file), start=1):
        assert run.code == 3
        assert f"nothing listens at http://127.0.0.1:{number}" in " ".join(run.out.split())


# Cut short


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_a_readable_report(number: signal.Signals, tmp_path: Path) -> None:
    with started("run", cwd=tmp_path) as process:
        wait_until(lambda: lines_of(tmp_path / REPORT / "events.jsonl") > UNDER_WAY, "a run under way")
        process.send_signal(number)
        run = finished(process)
    assert run.code == 3, run.text
    assert "Traceback" not in run.text
    assert "interrupted" in run.out
    report = report_in(tmp_path / REPORT)
    assert (report["verdict"], report["run"]["ending"]) == ("incomplete", "interrupted")
    assert fits("report", report) == []
    assert events_of(tmp_path / REPORT)[-1]["event"] == "footer"
    # What was judged until then is in it, and the rest says why it was not.
    verdicts = {clause["verdict"] for clause in report["clauses"]}
    assert "passed" in verdicts
    assert "interrupted" in {clause["cause"] for clause in report["clauses"]}


@pytest.mark.slow
def test_a_killed_run_is_never_taken_for_a_complete_one(target: str, tmp_path: Path) -> None:
    assert here("run", "operation.start", "--endpoint-url", target, cwd=tmp_path).code == 0
    assert read_report(tmp_path / REPORT).verdict is RunVerdict.CONFORMANT
    with started("run", "--endpoint-url", target, cwd=tmp_path) as process:
        wait_until(lambda: lines_of(tmp_path / REPORT / "events.jsonl") > UNDER_WAY, "a run under way")
        process.kill()
        process.wait()
    assert not (tmp_path / REPORT / "report.json").exists()
    left = read_report(tmp_path / REPORT)
    assert left.run.ending is Ending.TRUNCATED
    assert left.verdict is RunVerdict.INCOMPLETE
    assert left.totals.exchanges > 10
    shown = here("render", f"{REPORT}/events.jsonl", "--format", "markdown", "--allow-incomplete", cwd=tmp_path)
    assert shown.code == 0, shown.text
    assert shown.out.startswith("## ⚠️ incomplete")
    # Nothing keeps the next run out of the folder.
    assert here("run", "operation.start", "--endpoint-url", target, cwd=tmp_path).code == 0


@pytest.mark.slow
def test_a_target_that_dies_is_told_with_the_last_exchange(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as (url, target), started("run", "--endpoint-url", url, cwd=tmp_path) as process:
        wait_until(lambda: lines_of(tmp_path / REPORT / "events.jsonl") > UNDER_WAY, "a run under way")
        target.kill()
        run = finished(process)
    assert run.code == 3, run.text
    assert "Traceback" not in run.text
    report = report_in(tmp_path / REPORT)
    assert (report["verdict"], report["run"]["ending"]) == ("incomplete", "target-lost")
    last = report["exchanges"][-1]["id"]
    assert last in report["run"]["reason"]
    assert last in run.out
