"""The fix loop: run, mend, make again what failed, until the whole is green."""

import json
import signal
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.selftest.trials import find
from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict
from imagebuilder_spec import Suite
from tests.support.command import Finished, command, files_below, here, lines_of, started, wait_until
from tests.support.runs import failed, run_against, serving, verdicts

REPORT = "conformance-report"
ARN = "arn-trailing-newline-accepted"
# What is broken is found by an active check, by a passive one, by a race, and by the residual checks of tokens.
KINDS = (ARN, "error-body-text", "race-first-kept", "content-type-missing")


def behaviour(name: str | None) -> type[Behaviour]:
    entry = None if name is None else find(name)
    return entry.behaviour if entry else Behaviour


def run(name: str | None, *words: str, cwd: Path) -> Finished:
    """`run` against the reference target with this defect; one without any if there is none."""
    with serving(behaviour(name)) as server:
        return here("run", "--endpoint-url", server.url, *words, cwd=cwd)


def whole(name: str | None) -> Report:
    with serving(behaviour(name)) as server:
        return run_against(server.url, suites=(Suite.CORE,))


@pytest.fixture(scope="module")
def red(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a target that accepts ARNs with a trailing newline."""
    folder = tmp_path_factory.mktemp("red")
    assert run(ARN, "--suite", "core", cwd=folder).code == 1
    return folder / REPORT


def copied(report: Path, folder: Path) -> str:
    """A report of its own, where a run may write."""
    (folder / REPORT).mkdir()
    (folder / REPORT / "report.json").write_bytes((report / "report.json").read_bytes())
    return REPORT


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_a_red_report_turns_green_by_what_failed_alone(name: str, tmp_path: Path) -> None:
    assert run(name, "--suite", "core", cwd=tmp_path).code == 1
    before = read_report(tmp_path / REPORT)
    still = run(name, "--failed-in", REPORT, cwd=tmp_path)
    assert still.code == 1, still.text
    assert failed(read_report(tmp_path / REPORT)) == failed(before)
    green = run(None, "--failed-in", REPORT, cwd=tmp_path)
    assert green.code == 0, green.text
    report = read_report(tmp_path / REPORT)
    assert verdicts(report) == verdicts(whole(None))
    assert report.suite == before.suite
    assert [set(rerun.clauses) >= failed(before) for rerun in report.run.reruns] == [True, True]
    assert report.totals.exchanges > before.totals.exchanges


def test_only_what_failed_is_made_again(red: Path, tmp_path: Path) -> None:
    assert run(None, "--failed-in", copied(red, tmp_path), cwd=tmp_path).code == 0
    events = [json.loads(line) for line in (tmp_path / REPORT / "events.jsonl").read_text("utf-8").splitlines()]
    active = {event["id"] for event in events if event["event"] == "check" and not event["id"].startswith("answers.")}
    assert active == {"request.image-pipeline-arn.pattern-name"}


@pytest.mark.slow
def test_several_workers_make_it_again_as_one_does(red: Path, tmp_path: Path) -> None:
    report = copied(red, tmp_path)
    with serving(Behaviour) as server:
        again = command("run", "--endpoint-url", server.url, "--failed-in", report, "--workers", "2", cwd=tmp_path)
    assert again.code == 0, again.text
    assert read_report(tmp_path / REPORT).verdict is RunVerdict.CONFORMANT


def test_the_new_folder_has_the_whole_and_the_old_one_stays(red: Path, tmp_path: Path) -> None:
    before = (red / "report.json").read_bytes()
    assert run(None, "--failed-in", str(red), "--report-dir", "green", cwd=tmp_path).code == 0
    assert len(verdicts(read_report(tmp_path / "green"))) == len(verdicts(read_report(red)))
    assert (red / "report.json").read_bytes() == before
    page = (tmp_path / "green/report.html").read_text("utf-8")
    assert "judged again" in page


def test_nothing_to_make_again_is_one_sentence_and_the_exit_code_of_what_there_is(red: Path, tmp_path: Path) -> None:
    assert run(None, "--failed-in", copied(red, tmp_path), cwd=tmp_path).code == 0
    files = {name: (tmp_path / name).read_bytes() for name in files_below(tmp_path)}
    nothing = run(None, "--failed-in", REPORT, cwd=tmp_path)
    assert nothing.code == 0
    assert "nothing is made again" in " ".join(nothing.out.split())
    assert {name: (tmp_path / name).read_bytes() for name in files_below(tmp_path)} == files
    plan = here("plan", "--endpoint-url", "http://127.0.0.1:9", "--failed-in", REPORT, cwd=tmp_path)
    assert plan.code == 2
    assert "nothing is made again" in plan.text
    narrowed = run(None, "wire", "--failed-in", str(red), "--report-dir", "wire", cwd=tmp_path)
    assert narrowed.code == 1
    assert "Nothing below wire failed" in " ".join(narrowed.out.split())
    assert failed(read_report(tmp_path / "wire")) == failed(read_report(red))


def test_plan_says_what_is_made_again(red: Path, tmp_path: Path) -> None:
    planned = here("plan", "--json", "--endpoint-url", "http://127.0.0.1:9", "--failed-in", str(red), cwd=tmp_path)
    assert planned.code == 0, planned.text
    assert "request.image-pipeline-arn.pattern-name" in json.loads(planned.out)["checks"]
    assert "request.body.json" not in json.loads(planned.out)["checks"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--failed-in", "nowhere"], "nowhere"),
        (["--failed-in", ""], "expected a report or its folder"),
        (["--stop-after", "0"], "expected 1 or more failed checks"),
    ],
)
def test_what_can_not_be_used_is_a_sentence(words: list[str], says: str, tmp_path: Path) -> None:
    refused = run(None, *words, cwd=tmp_path)
    assert refused.code == 2
    assert says in refused.err
    assert "Traceback" not in refused.text
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_is_gone_leaves_the_earlier_report(red: Path, tmp_path: Path) -> None:
    with serving(Behaviour) as server:
        url = server.url
    again = here("run", "--endpoint-url", url, "--failed-in", copied(red, tmp_path), cwd=tmp_path)
    assert again.code == 1, again.text
    assert "unreachable" in again.out
    report = read_report(tmp_path / REPORT)
    assert (report.run.ending, failed(report)) == (Ending.INTERRUPTED, failed(read_report(red)))
    # The next one begins where this one did.
    assert run(None, "--failed-in", REPORT, cwd=tmp_path).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whatever_ends_it_the_earlier_report_is_not_lost(number: signal.Signals, red: Path, tmp_path: Path) -> None:
    words = ("--failed-in", copied(red, tmp_path), "--retention", "0", "--rate-limit", "2")
    with (
        serving(Behaviour) as server,
        started("run", "--endpoint-url", server.url, *words, cwd=tmp_path) as process,
    ):
        wait_until(lambda: lines_of(tmp_path / REPORT / "events.jsonl") > 3, "the first events")
        process.send_signal(number)
        process.wait()
    report = read_report(tmp_path / REPORT)
    assert failed(report) == failed(read_report(red))
    assert run(None, "--failed-in", REPORT, cwd=tmp_path).code == 0


def test_a_file_of_the_configuration_may_say_so_too(red: Path, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(f'failed-in = "{red}"\nstop-after = 1\n', encoding="utf-8")
    again = run(ARN, "--config", "run.toml", cwd=tmp_path)
    assert again.code == 1
    assert "1 check again" in again.out
    assert "1 failed check" in again.out


def test_it_ends_after_so_many_failed_checks_and_says_so(tmp_path: Path) -> None:
    ended = run("token-ignored", "--suite", "core", "--stop-after", "2", cwd=tmp_path)
    assert ended.code == 1, ended.text
    report = read_report(tmp_path / REPORT)
    assert sum(check.verdict is Verdict.FAILED for check in report.checks if not check.id.startswith("answers.")) == 2
    assert report.run.ending is Ending.INTERRUPTED
    reason = "stopped after 2 failed checks, as --stop-after asks"
    assert report.run.reason == reason
    assert reason in report.verdict_sentence
    left = [clause for clause in report.clauses if clause.cause is Cause.INTERRUPTED]
    assert left
    assert all(reason in (clause.reason or "") for clause in left)


@pytest.mark.slow
def test_with_several_workers_it_ends_once_so_many_were_confirmed(tmp_path: Path) -> None:
    with serving(behaviour("token-ignored")) as server:
        words = ("--endpoint-url", server.url, "--suite", "core", "--stop-after", "1", "--workers", "4")
        ended = command("run", *words, cwd=tmp_path)
    assert ended.code == 1, ended.text
    report = read_report(tmp_path / REPORT)
    assert report.run.reason == "stopped after 1 failed check, as --stop-after asks"
    assert sum(check.verdict is Verdict.FAILED for check in report.checks if not check.id.startswith("answers.")) == 1


def test_fewer_failed_checks_end_nothing(red: Path, tmp_path: Path) -> None:
    assert run(ARN, "--failed-in", copied(red, tmp_path), "--stop-after", "2", cwd=tmp_path).code == 1
    assert read_report(tmp_path / REPORT).run.ending is Ending.COMPLETED


@pytest.mark.slow
def test_a_run_that_was_ended_early_is_brought_to_its_end(tmp_path: Path) -> None:
    assert run("error-body-text", "--suite", "core", "--stop-after", "1", cwd=tmp_path).code == 1
    assert run(None, "--failed-in", REPORT, cwd=tmp_path).code == 0
    assert verdicts(read_report(tmp_path / REPORT)) == verdicts(whole(None))
