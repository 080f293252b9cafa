"""The command, on recordings made by real tools and on what runs leave."""

import gzip
import html
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest

from imagebuilder_conformance.cli.render import FORMS
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import Verdict
from tests.audit.conversation import COOKIE, RECORDINGS, SESSION_TOKEN
from tests.audit.hars import AWS, OPERATION, entry, har, headers
from tests.support.calls import image
from tests.support.command import Finished, files_below, here, report_in
from tests.support.runs import failed, run_against, serving, verdicts

IN_BOTH = {"idempotency.replay.same-image", "idempotency.mismatch.refused"}


def audit(*arguments: str | Path, cwd: Path) -> Finished:
    return here("audit", *map(str, arguments), cwd=cwd)


# Which promises a cassette shows to be broken where calls came within a second, which is all that it knows of times.
_OVERLAPPING = {"idempotency.concurrent.duplicates", "idempotency.concurrent.mismatch"}
BROKEN_BY_TOOL = {
    "mitmproxy-broken.har": IN_BOTH,
    "chromium-broken.har": IN_BOTH,
    "botocore-broken.log": IN_BOTH,
    "vcrpy-broken.yaml": _OVERLAPPING,
}


@pytest.mark.parametrize("name", BROKEN_BY_TOOL)
def test_a_conformant_target_that_a_tool_recorded_is_conformant(name: str, tmp_path: Path) -> None:
    done = audit(RECORDINGS / name.replace("broken", "conformant"), cwd=tmp_path)
    assert done.code == 0, done.text
    assert "recorded traffic was audited, the target is conformant" in " ".join(done.out.split())
    report = read_report(tmp_path / "audit-report")
    judged = verdicts(report)
    assert {clause for clause in IN_BOTH if judged[clause] is Verdict.PASSED} == IN_BOTH
    assert judged["request.client-token.max-length"] is Verdict.PASSED
    assert judged["errors.resource-not-found.status"] is Verdict.PASSED
    assert judged["wire.chunked"] is Verdict.NOT_RUN


@pytest.mark.parametrize("name", BROKEN_BY_TOOL)
def test_a_broken_target_that_a_tool_recorded_is_found(name: str, tmp_path: Path) -> None:
    done = audit(RECORDINGS / name, cwd=tmp_path)
    assert done.code == 1, done.text
    report = read_report(tmp_path / "audit-report")
    assert failed(report) == BROKEN_BY_TOOL[name]
    assert all(len(failure.exchanges) == 2 for failure in report.failures)


@pytest.mark.parametrize(
    "name", ["mitmproxy-broken.har", "chromium-broken.har", "mitmproxy-conformant.har", "botocore-broken.log"]
)
def test_no_secret_of_a_recording_reaches_a_report(name: str, tmp_path: Path) -> None:
    recorded = (RECORDINGS / name).read_text(encoding="utf-8")
    assert COOKIE in recorded or SESSION_TOKEN in recorded
    done = audit(RECORDINGS / name, cwd=tmp_path)
    secrets = {COOKIE, SESSION_TOKEN, *re.findall(r"Signature=(\w{16})", recorded)}
    for place, content in {**files_below(tmp_path), "the terminal": done.text.encode()}.items():
        assert [secret for secret in secrets if secret.encode() in content] == [], place


_SIGNED = {
    "X-Amz-Credential": "ASIARECOGNISABLE0000/20260501/us-east-1/imagebuilder/aws4_request",
    "X-Amz-Security-Token": "recognisable/session+token//with=padding==",
    "X-Amz-Signature": "0123456789abcdef" * 4,
}


def _presigned(token: str, host: str, number: int) -> dict[str, Any]:
    """A call that is presigned, and its answer, in which the target tells all that came, as it may."""
    url = f"{host}{OPERATION}?X-Amz-Date=20260501T120000Z&{urlencode(_SIGNED, quote_via=quote)}"
    # The other image breaks a promise, so that there are failures with lines for curl.
    message = {"message": f"Canonical string: {url}", "arguments": _SIGNED, "signature": _SIGNED["X-Amz-Signature"]}
    told = {"clientToken": f"{token} {url}", "imageBuildVersionArn": image(number), "requestId": "1", **message}
    asked = headers(("Referer", url), ("X-Amz-Security-Token", _SIGNED["X-Amz-Security-Token"]), ("Location", url))
    listed = headers(("Content-Type", "application/json"), ("Location", url), ("X-Amzn-ErrorType", f"Bad:{url}"))
    body = json.dumps(told)
    return entry(
        token,
        url=url.replace("://", "://user:recognisable-password@"),
        answer=body,
        number=number,
        request={"headers": asked, "queryString": headers(*_SIGNED.items())},
        response={"headers": listed, "content": {"size": len(body), "text": body}, "redirectURL": url},
    )


@pytest.mark.parametrize("host", [AWS, "http://localhost:4566"])
def test_nothing_written_holds_what_signed_a_recorded_presigned_request(host: str, tmp_path: Path) -> None:
    recording = har(tmp_path, *(_presigned("a-token", host, number) for number in (1, 2)))
    done = audit(recording, cwd=tmp_path)
    assert done.code == 1, done.text
    told = {"the terminal": done.text.encode(), **files_below(tmp_path / "audit-report")}
    for form in FORMS:
        told[f"render --format {form}"] = here("render", "audit-report", "--format", form, cwd=tmp_path).out.encode()
        told[f"audit --format {form}"] = audit(recording, "--format", form, cwd=tmp_path).out.encode()
    told["audit --endpoint-url"] = audit(
        recording, "--endpoint-url", f"{host}?{urlencode(_SIGNED)}", cwd=tmp_path
    ).text.encode()
    assert len(told) > 15
    assert b"20260501T120000Z" in told["report.json"]
    spelled = {way(secret) for secret in _SIGNED.values() for way in (str, quote, quote_plus, html.escape)}
    needles = {*spelled, "ASIARECOGNISABLE", "recognisable-password"}
    assert [(place, each) for place, text in told.items() for each in needles if each.encode() in text] == []


def test_a_recording_is_read_gzipped_in_a_zip_and_below_a_folder(tmp_path: Path) -> None:
    content = (RECORDINGS / "mitmproxy-broken.har").read_bytes()
    (tmp_path / "a").mkdir()
    (tmp_path / "a/traffic.har.gz").write_bytes(gzip.compress(content))
    with zipfile.ZipFile(tmp_path / "traffic.har.zip", "w") as archive:
        archive.writestr("har.har", content)
    for name in ("a/traffic.har.gz", "traffic.har.zip", "a"):
        done = audit(name, cwd=tmp_path)
        assert done.code == 1, done.text
        assert failed(read_report(tmp_path / "audit-report")) == IN_BOTH


def test_bodies_that_playwright_attached_are_read_from_its_zip(tmp_path: Path) -> None:
    attached = entry()
    text = attached["request"]["postData"].pop("text")
    attached["request"]["postData"] |= {"text": "", "_file": "0123.json"}
    answer = attached["response"]["content"].pop("text")
    attached["response"]["content"] |= {"_file": "4567.json"}
    with zipfile.ZipFile(tmp_path / "traffic.zip", "w") as archive:
        archive.writestr("har.har", har(tmp_path, attached).read_bytes())
        archive.writestr("0123.json", text)
        archive.writestr("4567.json", answer)
    done = audit("traffic.zip", "--report-dir", "left", cwd=tmp_path)
    assert done.code == 0, done.text
    assert "1 call judged" in done.out
    assert verdicts(read_report(tmp_path / "left"))["response.client-token.echo"] is Verdict.PASSED


def test_it_says_what_each_file_held_and_what_was_left_out(tmp_path: Path) -> None:
    har(tmp_path, entry(), entry(url=f"{AWS}/ListImages"), entry(request={"postData": None}))
    done = audit("traffic.har", cwd=tmp_path)
    assert "traffic.har (HAR): 1 call judged; left out: 1 that are calls of other operations" in _unwrapped(done.out)
    assert "1 whose request body was not recorded" in _unwrapped(done.out)


def test_the_calls_of_one_endpoint_can_be_meant(tmp_path: Path) -> None:
    har(tmp_path, entry(), entry("b", url="http://localhost:4566/StartImagePipelineExecution"))
    done = audit("traffic.har", "--endpoint-url", "http://localhost:4566", cwd=tmp_path)
    assert "1 call judged; left out: 1 to other endpoints than --endpoint-url" in _unwrapped(done.out)
    wrong = audit("traffic.har", "--endpoint-url", "localhost", cwd=tmp_path)
    assert (wrong.code, "must be a URL" in wrong.err) == (2, True)


def _unwrapped(text: str) -> str:
    return " ".join(text.split())


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
    assert done.err.startswith("nothing to judge: no call of StartImagePipelineExecution was recorded as a whole\n")
    assert "traffic.har (HAR): 0 calls judged; left out: 1 that are calls of other operations" in done.err


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda folder: folder / "none.har", "none.har cannot be read: No such file or directory"),
        (lambda folder: folder, "holds no recording: expected *.har, *.jsonl"),
        (lambda folder: _text(folder / "a.har", "{"), "a.har is no HAR: no member 'log'"),
        (lambda folder: _text(folder / "a.jsonl", "{}\n"), "line 1 of "),
        (lambda folder: _text(folder / "a.jsonl", "[\n{}\n"), "is not JSON"),
        (lambda folder: _text(folder / "report.json", "{}").parent, "an audit reads events.jsonl, not report.json"),
        (lambda folder: _text(folder / "report.json", "{}"), "report.json is no recording that is read"),
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
