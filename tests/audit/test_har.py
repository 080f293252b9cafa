"""What tools write into a HAR becomes exchanges byte for byte, or is left out; secrets become nothing."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.auditing.account import LeftOut
from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.messages import Exchange, Fault
from imagebuilder_conformance.client.partial import PartialAnswer, known_or_none
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_reports.errors import NotJsonError
from tests.audit.hars import AWS, OPERATION, entry, har, headers, refusal
from tests.audit.reading import read as read_files
from tests.audit.reading import read_entries
from tests.support.calls import PIPELINE, image
from tests.support.runs import failed

ZERO = headers(("Content-Length", "0"))


def read(folder: Path, *entries: Mapping[str, Any]) -> list[Exchange]:
    return read_entries(folder, *entries)[0]


def left_out(folder: Path, *entries: Mapping[str, Any]) -> dict[LeftOut, int]:
    exchanges, accounts, _ = read_entries(folder, *entries, entry("another", number=9))
    assert len(exchanges) == 1
    return dict(accounts.each[0].left_out)


def test_an_entry_is_an_exchange_with_its_token_its_image_and_its_times(tmp_path: Path) -> None:
    first, second = read(tmp_path, entry(), entry("other", at="2026-05-01T14:00:01.250+02:00", number=2))
    assert (first.request.token, first.request.pipeline, first.image) == ("a-token", PIPELINE, image(1))
    assert (first.started_at, first.ended_at) == (0.0, 0.0125)
    # Two o'clock in Berlin is noon in Greenwich.
    assert second.started_at == 1.25


def test_only_calls_of_the_operation_are_read_and_the_others_counted(tmp_path: Path) -> None:
    scope = "AWS4-HMAC-SHA256 Credential=A/20260501/us-east-1/imagebuilder/aws4_request, Signature=0"
    others = [
        entry(url="https://example.org/index.html"),
        entry(url=f"{AWS}/ListImagePipelines"),
        entry(url="http://localhost:4566/GetImage", request={"headers": headers(("authorization", scope))}),
        entry(request={"method": "POST"}),
        entry(url=f"{AWS}/prefix{OPERATION}"),
    ]
    [exchange], accounts, _ = read_entries(tmp_path, *others, entry(url=f"{AWS}{OPERATION}?x=1"))
    assert exchange.url == AWS + OPERATION
    assert accounts.each[0].left_out == {LeftOut.OTHER_REQUEST: 1, LeftOut.OTHER_OPERATION: 4}
    assert "1 call judged; left out: 1 that are not calls" in str(accounts.each[0])


@pytest.mark.parametrize("status", [0, -1, None])
def test_an_aborted_request_has_no_answer(tmp_path: Path, status: int | None) -> None:
    [exchange] = read(tmp_path, entry(response={"status": status}))
    assert (exchange.answer, exchange.fault) == (None, Fault.UNRECORDED)


def test_headers_of_http_2_are_read_in_lower_case_and_without_pseudo_headers(tmp_path: Path) -> None:
    listed = headers((":status", "400"), ("content-type", "application/json"), ("x-amzn-errortype", "ClientException"))
    [exchange] = read(tmp_path, entry(status=400, answer={"message": "No."}, response={"headers": listed}))
    assert exchange.answer is not None
    assert exchange.answer.code == "ClientException"
    assert [name for name, _ in exchange.answer.headers] == ["content-type", "x-amzn-errortype"]


def test_a_body_may_be_in_base64(tmp_path: Path) -> None:
    text = base64.b64encode(b'{"message": "\xff"}').decode()
    [exchange] = read(tmp_path, entry(status=400, response={"content": {"text": text, "encoding": "base64"}}))
    assert exchange.answer is not None
    assert exchange.answer.body == b'{"message": "\xff"}'


def test_a_body_may_lie_in_a_file_beside(tmp_path: Path) -> None:
    (tmp_path / "body.json").write_bytes(b"{}")
    attached = entry(response={"content": {"size": 2, "_file": "body.json"}})
    elsewhere = entry("b", response={"content": {"size": 2, "_file": "../../etc/hostname"}})
    found, missing = read(tmp_path, attached, elsewhere)
    assert found.answer is not None
    assert found.answer.body == b"{}"
    assert isinstance(missing.answer, PartialAnswer)


def test_bytes_that_mitmproxy_keeps_as_surrogates_come_back(tmp_path: Path) -> None:
    [exchange] = read(tmp_path, entry(request={"postData": {"text": '{"clientToken": "\udcff"}'}, "bodySize": -1}))
    assert exchange.request.body == b'{"clientToken": "\xff"}'
    assert exchange.request.violates is None


@pytest.mark.parametrize(
    "content",
    [{"size": 9}, {"size": -1}, {}, {"size": 0}, {"size": 0, "text": ""}, {"size": 9, "text": '"\ufffd"'}],
    ids=["left out", "unknown", "none", "perhaps empty", "hardly empty", "lossy"],
)
def test_an_answer_whose_body_is_not_recorded_still_has_its_status_and_code(
    tmp_path: Path, content: dict[str, Any]
) -> None:
    [exchange], accounts, _ = read_entries(tmp_path, entry(status=404, code="X", response={"content": content}))
    assert isinstance(exchange.answer, PartialAnswer)
    assert (exchange.answer.status, exchange.answer.code) == (404, "X")
    assert known_or_none(lambda: exchange.answer and exchange.answer.body) is None
    assert accounts.each[0].partial == {"body": 1}


def test_what_an_answer_without_a_recorded_body_shows_is_judged(tmp_path: Path) -> None:
    content: dict[str, Any] = {"content": {"size": -1}}
    _, _, report = read_entries(
        tmp_path, entry(status=201, response=content), refusal(500, "ResourceNotFoundException", "b", response=content)
    )
    assert failed(report) >= {"response.status", "errors.resource-not-found.status"}


def test_an_answer_without_a_body_is_one_where_content_length_says_so(tmp_path: Path) -> None:
    empty = entry(status=404, response={"content": {"size": 0, "mimeType": "x-unknown"}, "headers": ZERO})
    [exchange] = read(tmp_path, empty)
    assert exchange.answer is not None
    assert exchange.answer.body == b""


NOT_RECORDED: dict[str, dict[str, Any]] = {
    "without postData": {"postData": None},
    "puppeteer-har, a Blob": {"postData": None, "bodySize": 0},
    "chrome-har-capturer, a Blob": {"postData": None, "bodySize": -1},
    "announced": {"postData": None, "bodySize": -1, "headers": headers(("Content-Length", "9"))},
    "Playwright, attach, its file missing": {"postData": {"text": "", "_file": "gone.json"}},
    "null": {"postData": {"text": None}},
    "no text": {"postData": {"mimeType": "application/json"}},
    "lossy": {"postData": {"text": '{"clientToken": "\ufffd"}'}},
    "chunked": {"postData": None, "bodySize": 0, "headers": [*headers(("Transfer-Encoding", "chunked")), *ZERO]},
}


@pytest.mark.parametrize("request_", NOT_RECORDED.values(), ids=NOT_RECORDED)
def test_a_call_whose_request_body_is_not_recorded_is_left_out(tmp_path: Path, request_: dict[str, Any]) -> None:
    assert left_out(tmp_path, entry(request=request_)) == {LeftOut.NO_BODY: 1}


@pytest.mark.parametrize(
    "request_",
    [
        {"bodySize": 7},
        {"headers": headers(("Content-Length", "7"))},
        {"postData": {"text": "{}"}},
    ],
)
def test_a_call_whose_request_body_has_another_length_than_was_sent_is_left_out(
    tmp_path: Path, request_: dict[str, Any]
) -> None:
    assert left_out(tmp_path, entry(request=request_)) == {LeftOut.LENGTH: 1}


def test_a_request_without_a_body_is_one_where_content_length_says_so(tmp_path: Path) -> None:
    empty = {"postData": None, "bodySize": 0, "headers": ZERO}
    [exchange] = read(tmp_path, refusal(400, "ClientException", request=empty))
    assert (exchange.request.body, exchange.request.violates) == (b"", "request.body.empty")


def test_a_request_body_may_lie_in_a_file_beside_as_playwright_attaches_it(tmp_path: Path) -> None:
    body = json.dumps({"clientToken": "t", "imagePipelineArn": PIPELINE})
    (tmp_path / "0123.json").write_text(body, encoding="utf-8")
    posted = {"mimeType": "application/json", "text": "", "_file": "0123.json"}
    [exchange] = read(tmp_path, entry(request={"postData": posted, "bodySize": len(body)}))
    assert (exchange.request.token, exchange.request.pipeline) == ("t", PIPELINE)


def test_a_json_body_may_stand_in_params_as_chrome_har_has_it(tmp_path: Path) -> None:
    listed = headers(("clientToken", "t"), ("imagePipelineArn", PIPELINE))
    posted = {"mimeType": "application/json", "params": listed}
    [exchange] = read(tmp_path, entry(request={"postData": posted}))
    assert (exchange.request.token, exchange.request.pipeline) == ("t", PIPELINE)


def test_of_params_no_parameter_is_taken_for_missing(tmp_path: Path) -> None:
    posted = {"mimeType": "application/json", "params": headers(("imagePipelineArn", PIPELINE))}
    assert left_out(tmp_path, entry(request={"postData": posted})) == {LeftOut.NO_PARAMETERS: 1}


@pytest.mark.parametrize("marker", ["***TOKEN***", "[REDACTED]", "***", "<redacted>", "HIDDEN_DUE_TO_SECURITY_REASONS"])
def test_redacted_tokens_are_not_one_token(tmp_path: Path, marker: str) -> None:
    entries = [entry(marker, number=1), entry(marker, number=2, at="2026-05-01T12:00:09Z")]
    assert left_out(tmp_path, *entries) == {LeftOut.REDACTED: 2}


@pytest.mark.parametrize("marker", ["***ACCOUNT***", "REDACTED", "xxxxxxxxxxxx", "[hidden]", "************"])
def test_an_arn_with_a_redacted_part_is_no_malformed_one(tmp_path: Path, marker: str) -> None:
    pipeline = PIPELINE.replace("123456789012", marker)
    assert pipeline != PIPELINE
    assert left_out(tmp_path, entry(pipeline=pipeline)) == {LeftOut.REDACTED: 1}


@pytest.mark.parametrize(
    "members",
    [
        {"clientToken": "***FIELD***"},
        {"imageBuildVersionArn": "[REDACTED]"},
        {"imageBuildVersionArn": image(1).replace("123456789012", "xxxxxxxxxxxx")},
        {"requestId": "<hidden>"},
    ],
    ids=str,
)
def test_an_answer_with_redacted_members_is_judged_by_the_rest(tmp_path: Path, members: dict[str, str]) -> None:
    whole = {"requestId": "id-1", "clientToken": "a-token", "imageBuildVersionArn": image(1)}
    exchanges, accounts, report = read_entries(
        tmp_path, entry(answer=whole | members), entry("b", status=201, answer=whole | members)
    )
    assert len(exchanges) == 2
    assert accounts.each[0].partial == {"body": 2}
    assert failed(report) == {"response.status"}


def test_words_of_redaction_within_a_token_or_a_name_are_none(tmp_path: Path) -> None:
    exchanges = read(tmp_path, entry("hidden-and-filtered", f"{PIPELINE}-with-removed-parts"))
    assert [each.request.token for each in exchanges] == ["hidden-and-filtered"]


def test_answers_recorded_in_part_are_counted_of_judged_calls_alone(tmp_path: Path) -> None:
    nothing: dict[str, Any] = {"response": {"content": {}}}
    _, accounts, _ = read_entries(tmp_path, entry("[REDACTED]", **nothing), entry(**nothing), entry("b", number=2))
    assert accounts.each[0].partial == {"body": 1}


def test_two_hosts_tell_that_several_requests_were_melted_into_one(tmp_path: Path) -> None:
    twice = headers(("Host", "example.org"), ("host", "example.org"))
    assert left_out(tmp_path, entry(status=201, request={"headers": twice})) == {LeftOut.MELTED: 1}


def test_headers_that_a_page_set_and_the_browser_sent_are_those_of_one_request(tmp_path: Path) -> None:
    """As chrome-har lists them."""
    length = entry()["request"]["bodySize"]
    pairs = [(name, "x") for name in ("Authorization", "X-Amz-Date", "Content-Type")]
    listed = headers(*pairs, *pairs, ("Content-Length", str(length)), ("Host", "example.org"))
    assert len(read(tmp_path, entry(request={"headers": listed}))) == 1


def test_of_an_answer_the_length_that_was_sent_counts_before_the_recorders(tmp_path: Path) -> None:
    whole = entry()["response"]["content"]
    length = headers(("Content-Length", str(whole["size"])))
    doubled = entry(response={"content": {**whole, "size": 2 * whole["size"]}, "headers": length})
    [exchange] = read(tmp_path, doubled)
    assert exchange.image == image(1)


def test_the_length_of_the_text_as_a_json_string_is_one_of_it(tmp_path: Path) -> None:
    """As axios-har-tracker counts."""
    posted = entry()["request"]["postData"]["text"]
    request = {"bodySize": len(json.dumps(posted)), "headers": headers(("Content-Length", str(len(posted))))}
    assert len(read(tmp_path, entry(request=request))) == 1


def test_base64_may_be_said_with_an_underscore(tmp_path: Path) -> None:
    body = json.dumps({"clientToken": "t", "imagePipelineArn": PIPELINE}).encode()
    posted = {"text": base64.b64encode(body).decode(), "_encoding": "base64"}
    [exchange] = read(tmp_path, entry(request={"postData": posted, "bodySize": len(body)}))
    assert exchange.request.body == body


def test_secrets_are_read_from_nowhere_and_blotted_out_where_they_are_echoed(tmp_path: Path) -> None:
    secrets = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=0123",
        "x-amz-security-token": "IQoJb3JpZ2luX2VjE/session",
        "Cookie": "session=a-cookie-of-mine",
        "X-Api-Key": "an-api-key-of-mine",
        "X-Forwarded-User": "somebody@example.org",
    }
    listed = headers(("Content-Type", "application/json"), *secrets.items())
    echoing = refusal(
        400, "ClientException", request={"headers": listed, "cookies": headers(("session", "a-cookie-of-mine"))}
    )
    echoing["request"]["url"] = f"https://user:password-of-mine@example.org{OPERATION}?X-Amz-Security-Token=abc-of-mine"
    echoing["response"]["content"]["text"] = json.dumps({"message": "bad " + secrets["x-amz-security-token"]})
    [exchange] = read(tmp_path, echoing)
    told = str(record(exchange, Redactor(()))) + str(exchange)
    assert [secret for secret in secrets.values() if secret in told] == []
    assert "of-mine" not in told
    assert {name for name, _ in exchange.headers} == {"Content-Type", "Authorization", "x-amz-security-token"}


@pytest.mark.parametrize(
    ("status", "code", "violates"),
    [
        (400, "ValidationException", "request.client-token.max-length"),
        (422, "TeapotException", "request.client-token.max-length"),
        (403, "AccessDeniedException", None),
        (400, "ThrottlingException", None),
        (400, "ResourceInUseException", None),
        (400, "ExpiredTokenException", None),
        (404, "ResourceNotFoundException", None),
        (413, "PayloadTooLarge", None),
        (415, "UnsupportedMediaType", None),
        (503, "ServiceUnavailableException", None),
    ],
)
def test_a_refusal_is_held_to_the_rules_of_bad_parameters_only_if_it_speaks_of_them(
    tmp_path: Path, status: int, code: str, violates: str | None
) -> None:
    [exchange] = read(tmp_path, refusal(status, code, "x" * 37))
    assert exchange.request.violates == violates


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"log": }', "is no HAR"),
        ('{"log": {}}', "is no HAR: no member 'entries'"),
        ('{"log": {"entries": {}}}', "is no HAR: expected the array log.entries"),
        ('{"log": {"entries": [' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_har_is_one_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "other.har"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(NotJsonError, match=sentence):
        read_files(path)


ODD: dict[str, object] = {
    "no object": 7,
    "nothing": {},
    "null": None,
    "no request": {"response": {}},
    "a method that is none": entry(request={"method": None}),
    "a url that is none": entry(url="http://[::1"),
    "a status that is none": entry(response={"status": "many"}),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_one_odd_entry_costs_itself(tmp_path: Path, odd: Any) -> None:
    counted = left_out(tmp_path, odd)
    assert counted == {LeftOut.ILLEGIBLE: 1}


def test_a_lower_case_method_is_a_method(tmp_path: Path) -> None:
    assert len(read(tmp_path, entry(request={"method": "put"}))) == 1


@pytest.mark.parametrize("value", [None, "none"])
def test_headers_that_are_not_listed_are_not_recorded(tmp_path: Path, value: object) -> None:
    [exchange] = read(tmp_path, refusal(400, "ClientException", response={"headers": value}))
    assert exchange.answer is not None
    assert known_or_none(lambda: exchange.answer and exchange.answer.code) is None


def test_an_entry_without_a_response_has_no_answer(tmp_path: Path) -> None:
    lonely = entry()
    del lonely["response"]
    [exchange] = read(tmp_path, lonely)
    assert (exchange.answer, exchange.fault) == (None, Fault.UNRECORDED)


def test_time_and_not_the_order_in_the_file_decides(tmp_path: Path) -> None:
    late, early = entry("late", at="2026-05-01T12:30:00Z"), entry("early", number=2)
    assert [each.request.token for each in read(tmp_path, late, early)] == ["early", "late"]


def test_a_call_without_a_time_contradicts_none(tmp_path: Path) -> None:
    untimed = [entry(number=1) | {"startedDateTime": None}, entry(number=2) | {"startedDateTime": "yesterday"}]
    exchanges, _, report = read_entries(tmp_path, *untimed, entry(number=3))
    assert len(exchanges) == 3
    assert failed(report) == set()


def test_the_calls_of_an_endpoint_are_meant_with_its_base_path(tmp_path: Path) -> None:
    path = har(tmp_path, entry(url=f"{AWS}/base{OPERATION}"), entry("b", url=f"{AWS}{OPERATION}"), entry("c"))
    exchanges, accounts, _ = read_files(path, endpoint=f"{AWS}/base/")
    assert [each.request.token for each in exchanges] == ["a-token"]
    assert accounts.each[0].left_out == {LeftOut.OTHER_TARGET: 2}


def test_a_har_that_is_cut_short_is_judged_and_incomplete(tmp_path: Path) -> None:
    path = har(tmp_path, entry(), entry("b", number=2))
    path.write_bytes(path.read_bytes()[:-200])
    exchanges, accounts, report = read_files(path)
    assert len(exchanges) == 1
    assert "cut short" in (accounts.incomplete or "")
    assert report.verdict == "incomplete"


def test_numbers_that_no_float_holds_are_read(tmp_path: Path) -> None:
    text = har(tmp_path, entry()).read_text(encoding="utf-8")
    for number in ("1e999", "NaN", "-Infinity", "1" + "0" * 400, "9" * 9000):
        path = tmp_path / "numbers.har"
        path.write_text(text.replace("12.5", number), encoding="utf-8")
        assert len(read_files(path)[0]) == 1
