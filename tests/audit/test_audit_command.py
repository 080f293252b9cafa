"""The command, on recordings made by real tools and on what runs leave."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import Verdict
from tests.audit.conversation import COOKIE, SESSION_TOKEN, speak_by_browser
from tests.audit.hars import AWS, entry, har
from tests.audit.make_recordings import BROKEN, RECORDINGS
from tests.browser.chromium import NoBrowserError, launched
from tests.support.absent import give_up
from tests.support.command import Finished, files_below, here, report_in
from tests.support.runs import failed, run_against, serving, verdicts

IN_BOTH = {"idempotency.replay.same-image", "idempotency.mismatch.refused"}


def audit(*arguments: str | Path, cwd: Path) -> Finished:
    return here("audit", *map(str, arguments), cwd=cwd)


@pytest.mark.parametrize("tool", ["mitmproxy", "chromium"])
def test_a_conformant_target_that_a_tool_recorded_is_conformant(tool: str, tmp_path: Path) -> None:
    done = audit(RECORDINGS / f"{tool}-conformant.har", cwd=tmp_path)
    assert done.code == 0, done.text
    assert "recorded traffic was audited, the target is conformant" in " ".join(done.out.split())
    report = read_report(tmp_path / "audit-report")
    judged = verdicts(report)
    assert {clause for clause in IN_BOTH if judged[clause] is Verdict.PASSED} == IN_BOTH
    assert judged["request.client-token.max-length"] is Verdict.PASSED
    assert judged["errors.resource-not-found.status"] is Verdict.PASSED
    assert judged["wire.chunked"] is Verdict.NOT_RUN


@pytest.mark.parametrize("tool", ["mitmproxy", "chromium"])
def test_a_broken_target_that_a_tool_recorded_is_found(tool: str, tmp_path: Path) -> None:
    done = audit(RECORDINGS / f"{tool}-broken.har", cwd=tmp_path)
    assert done.code == 1, done.text
    report = read_report(tmp_path / "audit-report")
    assert failed(report) == IN_BOTH
    assert all(len(failure.exchanges) == 2 for failure in report.failures)


@pytest.mark.parametrize("name", ["mitmproxy-broken", "chromium-broken", "mitmproxy-conformant"])
def test_no_secret_of_a_recording_reaches_a_report(name: str, tmp_path: Path) -> None:
    recorded = (RECORDINGS / f"{name}.har").read_text(encoding="utf-8")
    assert COOKIE in recorded
    done = audit(RECORDINGS / f"{name}.har", cwd=tmp_path)
    secrets = {COOKIE, SESSION_TOKEN, *re.findall(r"Signature=(\w{16})", recorded)}
    for place, content in {**files_below(tmp_path), "the terminal": done.text.encode()}.items():
        assert [secret for secret in secrets if secret.encode() in content] == [], place


def test_traffic_that_a_browser_records_now_is_judged_the_same(tmp_path: Path) -> None:
    for behaviour, code in ((Behaviour, 0), (catalogue.find_defect(BROKEN).behaviour, 1)):
        path = tmp_path / f"{code}.har"
        try:
            with serving(behaviour, verify_signatures=False) as server, launched() as browser:
                speak_by_browser(browser, server, str(path))
        except NoBrowserError as error:
            give_up(str(error), os.environ)
        assert audit(path, cwd=tmp_path).code == code


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run against a target that is broken in several ways."""
    folder = tmp_path_factory.mktemp("run")
    with serving(catalogue.find_defect("request-id-constant").behaviour) as server:
        run_against(server.url, "response", "errors", "idempotency.replay", report_dir=folder)
    return folder


def test_the_passive_checks_say_of_recorded_events_what_they_said_in_the_run(run: Path, tmp_path: Path) -> None:
    done = audit(run, "--json", cwd=tmp_path)
    assert done.code == 1
    assert list(tmp_path.iterdir()) == []
    audited = {check["id"]: check for check in json.loads(done.out)["checks"]}
    # Of a run read back from its stream: `report.json` is only left by the command.
    then = [check for check in read_report(run).checks if check.id in audited]
    assert len(then) > 15
    for check in then:
        now = {each["clause"]: each["verdict"] for each in audited[check.id]["judgements"]}
        for each in check.judgements:
            if each.verdict.judges:
                assert now[each.clause] == each.verdict, each.clause
        shown = {failure.clause: failure.received for failure in check.failures}
        assert shown.keys() <= {failure["clause"] for failure in audited[check.id]["failures"]}


def test_a_stream_that_was_cut_short_is_audited_as_far_as_it_goes_and_named_incomplete(
    run: Path, tmp_path: Path
) -> None:
    lines = (run / "events.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "cut.jsonl").write_bytes(b"".join(lines[:20]) + lines[20][:40])
    done = audit("cut.jsonl", cwd=tmp_path)
    report = read_report(tmp_path / "audit-report")
    assert report.totals.exchanges > 0
    assert report.run.reason == "cut.jsonl has no footer, so the run was cut short or goes on"
    assert done.code == (1 if failed(report) else 3)


def test_a_conformant_stream_that_was_cut_short_is_no_green(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with serving(Behaviour) as server:
        run_against(server.url, "operation", report_dir=tmp_path / "run")
    events = tmp_path / "run" / "events.jsonl"
    whole = audit("run", cwd=tmp_path)
    assert whole.code == 0, whole.text
    events.write_bytes(b"".join(events.read_bytes().splitlines(keepends=True)[:-1]))
    assert audit("run", cwd=tmp_path).code == 3


def test_two_runs_in_one_stream_are_refused(run: Path, tmp_path: Path) -> None:
    (tmp_path / "both.jsonl").write_bytes((run / "events.jsonl").read_bytes() * 2)
    done = audit("both.jsonl", cwd=tmp_path)
    assert done.code == 2
    assert "a second header follows the first" in done.err


def test_a_stream_that_does_not_say_when_it_began_is_refused_with_a_sentence(run: Path, tmp_path: Path) -> None:
    events = (run / "events.jsonl").read_text(encoding="utf-8")
    broken = tmp_path / "events.jsonl"
    broken.write_text(re.sub(r'"started":"[^"]*"', '"started":"yesterday"', events, count=1), encoding="utf-8")
    done = audit(broken, cwd=tmp_path)
    assert done.code == 2
    assert "'yesterday'" in done.err


def test_exchanges_of_several_recordings_are_told_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        har(tmp_path / name, entry("t", number=1 if name == "one" else 2))
    done = audit(".", "--json", cwd=tmp_path)
    report = json.loads(done.out)
    assert [row["id"] for row in report["exchanges"]] == ["1/e0001", "2/e0001"]
    assert report["target"]["endpoint"] == AWS
    # AWS is one service over all recordings.
    assert done.code == 1


def test_nothing_of_the_operation_is_no_verdict(tmp_path: Path) -> None:
    done = audit(har(tmp_path, entry(url=f"{AWS}/ListImages")), cwd=tmp_path)
    assert done.code == 3
    assert done.err == (
        "nothing to judge: no call of StartImagePipelineExecution was recorded; "
        "left out: 1 that are not calls of the operation (1 of them to Image Builder)\n"
    )
    assert not (tmp_path / "audit-report").exists()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda folder: folder / "none.har", "none.har cannot be read: No such file or directory"),
        (lambda folder: folder, "holds no recording: expected *.har or *.jsonl below it"),
        (lambda folder: _text(folder / "a.har", "{"), "a.har is not JSON"),
        (lambda folder: _text(folder / "a.jsonl", "{}\n"), "line 1 of "),
        (lambda folder: _text(folder / "a.jsonl", "[\n{}\n"), "is not JSON"),
        (lambda folder: _text(folder / "report.json", "{}").parent, "an audit reads events.jsonl, not report.json"),
        (lambda folder: _text(folder / "report.json", "{}"), "report.json is no HAR"),
    ],
)
def test_what_can_not_be_read_is_one_sentence(make: object, sentence: str, tmp_path: Path) -> None:
    assert callable(make)
    done = audit(make(tmp_path), cwd=tmp_path)
    assert done.code == 2
    assert sentence in done.err
    assert "Traceback" not in done.text


def _text(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def test_a_report_does_not_take_the_place_of_what_is_audited(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    path = har(tmp_path / "here", entry())
    done = audit(path, "--report-dir", "here", cwd=tmp_path)
    assert done.code == 2
    assert "give another --report-dir" in done.err
    assert path.exists()


def test_an_audit_is_not_replayed(tmp_path: Path) -> None:
    shutil.copy(RECORDINGS / "mitmproxy-broken.har", tmp_path)
    audit("mitmproxy-broken.har", cwd=tmp_path)
    done = here("replay", "audit-report", "answers.to-tokens", cwd=tmp_path)
    assert done.code == 2
    assert "other people's" in done.err


def test_the_forms_of_the_report_say_that_it_is_an_audit(tmp_path: Path) -> None:
    path = RECORDINGS / "mitmproxy-conformant.har"
    assert audit(path, "--report-dir", "left", cwd=tmp_path).code == 0
    assert report_in(tmp_path / "left")["target"]["recorded"] is True
    assert report_in(tmp_path / "left")["totals"]["exchanges"] == 8
    assert "recorded traffic" in audit(path, "--format", "markdown", cwd=tmp_path).out
    assert "recorded traffic" in audit(path, "--format", "html", cwd=tmp_path).out
    assert "recorded traffic" in audit(path, "--format", "badge", cwd=tmp_path).out
