"""Whole runs that are short of something: a second pipeline, a budget, the target itself."""

import json
import threading
from pathlib import Path

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import find_defect
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict
from tests.support.calls import IMAGE, PIPELINE, target_at
from tests.support.certificates import self_signed
from tests.support.runs import failed, run_against, run_of, serving, verdicts
from tests.support.scripted import Reply, ScriptedServer

TWO_PIPELINES = "idempotency.mismatch", "errors.idempotent-parameter-mismatch.code"


def test_without_a_second_pipeline_only_what_takes_two_is_left_out() -> None:
    with serving(Behaviour) as server:
        report = run_against(target_at(server.url, pipelines=(PIPELINE,)), *TWO_PIPELINES)
    missing = {clause.id for clause in report.clauses if clause.cause is Cause.PIPELINES}
    # Mismatches are looked for with any other pipeline, and clauses that need one of the target's say so.
    assert missing
    assert all("mismatch" in clause for clause in missing)
    assert failed(report) == set()
    assert report.verdict is RunVerdict.INCOMPLETE
    assert "--pipeline-arn" in report.verdict_sentence


def mortal(lives: int) -> tuple[type[Behaviour], threading.Event]:
    """A behaviour that answers so many calls, and then says that its time has come."""
    dying = threading.Event()

    class Mortal(Behaviour):
        answered = 0

        async def answer(self, call: Call) -> Answer:
            Mortal.answered += 1
            if Mortal.answered == lives:
                dying.set()
            return await super().answer(call)

    return Mortal, dying


def test_a_target_that_dies_ends_the_run_with_its_last_exchange_named(tmp_path: Path) -> None:
    behaviour, dying = mortal(20)
    server = ReferenceServer(behaviour=behaviour)
    server.__enter__()

    def bury() -> None:
        dying.wait()
        server.__exit__(None, None, None)

    undertaker = threading.Thread(target=bury)
    undertaker.start()
    try:
        report = run_against(server.url, report_dir=tmp_path)
    finally:
        dying.set()
        undertaker.join()
    assert report.run.ending is Ending.TARGET_LOST
    assert report.verdict is RunVerdict.INCOMPLETE
    assert "\n" not in report.verdict_sentence
    assert report.exchanges[-1].id in (report.run.reason or "")
    assert report.exchanges[-1].id in report.verdict_sentence
    assert report.totals.exchanges < 60
    # The checks after it were not made, and say so.
    assert Cause.INTERRUPTED in {clause.cause for clause in report.clauses}


def test_what_was_broken_before_the_target_died_stands() -> None:
    class Wrong(Behaviour):
        def new_request_id(self) -> str:
            return "constant"

    with serving(Wrong) as server:
        report = run_against(server.url, "response.request-id.unique", "operation")
    assert failed(report) == {"response.request-id.unique"}
    assert report.verdict is RunVerdict.NON_CONFORMANT


def test_runs_agree_whatever_the_seed_and_those_of_one_seed_are_alike() -> None:
    prefixes = ("request.image-pipeline-arn.pattern", "request.client-token.max-length")
    first, second, again = (run_of(Settings(None, prefixes=prefixes, seed=seed)) for seed in (1, 2, 1))
    assert verdicts(first) == verdicts(second)
    assert first.run.seed != second.run.seed
    assert first.run.nonce != again.run.nonce
    # The same seed sends the same requests, but for the tokens.
    assert [row.label for row in first.exchanges] == [row.label for row in again.exchanges]


def test_strictly_a_broken_should_counts() -> None:
    with serving(find_defect("query-string-refused").behaviour) as server:
        lenient = run_against(server.url, "wire.query-string", "operation")
        strict = run_against(server.url, "wire.query-string", "operation", strict=True)
    assert lenient.verdict is RunVerdict.CONFORMANT
    assert verdicts(lenient)["wire.query-string"] is Verdict.WARNED
    assert strict.verdict is RunVerdict.NON_CONFORMANT


def test_no_warning_of_a_library_ends_a_run(tmp_path: Path) -> None:
    # urllib3 warns about each request whose certificate is not verified.
    certificate = self_signed(tmp_path)
    body = json.dumps({"clientToken": "t", "imageBuildVersionArn": IMAGE, "requestId": "r"}).encode()
    with ScriptedServer(lambda _: Reply(200, body), tls=certificate.server_context()) as server:
        report = run_against(target_at(server.url, verify=False), "operation.start")
    assert report.run.ending is Ending.COMPLETED
    assert report.verdict is RunVerdict.CONFORMANT
