"""Recorded traffic: what contradicts itself is blamed, what traffic that was not recorded may explain is not."""

import gc
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from imagebuilder_conformance.auditing.auditor import Auditor
from imagebuilder_conformance.auditing.spilling import Spill
from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange, Fault
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict
from imagebuilder_spec import FAULT_HEADER, load_contract
from tests.support.calls import CONTRACT, OTHER_PIPELINE, PIPELINE, REQUESTS, image
from tests.support.exchanges import CRASH, JSON, MISMATCH, NOT_FOUND, answer, error, exchange, started, success
from tests.support.runs import failed, verdicts

FAULT = (FAULT_HEADER, "IdempotentParameterMismatchException")
AWS = "https://imagebuilder.us-east-1.amazonaws.com/StartImagePipelineExecution"
ELSEWHERE = PIPELINE.replace("123456789012", "210987654321")
IMAGE_ELSEWHERE = image(1).replace("123456789012", "210987654321")
DEMANDED = answer(
    400, {"message": "Demanded."}, JSON, ("X-Amzn-ErrorType", "IdempotentParameterMismatchException"), FAULT
)
SAME_IMAGE, MISMATCH_REFUSED = "idempotency.replay.same-image", "idempotency.mismatch.refused"


def audited(*exchanges: Exchange, contract: str = "documented", strict: bool = False) -> Report:
    auditor = Auditor(load_contract(contract), strict=strict)
    for each in exchanges:
        auditor.see(each)
    return auditor.close()


def call(
    *outcomes: Answer | Fault, token: str = "a-token", pipeline: str = PIPELINE, at: float = 0.0, **more: object
) -> Exchange:
    members = {"clientToken": token, "imagePipelineArn": pipeline, **more}
    return exchange(*outcomes, request=REQUESTS.members(members, "recorded"), at=at)


def raw(body: bytes, outcome: Answer) -> Exchange:
    return exchange(outcome, request=REQUESTS.raw(body, "recorded"))


# What is blamed


@pytest.mark.parametrize(
    ("clause", "exchanges"),
    [
        (SAME_IMAGE, [call(success(number=1)), call(success(number=2), at=9)]),
        ("idempotency.concurrent.duplicates", [call(success(number=1)), call(success(number=2), at=0.1)]),
        (MISMATCH_REFUSED, [call(success()), call(success(), pipeline=OTHER_PIPELINE, at=9)]),
        (MISMATCH_REFUSED, [call(success()), call(success(number=2), pipeline=OTHER_PIPELINE, at=9)]),
        ("idempotency.concurrent.mismatch", [call(success()), call(success(), pipeline=OTHER_PIPELINE, at=0.1)]),
        ("idempotency.token.distinct", [call(success("one"), token="one"), call(success("two"), token="two", at=9)]),
        ("idempotency.replay.succeeds", [call(success()), call(MISMATCH, at=9)]),
        ("idempotency.retry-after-error", [call(CRASH), call(success(number=1), at=1), call(success(number=2), at=9)]),
    ],
    ids=str,
)
def test_answers_that_contradict_each_other_break_a_promise(clause: str, exchanges: list[Exchange]) -> None:
    report = audited(*exchanges)
    assert clause in failed(report)
    assert report.verdict is RunVerdict.NON_CONFORMANT


@pytest.mark.parametrize(
    ("clause", "body"),
    [
        ("request.client-token.required", b'{"imagePipelineArn": "%b"}' % PIPELINE.encode()),
        ("request.client-token.null", b'{"clientToken": null, "imagePipelineArn": "%b"}' % PIPELINE.encode()),
        ("request.client-token.type", b'{"clientToken": 1, "imagePipelineArn": "%b"}' % PIPELINE.encode()),
        ("request.client-token.min-length", b'{"clientToken": "", "imagePipelineArn": "%b"}' % PIPELINE.encode()),
        (
            "request.client-token.max-length",
            b'{"clientToken": "%b", "imagePipelineArn": "%b"}' % (b"x" * 37, PIPELINE.encode()),
        ),
        ("request.image-pipeline-arn.required", b'{"clientToken": "t"}'),
        ("request.image-pipeline-arn.null", b'{"clientToken": "t", "imagePipelineArn": null}'),
        ("request.image-pipeline-arn.type", b'{"clientToken": "t", "imagePipelineArn": []}'),
        (
            "request.image-pipeline-arn.pattern",
            b'{"clientToken": "t", "imagePipelineArn": "%b\\n"}' % PIPELINE.encode(),
        ),
        ("request.body.json", b'{"clientToken": "t", }'),
        ("request.body.object", b"[]"),
        ("request.body.empty", b""),
    ],
)
def test_a_request_that_breaks_the_contract_must_be_refused_whoever_sent_it(clause: str, body: bytes) -> None:
    assert failed(audited(raw(body, success()))) >= {clause}
    refused = audited(raw(body, error(400, "ClientException")))
    assert failed(refused) == set()
    assert verdicts(refused)[clause] is Verdict.PASSED


def test_an_arn_that_breaks_the_pattern_must_not_be_looked_up() -> None:
    assert failed(audited(call(NOT_FOUND, pipeline="not-an-arn"))) == {"request.image-pipeline-arn.pattern"}


def test_tags_are_parameters_where_the_contract_has_them() -> None:
    exchanges = [call(success(), tags={"a": "1"}), call(success(number=2), tags={"a": "2"}, at=9)]
    assert failed(audited(*exchanges, contract="current")) == {"idempotency.mismatch.tags"}
    refused = audited(exchanges[0], call(MISMATCH, tags={"a": "2"}, at=9), contract="current")
    assert failed(refused) == set()
    assert verdicts(refused)["idempotency.mismatch.tags"] is Verdict.PASSED


@pytest.mark.parametrize(
    ("clause", "tags"),
    [
        ("request.tags.type", []),
        ("request.tags.min-entries", {}),
        ("request.tags.max-entries", {str(number): "" for number in range(51)}),
        ("request.tags.key-min-length", {"": "x"}),
        ("request.tags.key-max-length", {"k" * 129: "x"}),
        ("request.tags.key-pattern", {"aws:x": "x"}),
        ("request.tags.value-type", {"k": 1}),
        ("request.tags.value-max-length", {"k": "x" * 257}),
    ],
)
def test_tags_that_break_the_contract_must_be_refused(clause: str, tags: object) -> None:
    assert failed(audited(call(success(), tags=tags), contract="current")) == {clause}
    assert clause not in verdicts(audited(call(success(), tags=tags)))


# What is not


@pytest.mark.parametrize(
    "exchanges",
    [
        pytest.param([call(MISMATCH)], id="the token was used before the recording began"),
        pytest.param([call(MISMATCH), call(MISMATCH, pipeline=OTHER_PIPELINE)], id="by a third pipeline"),
        pytest.param([call(success(number=1)), call(success(number=2), at=301)], id="the token may have expired"),
        pytest.param([call(success()), call(MISMATCH, at=301)], id="and then belongs to another"),
        pytest.param([call(CRASH), call(success()), call(success(number=2), at=301)], id="also after a server error"),
        pytest.param(
            [call(success()), call(success(number=2, imageBuildVersionArn=IMAGE_ELSEWHERE), pipeline=ELSEWHERE, at=9)],
            id="another account has tokens of its own",
        ),
        pytest.param([call(success()), call(MISMATCH, more=1, at=9)], id="an unknown member may be a parameter"),
        pytest.param([call(success(), more=1), call(success(), more=2, at=9)], id="or may be ignored"),
        pytest.param([call(success(), tags=None), call(success(), at=9)], id="null is no parameter"),
        pytest.param([call(success()), call(error(403, "AccessDeniedException"), at=9)], id="permissions change"),
        pytest.param([call(success()), call(NOT_FOUND, at=9)], id="pipelines are deleted"),
        pytest.param([call(Fault.UNRECORDED), call(success(), at=9)], id="an aborted call may have started the image"),
        pytest.param([call(NOT_FOUND, token="x" * 37)], id="the pipeline may be looked up before the token"),
        pytest.param([call(MISMATCH, pipeline="not-an-arn")], id="or the token before the pipeline"),
        pytest.param([call(success()), call(DEMANDED, at=9)], id="the fault interface answers what it is told"),
        pytest.param([call(error(403, "AccessDeniedException"), token="")], id="or the caller before both"),
        pytest.param([call(error(503, "ServiceUnavailableException"), token="")], id="a fault may pass"),
        pytest.param([raw(b'\xef\xbb\xbf{"clientToken": "t"}', success())], id="a byte order mark is disputed"),
        pytest.param([raw(b'{"clientToken": 1, "clientToken": "t"}', success())], id="so is a member twice"),
        pytest.param([raw(b'{"clientToken": "\\ud800"}', success())], id="so is a lone surrogate"),
        pytest.param([raw(b'{"clientToken": NaN}', success())], id="so is NaN"),
        pytest.param([raw(b"\xff", success())], id="so is what is not UTF-8"),
        pytest.param([raw(b"[" * 100_000, success())], id="so is deep nesting"),
    ],
)  # fmt: skip
def test_an_answer_that_something_else_may_explain_breaks_nothing(exchanges: list[Exchange]) -> None:
    assert failed(audited(*exchanges)) == set()


def test_a_target_on_this_machine_may_start_anew_between_two_recordings_and_aws_does_not() -> None:
    def twice(url: str) -> Report:
        auditor = Auditor(CONTRACT)
        auditor.see(replace(started(number=1), url=url), "monday.har")
        auditor.see(replace(started(number=2), url=url), "tuesday.har")
        return auditor.close()

    assert failed(twice("http://localhost:4566/StartImagePipelineExecution")) == set()
    assert failed(twice(AWS)) == {"idempotency.concurrent.duplicates"}


# The report


def test_what_was_not_shown_is_not_run_and_leaves_no_gap() -> None:
    report = audited(started("one", 1), call(success("one"), token="one", at=9))
    assert report.verdict is RunVerdict.CONFORMANT
    assert report.verdict_sentence.startswith("recorded traffic was audited, the target is conformant: ")
    never = [clause for clause in report.clauses if clause.verdict is Verdict.NOT_RUN]
    assert {clause.cause for clause in never} == {Cause.NEVER_SHOWN}
    assert "wire.method" in {clause.id for clause in never}
    assert verdicts(report)[SAME_IMAGE] is Verdict.PASSED


def test_the_evidence_of_a_contradiction_are_its_two_exchanges() -> None:
    first, replay, other = call(success(number=1)), call(success(number=1), at=9), call(success(number=2), at=20)
    [failure] = [each for each in audited(first, replay, other).failures if each.clause == SAME_IMAGE]
    assert [shown.id for shown in failure.exchanges] == [first.id, other.id]


def test_a_recording_that_is_not_whole_is_incomplete_unless_it_shows_a_broken_promise() -> None:
    for numbers, verdict in (((1, 1), RunVerdict.INCOMPLETE), ((1, 2), RunVerdict.NON_CONFORMANT)):
        auditor = Auditor(CONTRACT)
        for number in numbers:
            auditor.see(started(number=number))
        report = auditor.close(incomplete="a.jsonl has no footer")
        assert (report.verdict, report.run.ending) == (verdict, Ending.TRUNCATED)


def test_a_broken_should_counts_in_a_strict_audit_only() -> None:
    nameless = exchange(
        answer(
            200,
            {"clientToken": "a-token", "imageBuildVersionArn": image(1), "requestId": "1"},
            ("Content-Type", "application/json"),
        )
    )
    assert audited(nameless).verdict is RunVerdict.CONFORMANT
    assert audited(nameless, strict=True).verdict is RunVerdict.NON_CONFORMANT


# Memory


def _traffic(exchanges: int) -> Iterator[Exchange]:
    """A token of its own for every second exchange, and a replay of it."""
    for number in range(exchanges):
        token = f"token-{number // 2}"
        members = success(token, number // 2)
        yield replace(call(members, token=token, at=float(number)), id=f"x{number}")


def _peak(exchanges: Iterable[Exchange]) -> tuple[int, Report]:
    """Bytes that were in use at once, at most, and the report."""
    gc.collect()
    tracemalloc.start()
    try:
        with Spill(limit=50_000) as spill:
            auditor = Auditor(CONTRACT, table=spill.table, rows=10)
            for each in exchanges:
                auditor.see(each)
            return tracemalloc.get_traced_memory()[1], auditor.close()
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_recording() -> None:
    few, _ = _peak(_traffic(300))
    many, report = _peak(_traffic(2_000))
    assert report.totals.exchanges == 2_000
    assert report.verdict is RunVerdict.CONFORMANT
    # In dicts it would be some megabytes more.
    assert many < few + 500_000


def test_what_was_moved_to_the_disk_still_contradicts() -> None:
    late = replace(call(success("token-0", 99_999), token="token-0", at=200), id="late")
    for limit in (100, 10**9):
        with Spill(limit=limit) as spill:
            auditor = Auditor(CONTRACT, table=spill.table)
            for each in (*_traffic(200), late):
                auditor.see(each)
            report = auditor.close()
        [failure] = report.failures
        assert failure.clause == SAME_IMAGE
        assert [shown.id for shown in failure.exchanges] == ["x0", "late"]
