"""What tools write into a HAR becomes exchanges byte for byte, or is left out; secrets become nothing."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.auditing.har import read_har
from imagebuilder_conformance.auditing.tallying import Clock, Counts
from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.messages import Exchange, Fault
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_reports.errors import MisfitError, NotJsonError, UnreadableError
from tests.audit.hars import AWS, OPERATION, entry, har, headers, refusal
from tests.support.calls import CONTRACT, PIPELINE, image


def read(folder: Path, *entries: Mapping[str, Any], counts: Counts | None = None) -> list[Exchange]:
    return list(read_har(har(folder, *entries), CONTRACT, counts or Counts(), Clock()))


def test_an_entry_is_an_exchange_with_its_token_its_image_and_its_times(tmp_path: Path) -> None:
    first, second = read(tmp_path, entry(), entry("other", at="2026-05-01T14:00:01.250+02:00", number=2))
    assert (first.request.token, first.request.pipeline, first.image) == ("a-token", PIPELINE, image(1))
    assert (first.started_at, first.ended_at) == (0.0, 0.0125)
    # Two o'clock in Berlin is noon in Greenwich.
    assert second.started_at == 1.25


def test_only_calls_of_the_operation_are_read_and_the_others_counted(tmp_path: Path) -> None:
    counts = Counts()
    scope = "AWS4-HMAC-SHA256 Credential=A/20260501/us-east-1/imagebuilder/aws4_request, Signature=0"
    others = [
        entry(url="https://example.org/index.html"),
        entry(url=f"{AWS}/ListImagePipelines"),
        entry(url="http://localhost:4566/GetImage", request={"headers": headers(("authorization", scope))}),
        entry(request={"method": "POST"}),
        entry(url=f"{AWS}/prefix{OPERATION}"),
    ]
    [exchange] = read(tmp_path, *others, entry(url=f"{AWS}{OPERATION}?x=1"), counts=counts)
    assert exchange.url == AWS + OPERATION
    assert (counts.others, counts.siblings) == (5, 4)
    assert str(counts) == "left out: 5 that are not calls of the operation (4 of them to Image Builder)"


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
    elsewhere = entry(response={"content": {"size": 2, "_file": "../../etc/hostname"}})
    found, missing = read(tmp_path, attached, elsewhere)
    assert found.answer is not None
    assert found.answer.body == b"{}"
    assert missing.answer is None


def test_bytes_that_mitmproxy_keeps_as_surrogates_come_back(tmp_path: Path) -> None:
    [exchange] = read(tmp_path, entry(request={"postData": {"text": '{"clientToken": "\udcff"}'}}))
    assert exchange.request.body == b'{"clientToken": "\xff"}'
    assert exchange.request.violates is None


@pytest.mark.parametrize(
    "content",
    [{"size": 9}, {"size": -1}, {}, {"size": 9, "text": '"\ufffd"'}],
    ids=["left out", "unknown", "none", "lossy"],
)
def test_an_answer_whose_body_is_not_recorded_counts_as_none(tmp_path: Path, content: dict[str, Any]) -> None:
    [exchange] = read(tmp_path, entry(response={"content": content}))
    assert (exchange.answer, exchange.fault) == (None, Fault.UNRECORDED)


def test_an_answer_without_a_body_is_one(tmp_path: Path) -> None:
    [exchange] = read(tmp_path, entry(status=404, response={"content": {"size": 0, "mimeType": "x-unknown"}}))
    assert exchange.answer is not None
    assert exchange.answer.body == b""


@pytest.mark.parametrize(
    "request_", [{"postData": None}, {"postData": None, "bodySize": -1, "headers": headers(("Content-Length", "9"))}]
)
def test_a_call_whose_request_body_is_not_recorded_is_left_out(tmp_path: Path, request_: dict[str, Any]) -> None:
    counts = Counts()
    assert read(tmp_path, entry(request=request_), counts=counts) == []
    assert str(counts) == "left out: 1 whose request body was not recorded"


def test_a_request_without_a_body_is_one(tmp_path: Path) -> None:
    [exchange] = read(tmp_path, refusal(400, "ClientException", request={"postData": None, "bodySize": 0}))
    assert (exchange.request.body, exchange.request.violates) == (b"", "request.body.empty")


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
    ("content", "error", "sentence"),
    [
        ("{", NotJsonError, "is not JSON"),
        ("[]", MisfitError, "is no HAR: expected an object with log.entries"),
        ('{"log": {}}', MisfitError, "is no HAR: expected an object with log.entries"),
        ('{"log": {"entries": [{}]}}', MisfitError, "is no HAR 1.2: entry 1 can't be read"),
    ],
)
def test_what_is_no_har_is_one_sentence(tmp_path: Path, content: str, error: type[Exception], sentence: str) -> None:
    path = tmp_path / "other.har"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(error, match=sentence):
        list(read_har(path, CONTRACT, Counts(), Clock()))


def test_a_time_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MisfitError, match="entry 1 can't be read"):
        read(tmp_path, entry(at="yesterday"))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="cannot be read"):
        list(read_har(tmp_path / "none.har", CONTRACT, Counts(), Clock()))
