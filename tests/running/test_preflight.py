"""What ends a run before its first check: one clear sentence, and not sixty failures."""

import json

import pytest

from imagebuilder_conformance.reference.defects.catalogue import find_defect
from imagebuilder_conformance.target import Credentials, Timeouts
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import Ending, RunVerdict, Verdict
from tests.support.calls import PIPELINE, target_at
from tests.support.runs import failed, run_against, serving
from tests.support.scripted import Action, Garbage, HangUp, Received, Reply, Script, ScriptedServer, Silence

JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html; charset=utf-8")
PAGE = b"<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>"


def coded(status: int, code: str) -> Reply:
    return Reply(status, json.dumps({"message": "no"}).encode(), (JSON, ("X-Amzn-ErrorType", code)))


def stays_unjudged(report: Report, ending: Ending) -> None:
    assert report.run.ending is ending
    assert report.verdict is RunVerdict.INCOMPLETE
    assert report.failures == ()
    assert not any(clause.exercised for clause in report.clauses)
    assert report.run.reason
    assert report.run.reason in report.verdict_sentence
    assert "\n" not in report.verdict_sentence
    # The last two are the free ones that tell revisions apart.
    assert report.totals.exchanges <= 4


def run_with(script: Script, *prefixes: str, timeouts: Timeouts | None = None) -> Report:
    with ScriptedServer(script) as server:
        return run_against(target_at(server.url, timeouts=timeouts or Timeouts(20, 20)), *prefixes)


FOREIGN: dict[str, Action] = {
    "moto: an HTML page": Reply(500, PAGE, (HTML,)),
    "localstack": Reply(501, b'{"__type": "InternalFailure", "message": "not implemented"}', (JSON,)),
    "ministack": Reply(400, b'{"error": "Unsupported service: imagebuilder"}', (JSON,)),
    "no such operation": coded(404, "UnknownOperationException"),
    "a method that is not allowed": coded(405, "UnknownOperationException"),
    "an API gateway": Reply(404, b'{"message": "Not Found"}', (JSON,)),
    "a web server": Reply(404, PAGE, (HTML,)),
    "a web page for everything": Reply(200, PAGE, (HTML,)),
    "plain text": Reply(404, b"404 page not found", (("Content-Type", "text/plain"),)),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_does_not_have_the_operation_is_not_judged_by_it(name: str) -> None:
    report = run_with(lambda _: FOREIGN[name])
    stays_unjudged(report, Ending.NOT_IMPLEMENTED)
    assert "does not implement StartImagePipelineExecution" in report.verdict_sentence


def test_the_free_probe_comes_first_and_the_start_after_it() -> None:
    received: list[Received] = []

    def answer(request: Received) -> Reply:
        received.append(request)
        return coded(404, "UnknownOperationException")

    run_with(answer)
    pipelines = [json.loads(request.body)["imagePipelineArn"] for request in received]
    assert pipelines[1:] == [PIPELINE]
    assert pipelines[0].rsplit("/", 1)[0] == PIPELINE.rsplit("/", 1)[0]
    assert pipelines[0] != PIPELINE


def test_a_pipeline_that_the_target_does_not_know_is_named() -> None:
    report = run_with(lambda _: coded(404, "ResourceNotFoundException"))
    stays_unjudged(report, Ending.PIPELINE_UNKNOWN)
    assert PIPELINE in report.verdict_sentence
    assert "--pipeline-arn" in report.verdict_sentence


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "UnrecognizedClientException"),
        (403, "AccessDeniedException"),
        (403, "InvalidSignatureException"),
        (401, "UnauthorizedException"),
        (400, "IncompleteSignatureException"),
    ],
)
def test_credentials_that_are_refused_judge_nothing(status: int, code: str) -> None:
    report = run_with(lambda _: coded(status, code))
    stays_unjudged(report, Ending.DENIED)
    assert code in report.verdict_sentence


def test_so_does_the_reference_target_with_other_credentials() -> None:
    stranger = Credentials("AKIASTRANGER00000000", "a secret that nobody knows")
    with serving(find_defect("error-html").behaviour) as server:
        report = run_against(target_at(server.url, credentials=stranger))
    assert report.run.ending in {Ending.DENIED, Ending.NOT_IMPLEMENTED}
    assert report.failures == ()


@pytest.mark.parametrize("action", [HangUp(), Silence(), Garbage(b"SSH-2.0-OpenSSH_9.6\r\n")])
def test_what_never_answers_is_unreachable(action: Action) -> None:
    report = run_with(lambda _: action, timeouts=Timeouts(connect=20, read=0.1))
    stays_unjudged(report, Ending.UNREACHABLE)


def test_where_nothing_listens_nothing_is_judged() -> None:
    with ScriptedServer.playing(HangUp()) as server:
        url = server.url
    report = run_against(url)
    stays_unjudged(report, Ending.UNREACHABLE)
    assert url in report.verdict_sentence


def test_a_target_whose_errors_are_html_pages_and_whose_starts_are_good_is_implemented() -> None:
    with serving(find_defect("error-html").behaviour) as server:
        report = run_against(server.url, "operation.start", "errors.resource-not-found.code")
    assert report.run.ending is Ending.COMPLETED
    assert report.clause("operation.start").verdict is Verdict.PASSED


def test_a_target_that_always_succeeds_is_implemented_and_wrong() -> None:
    def answer(request: Received) -> Reply:
        members = json.loads(request.body) if request.body else {}
        members |= {"imageBuildVersionArn": "arn:aws:imagebuilder:us-east-1:123456789012:image/x", "requestId": "r"}
        return Reply(200, json.dumps(members).encode())

    report = run_with(answer, "errors.resource-not-found.code")
    assert report.run.ending is Ending.COMPLETED
    assert failed(report) == {"errors.resource-not-found.code"}
    assert report.verdict is RunVerdict.NON_CONFORMANT


def test_nothing_is_started_where_nothing_selected_takes_a_start() -> None:
    with serving(find_defect("token-one-too-long-accepted").behaviour) as server:
        report = run_against(server.url, "errors.resource-not-found.code")
    assert report.totals.executions == 0
    assert report.clause("errors.resource-not-found.code").verdict is Verdict.PASSED
