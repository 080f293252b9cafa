"""CloudTrail: what its records say is judged, what they do not say never is."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imagebuilder_conformance.auditing.account import LeftOut
from imagebuilder_conformance.client.partial import PartialAnswer
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_reports.bodies import body_bytes
from imagebuilder_reports.events import Result
from imagebuilder_reports.stream import read_events
from imagebuilder_reports.verdicts import RunVerdict, Verdict
from imagebuilder_spec import load_contract
from tests.audit import cloudtrail
from tests.audit.cloudtrail import FORMS, broken, conversation, log_file, record, refusal, start
from tests.audit.reading import read
from tests.support.calls import PIPELINE, image
from tests.support.runs import failed, run_against, serving, verdicts

HELD = {
    "operation.start",
    "request.image-pipeline-arn.pattern",
    "response.client-token.echo",
    "response.image-build-version-arn.pattern",
    "response.image-build-version-arn.scope",
    "response.request-id.length",
    "response.request-id.unique",
    "idempotency.replay.succeeds",
    "idempotency.replay.same-image",
    "idempotency.token.distinct",
    "idempotency.mismatch.refused",
    "errors.idempotent-parameter-mismatch.code",
    "errors.bad-parameter.code",
    "errors.code.known",
}
# What no record can say: statuses, headers, content types, bytes.
NEVER = ("response.status", "response.content-type", "response.body", "errors.body", "errors.content-type")


@pytest.mark.parametrize("form", FORMS)
def test_conformant_calls_are_conformant_however_they_are_wrapped(form: str, tmp_path: Path) -> None:
    exchanges, accounts, report = read(FORMS[form](tmp_path, conversation()))
    assert report.verdict is RunVerdict.CONFORMANT
    assert [each.request.token for each in exchanges] == [
        *("one", "one", "two", "one", "three", "four", "five", "five", "six")
    ]
    assert accounts.each[0].left_out == {
        LeftOut.OTHER_OPERATION: 1,
        LeftOut.OTHER_REQUEST: 1,
        LeftOut.AGAIN: 1,
        LeftOut.NO_PARAMETERS: 1,
    }
    found = verdicts(report)
    assert {clause for clause, verdict in found.items() if verdict is Verdict.PASSED} >= HELD
    # The code that it refuses a pattern with is not one that the operation declares.
    assert found["errors.bad-parameter.declared-code"] is Verdict.WARNED


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("revision", ["documented", "current"])
def test_broken_promises_are_found_however_they_are_wrapped(form: str, revision: str, tmp_path: Path) -> None:
    _, _, report = read(FORMS[form](tmp_path, broken()), contract=load_contract(revision))
    assert failed(report) == {
        "idempotency.replay.same-image",
        "idempotency.mismatch.refused",
        "request.client-token.max-length",
    }


def test_files_and_records_come_in_any_order_and_more_than_once(tmp_path: Path) -> None:
    shuffled = conversation()
    random.Random(7).shuffle(shuffled)
    folder = tmp_path / "AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/27"
    log_file(folder, shuffled[:6], "B.json.gz")
    log_file(folder, shuffled[4:], "A.json.gz")
    exchanges, _, report = read(tmp_path)
    assert [each.request.token for each in exchanges][:3] == ["one", "one", "two"]
    assert (report.verdict, len(exchanges)) == (RunVerdict.CONFORMANT, 9)


def _as_records(report_dir: Path) -> list[dict[str, object]]:
    """The exchanges of a run as CloudTrail would record them: parameters and outcomes of what had parameters."""
    records = []
    for number, event in enumerate(read_events(report_dir / "events.jsonl")):
        if not isinstance(event, Result) or event.record is None:
            continue
        made = event.record
        time = (datetime(2026, 11, 27, tzinfo=UTC) + timedelta(seconds=made.attempts[0].at)).strftime("%H:%M:%S")
        try:
            parameters = json.loads(body_bytes(made.request.body))
            answer = json.loads(body_bytes(made.last.body)) if made.last.body else None
        except (ValueError, RecursionError):
            continue
        if isinstance(parameters, dict) and isinstance(answer, dict):
            elements = answer if made.last.status == 200 else None
            records.append(record(number, time, parameters, elements, code=made.code))
    return records


@pytest.mark.slow
@pytest.mark.parametrize("defect", [None, "token-ignored", "token-empty-accepted", "arn-trailing-newline-accepted"])
def test_a_run_in_the_form_of_cloudtrail_is_judged_as_the_run_within_what_is_recorded(
    defect: str | None, tmp_path: Path
) -> None:
    behaviour = Behaviour if defect is None else catalogue.find_defect(defect).behaviour
    (tmp_path / "run").mkdir()
    with serving(behaviour) as server:
        run = run_against(server.url, "request", "response", "idempotency", "errors", report_dir=tmp_path / "run")
    records = _as_records(tmp_path / "run")
    _, _, audited = read(log_file(tmp_path / "trail", records))
    assert len(records) > 150
    broken_in_run = failed(run)
    # Overlap within a second is unknown order, so a replay may have raced its original.
    overlapping = {"idempotency.concurrent.duplicates", "idempotency.concurrent.mismatch"}
    assert failed(audited) <= broken_in_run | overlapping
    assert bool(failed(audited)) is bool(broken_in_run)
    assert audited.verdict is run.verdict


def test_it_says_whom_it_saw(tmp_path: Path) -> None:
    _, accounts, _ = read(log_file(tmp_path, conversation()))
    assert str(accounts.witnesses) == (
        "account 123456789012, region us-east-1, 2026-11-27T02:10:01Z to 2026-11-27T02:12:40Z, "
        "by Boto3/1.44.8 (9); 3 calls with a token that an earlier one had"
    )


def test_what_no_record_says_is_never_judged(tmp_path: Path) -> None:
    _, _, report = read(log_file(tmp_path, [*conversation(), *broken()]))
    judged = {clause for clause, verdict in verdicts(report).items() if verdict is not Verdict.NOT_RUN}
    assert {clause for clause in judged if clause.startswith(NEVER) or clause.endswith(".status")} == set()


def test_a_record_keeps_no_status_no_header_and_no_byte(tmp_path: Path) -> None:
    [exchange], _, report = read(log_file(tmp_path, [refusal(1, "01:00:00", "one", "ServiceException")]))
    assert isinstance(exchange.answer, PartialAnswer)
    assert str(exchange.answer) == "ServiceException"
    [row] = report.exchanges
    assert (row.status, row.code) == (None, "ServiceException")


@pytest.mark.parametrize(
    "parameters",
    [
        None,
        {},
        {"clientToken": "one"},
        {"imagePipelineArn": PIPELINE},
        {"clientToken": None, "imagePipelineArn": PIPELINE},
        {"clientToken": "HIDDEN_DUE_TO_SECURITY_REASONS", "imagePipelineArn": PIPELINE},
        {"clientToken": "***", "imagePipelineArn": PIPELINE},
        "HIDDEN_DUE_TO_SECURITY_REASONS",
        {"omitted": True, "originalSize": 200_000, "reason": "too large"},
    ],
    ids=str,
)
def test_parameters_that_were_not_recorded_are_not_missing_from_the_request(
    parameters: dict[str, object] | None, tmp_path: Path
) -> None:
    accepted = start(1, "01:00:00", "one", 1) | {"requestParameters": parameters}
    exchanges, accounts, report = read(log_file(tmp_path, [accepted, start(2, "01:00:09", "two", 2)]))
    assert len(exchanges) == 1
    assert accounts.each[0].left_out.total() == 1
    assert failed(report) == set()


def test_calls_within_a_second_may_have_come_in_any_order(tmp_path: Path) -> None:
    both = [start(1, "01:00:00", "one", 1), start(2, "01:00:00", "one", 2)]
    assert failed(read(log_file(tmp_path, both))[2]) == {"idempotency.concurrent.duplicates"}


def test_a_success_that_nothing_shows_is_none(tmp_path: Path) -> None:
    unknown = record(1, "01:00:00", {"clientToken": "", "imagePipelineArn": PIPELINE})
    refused = unknown | {"responseElements": {"message": "No."}}
    assert failed(read(log_file(tmp_path, [unknown, refused]))[2]) == set()


def test_a_member_of_a_success_that_was_not_recorded_is_not_missing(tmp_path: Path) -> None:
    elements = {"imageBuildVersionArn": image(1)}
    bare = record(1, "01:00:00", {"clientToken": "one", "imagePipelineArn": PIPELINE}, elements)
    assert failed(read(log_file(tmp_path, [bare]))[2]) == set()


def test_aws_shortens_the_code_of_a_denial(tmp_path: Path) -> None:
    [exchange], _, _ = read(log_file(tmp_path, [refusal(1, "01:00:00", "one", "AccessDenied")]))
    assert exchange.answer is not None
    assert exchange.answer.code == "AccessDeniedException"


def test_one_odd_record_costs_itself(tmp_path: Path) -> None:
    odd = [7, {"CloudTrailEvent": "{"}, {"eventSource": 1}, None, *conversation()]
    exchanges, accounts, _ = read(cloudtrail.log_file(tmp_path, odd))  # type: ignore[arg-type]  # odd on purpose
    assert len(exchanges) == 9
    assert accounts.each[0].left_out[LeftOut.ILLEGIBLE] == 3
