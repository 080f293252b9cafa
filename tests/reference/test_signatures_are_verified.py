from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import requests
from botocore.auth import SigV4Auth
from requests_aws4auth import AWS4Auth
from starlette.datastructures import Headers

from imagebuilder_conformance.reference import DUMMY_CREDENTIALS, SESSION_CREDENTIALS, Credentials
from imagebuilder_conformance.reference.authorization import read_authorization
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.signatures import SignatureVerifier

from .exchanges import JSON, PATH, Client, signed
from .verifying import BODY, HOST, call_of, code_of, refusal_of, verify

TARGETS = [
    PATH,
    "/",
    f"{PATH}?a=1&b=2",
    f"{PATH}?b=2&a=1&a=0&empty=",
    f"{PATH}?name=a%20b%2Fc",
    "/with%20blank/and%2Fslash",
    "/a-b_c.d~e",
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("method", ["PUT", "POST", "GET"])
def test_what_botocore_signs_is_accepted(target: str, method: str) -> None:
    headers = signed(HOST + target, BODY, method=method)
    verify(call_of(headers, target=target, method=method))


@pytest.mark.parametrize("target", TARGETS)
def test_what_requests_aws4auth_signs_is_accepted(target: str) -> None:
    auth = AWS4Auth(DUMMY_CREDENTIALS.access_key_id, DUMMY_CREDENTIALS.secret_access_key, "us-east-1", "imagebuilder")
    prepared = requests.Request("PUT", HOST + target, data=BODY, headers=JSON, auth=auth).prepare()
    headers = {**dict(prepared.headers), "Host": urlsplit(HOST).netloc}
    verify(call_of(headers, target=target))


def test_a_value_with_runs_of_blanks_is_signed_as_the_algorithm_says() -> None:
    headers = signed(f"{HOST}{PATH}", BODY, headers={**JSON, "X-Amz-Note": "  a   b  "})
    assert "x-amz-note" in headers["Authorization"]
    verify(call_of(headers))


def test_a_request_without_a_signature_is_refused() -> None:
    assert code_of(call_of(JSON)) == "MissingAuthenticationTokenException"


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header[:-1] + ("0" if header[-1] != "0" else "1"),
        lambda header: header.replace("Signature=", "Signature=é"),
    ],
    ids=["last-digit", "not-ascii"],
)
def test_a_signature_that_is_tampered_with_is_refused(change: Callable[[str], str]) -> None:
    headers = signed(HOST + PATH, BODY)
    headers["Authorization"] = change(headers["Authorization"])
    assert code_of(call_of(headers)) == "InvalidSignatureException"


def test_a_body_other_than_the_signed_one_is_refused() -> None:
    assert code_of(call_of(signed(HOST + PATH, BODY), body=BODY + b" ")) == "InvalidSignatureException"


def test_a_stated_hash_does_not_stand_for_the_body() -> None:
    auth = AWS4Auth(DUMMY_CREDENTIALS.access_key_id, DUMMY_CREDENTIALS.secret_access_key, "us-east-1", "imagebuilder")
    prepared = requests.Request("PUT", HOST + PATH, data=BODY, headers=JSON, auth=auth).prepare()
    headers = {**dict(prepared.headers), "Host": urlsplit(HOST).netloc}
    assert code_of(call_of(headers, body=BODY + b" ")) == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("minutes", "accepted"), [(-4.9, True), (4.9, True), (-5.1, False), (5.1, False), (-600, False), (600, False)]
)
def test_a_date_may_be_five_minutes_away(minutes: float, *, accepted: bool) -> None:
    headers = signed(HOST + PATH, BODY)
    now = datetime.now(UTC) + timedelta(minutes=minutes)
    if accepted:
        verify(call_of(headers), now=now)
    else:
        assert code_of(call_of(headers), now=now) == "InvalidSignatureException"


def test_a_date_other_than_the_scopes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    original = SigV4Auth.credential_scope
    monkeypatch.setattr(SigV4Auth, "credential_scope", lambda *a: original(*a).replace("20", "19", 1))
    assert code_of(call_of(signed(HOST + PATH, BODY))) == "InvalidSignatureException"


def test_another_region_is_refused() -> None:
    assert code_of(call_of(signed(HOST + PATH, BODY, region="eu-west-1"))) == "InvalidSignatureException"


def test_another_service_is_refused() -> None:
    assert code_of(call_of(signed(HOST + PATH, BODY, service="ec2"))) == "InvalidSignatureException"


def test_an_unknown_key_is_refused() -> None:
    stranger = Credentials("AKIDEXAMPLE", DUMMY_CREDENTIALS.secret_access_key)
    assert code_of(call_of(signed(HOST + PATH, BODY, credentials=stranger))) == "UnrecognizedClientException"


def test_a_session_token_is_refused_as_the_key_has_none() -> None:
    headers = {**signed(HOST + PATH, BODY), "X-Amz-Security-Token": "nonsense"}
    assert code_of(call_of(headers)) == "UnrecognizedClientException"


def test_a_key_with_a_session_token_comes_with_it_and_with_no_other() -> None:
    verifier = SignatureVerifier(SESSION_CREDENTIALS, region="us-east-1", service="imagebuilder")
    token = str(SESSION_CREDENTIALS.session_token)
    for given, right in ((token, True), ("nonsense", False), (None, False)):
        extra = {} if given is None else {"X-Amz-Security-Token": given}
        call = call_of(signed(HOST + PATH, BODY, headers={**JSON, **extra}, credentials=SESSION_CREDENTIALS))
        if right:
            verifier.verify(call)
        else:
            with pytest.raises(Fault, match="session token"):
                verifier.verify(call)


def test_a_header_of_aws_that_is_not_signed_is_refused() -> None:
    assert code_of(call_of({**signed(HOST + PATH, BODY), "X-Amz-Note": "new"})) == "InvalidSignatureException"


def test_a_signed_header_that_is_missing_is_refused() -> None:
    headers = signed(HOST + PATH, BODY)
    del headers["Content-Type"]
    assert code_of(call_of(headers)) == "InvalidSignatureException"


def test_a_date_that_is_missing_or_malformed_is_refused() -> None:
    headers = signed(HOST + PATH, BODY)
    assert code_of(call_of({**headers, "X-Amz-Date": "today"})) == "IncompleteSignatureException"
    assert code_of(call_of({**headers, "X-Amz-Date": headers["X-Amz-Date"][:8] + "T999999Z"})) in {
        "IncompleteSignatureException",
        "InvalidSignatureException",
    }
    del headers["X-Amz-Date"]
    assert code_of(call_of(headers)) == "IncompleteSignatureException"


def test_a_date_of_http_may_stand_for_the_one_of_aws() -> None:
    headers = signed(HOST + PATH, BODY, headers={**JSON, "Date": "now"})
    assert "X-Amz-Date" not in headers
    verify(call_of(headers))
    late = datetime.now(UTC) + timedelta(minutes=6)
    assert code_of(call_of(headers), now=late) == "InvalidSignatureException"
    assert code_of(call_of({**headers, "Date": "yesterday"})) == "IncompleteSignatureException"


@pytest.mark.parametrize("name", ["Authorization", "X-Amz-Date"])
def test_a_second_header_of_the_signature_is_refused_even_an_equal_one(name: str) -> None:
    headers = signed(HOST + PATH, BODY)
    pairs = [(each.lower().encode(), value.encode()) for each, value in headers.items()]
    twice = Headers(raw=[*pairs, (name.lower().encode(), headers[name].encode())])
    verify(replace(call_of(headers), headers=Headers(raw=pairs)))
    assert code_of(replace(call_of(headers), headers=twice)) == "IncompleteSignatureException"


DATE = "20250101T000000Z"


def refused(header: str) -> Fault:
    """What is said of a header that can't be read, beside a date that can."""
    return refusal_of(call_of({"Authorization": header, "X-Amz-Date": DATE}))


@pytest.mark.parametrize("names", ["x-amz-date;host", "host;host;x-amz-date"])
def test_signed_headers_out_of_order_or_twice_are_refused(names: str) -> None:
    fault = refused(f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders={names}, Signature=0")
    assert (fault.code, "alphabetical" in fault.message) == ("IncompleteSignatureException", True)


def test_the_asymmetric_algorithm_is_refused_by_its_name() -> None:
    fault = refused("AWS4-ECDSA-P256-SHA256 Credential=key/20250101/imagebuilder/aws4_request, Signature=0")
    assert (fault.code, "SigV4A" in fault.message) == ("IncompleteSignatureException", True)


SCOPE = "key/20250101/us-east-1/imagebuilder/aws4_request"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer abc",
        "AWS4-HMAC-SHA256",
        f"AWS4-HMAC-SHA1 Credential={SCOPE}, SignedHeaders=host, Signature=0",
        f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host",
        f"AWS4-HMAC-SHA256 Credential={SCOPE}, Signature=0",
        "AWS4-HMAC-SHA256 Credential=key/20250101/us-east-1/imagebuilder, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=0",
        f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=0, Junk=1",
        f"AWS4-HMAC-SHA256 Credential={SCOPE} SignedHeaders=host Signature=0",
        "AWS4-HMAC-SHA256 é",
    ],
)
def test_a_header_that_is_malformed_is_refused_as_incomplete(header: str) -> None:
    assert refused(header).code == "IncompleteSignatureException"


def test_a_key_may_hold_a_slash() -> None:
    header = f"AWS4-HMAC-SHA256 Credential=a/b/{SCOPE}, SignedHeaders=host;x-amz-date, Signature=0"
    parsed = read_authorization(call_of({"Authorization": header, "X-Amz-Date": DATE}))
    assert parsed.access_key_id == "a/b/key"
    assert parsed.signed_headers == ("host", "x-amz-date")


def test_a_refusal_comes_over_http_too(server: ReferenceServer, client: Client) -> None:
    headers = signed(server.url + PATH, BODY)
    tampered = headers | {"Authorization": headers["Authorization"][:-4] + "0000"}
    reply = client.exchange(BODY, headers=tampered)
    assert (reply.status, reply.code) == (403, "InvalidSignatureException")
    assert client.exchange(BODY, headers=headers).status == 200
