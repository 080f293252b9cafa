"""Requests whose signature is in the query string."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

import pytest
from botocore.awsrequest import AWSRequest

from imagebuilder_conformance.reference import (
    DENIED_CREDENTIALS,
    DUMMY_CREDENTIALS,
    SESSION_CREDENTIALS,
    Credentials,
    Settings,
)
from imagebuilder_conformance.reference.credentials import TEMPORARY_KEY_PREFIX
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.lifecycle import TemporaryKeys
from imagebuilder_conformance.reference.messages import Call
from imagebuilder_conformance.reference.server import ReferenceServer

from .exchanges import JSON, PATH, Client, body_of, signed
from .presigning import BodyPresigner, presigned
from .verifying import (
    BODY,
    HOST,
    INCOMPLETE,
    INVALID,
    NOON,
    SCOPE,
    TIMESTAMP,
    call_of,
    code_of,
    refusal_of,
    signature_by_hand,
    verify,
)

NETLOC = {"Host": urlsplit(HOST).netloc}
BODY_HASH = hashlib.sha256(BODY).hexdigest()


def by_hand(*, left_out: str = "", added: str = "", expires: str | None = "600", key: str = "") -> Call:
    """A call that is presigned by the tests' own signer: `added` comes after the signature and is not covered."""
    secret = SESSION_CREDENTIALS if key else DUMMY_CREDENTIALS
    parameters = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{key or DUMMY_CREDENTIALS.access_key_id}/{SCOPE}",
        "X-Amz-Date": TIMESTAMP,
        **({} if expires is None else {"X-Amz-Expires": expires}),
        "X-Amz-SignedHeaders": "host",
    }
    parameters.pop(left_out, None)
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    canonical = f"PUT\n{PATH}\n{query}\nhost:{NETLOC['Host']}\n\nhost\n{BODY_HASH}"
    signature = signature_by_hand(canonical.encode(), secret=secret.secret_access_key)
    return call_of(NETLOC, target=f"{PATH}?{query}&X-Amz-Signature={signature}{added}")


@pytest.mark.parametrize("target", [PATH, f"{PATH}?b=2&a=1", f"{PATH}?z=caf%C3%A9&X=a%20b", "/a//b/../c"])
def test_what_botocore_presigns_is_accepted(target: str) -> None:
    # A presigner that knows no body signs none; the headers that it does not sign may be any.
    verify(call_of({**NETLOC, **JSON, "Accept": "*/*"}, target=presigned(HOST + target)))


def test_a_request_that_is_presigned_by_hand_is_accepted() -> None:
    verify(by_hand(), now=NOON)


@pytest.mark.parametrize(
    "change",
    [
        lambda target: target[:-1] + ("0" if target[-1] != "0" else "1"),
        lambda target: target.replace("X-Amz-Expires=60", "X-Amz-Expires=61"),
        lambda target: target.replace(f"{PATH}?", f"{PATH}?a=1&"),
        lambda target: target.replace("StartImage", "StartImagf"),
    ],
    ids=["last-digit", "expiry", "parameter-more", "path"],
)
def test_a_presigned_request_with_a_byte_changed_is_refused(change: Callable[[str], str]) -> None:
    target = presigned(HOST + PATH)
    assert change(target) != target
    assert code_of(call_of(NETLOC, target=change(target))) == INVALID


def test_the_body_and_the_host_of_a_presigned_request_are_signed() -> None:
    target = presigned(HOST + PATH)
    assert code_of(call_of(NETLOC, target=target, body=BODY + b" ")) == INVALID
    assert code_of(call_of({"Host": "127.0.0.1:8471"}, target=target)) == INVALID


def test_a_header_of_aws_that_is_not_signed_is_refused_of_a_presigned_request_too() -> None:
    assert code_of(call_of({**NETLOC, "X-Amz-Note": "new"}, target=presigned(HOST + PATH))) == INVALID


@pytest.mark.parametrize(
    ("seconds", "age", "accepted"),
    [
        ("600", 599, True),
        ("600", 601, False),
        ("1", 2, False),
        ("604800", 604799, True),
        ("604800", 604801, False),
        ("600", -299, True),
        ("600", -301, False),
        # Who does not say how long gets what the other form has.
        (None, 299, True),
        (None, 301, False),
    ],
)
def test_a_presigned_request_is_valid_for_as_long_as_it_says(seconds: str | None, age: int, *, accepted: bool) -> None:
    call, now = by_hand(expires=seconds), NOON + timedelta(seconds=age)
    if accepted:
        verify(call, now=now)
    else:
        fault = refusal_of(call, now=now)
        assert fault.code == INVALID
        assert ("not yet current" if age < 0 else "expired") in fault.message


@pytest.mark.parametrize("seconds", ["0", "604801", "-1", "1.5", "", "soon", "9" * 5000])
def test_a_lifetime_outside_a_second_to_a_week_is_refused(seconds: str) -> None:
    fault = refusal_of(by_hand(expires=seconds), now=NOON)
    assert (fault.code, "X-Amz-Expires" in fault.message) == (INCOMPLETE, True)


@pytest.mark.parametrize("name", ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders"])
def test_a_parameter_that_is_missing_is_named(name: str) -> None:
    fault = refusal_of(by_hand(left_out=name), now=NOON)
    assert (fault.code, name in fault.message) == (INCOMPLETE, True)


@pytest.mark.parametrize(
    "added", ["&X-Amz-Date=20250131T120000Z", "&X-Amz-Signature=0", "&X-Amz-Expires=600", "&X-Amz-SignedHeaders=host"]
)
def test_a_parameter_that_is_there_twice_is_refused_even_an_equal_one(added: str) -> None:
    assert code_of(by_hand(added=added), now=NOON) == INCOMPLETE


def test_other_algorithms_are_refused_by_their_names() -> None:
    target = presigned(HOST + PATH)
    asymmetric = target.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")
    assert "SigV4A" in refusal_of(call_of(NETLOC, target=asymmetric)).message
    fault = refusal_of(call_of(NETLOC, target=target.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")))
    assert (fault.code, "AWS4-HMAC-SHA256" in fault.message) == (INCOMPLETE, True)


@pytest.mark.parametrize("header", ["", "Bearer nonsense"])
def test_a_request_that_is_signed_both_ways_is_refused(header: str) -> None:
    target = presigned(HOST + PATH)
    value = header or signed(HOST + target, BODY)["Authorization"]
    fault = refusal_of(call_of({**signed(HOST + target, BODY), "Authorization": value}, target=target))
    assert (fault.code, "both" in fault.message) == (INCOMPLETE, True)


def test_a_session_token_comes_in_the_query_string() -> None:
    target = presigned(HOST + PATH, credentials=SESSION_CREDENTIALS)
    assert f"X-Amz-Security-Token={SESSION_CREDENTIALS.session_token}" in target
    verify(call_of(NETLOC, target=target))
    for changed in (
        target.replace(f"{SESSION_CREDENTIALS.session_token}", "nonsense"),
        target.replace(f"&X-Amz-Security-Token={SESSION_CREDENTIALS.session_token}", ""),
    ):
        assert code_of(call_of(NETLOC, target=changed)) == "UnrecognizedClientException"


def test_a_session_token_may_be_added_once_the_request_is_signed() -> None:
    key, token = SESSION_CREDENTIALS.access_key_id, SESSION_CREDENTIALS.session_token
    verify(by_hand(key=key, added=f"&X-Amz-Security-Token={token}"), now=NOON)
    assert code_of(by_hand(key=key, added=f"&X-Amz-Security-Token={token}&a=1"), now=NOON) == INVALID


def test_a_session_token_of_no_key_is_refused_in_the_query_string_too() -> None:
    assert code_of(by_hand(added="&X-Amz-Security-Token=nonsense"), now=NOON) == "UnrecognizedClientException"


def test_a_temporary_key_comes_with_its_token_in_the_query_string() -> None:
    verifier = TemporaryKeys(DUMMY_CREDENTIALS, region="us-east-1", service="imagebuilder")
    moment = int(NOON.timestamp())
    key = Credentials(f"{TEMPORARY_KEY_PREFIX}{moment}", DUMMY_CREDENTIALS.secret_access_key, "any")
    call = call_of(NETLOC, target=presigned(HOST + PATH, credentials=key))
    verifier.epoch = lambda: moment - 1
    verifier.verify(call)
    verifier.epoch = lambda: moment
    with pytest.raises(Fault, match="expired"):
        verifier.verify(call)


def test_the_scope_of_a_presigned_request_is_verified() -> None:
    assert code_of(call_of(NETLOC, target=presigned(HOST + PATH, service="ec2"))) == INVALID
    yesterday = datetime.now(UTC) - timedelta(days=1)
    target = presigned(HOST + PATH)
    other = target.replace(f"%2F{datetime.now(UTC):%Y%m%d}%2F", f"%2F{yesterday:%Y%m%d}%2F")
    assert code_of(call_of(NETLOC, target=other)) == INVALID


def test_query_parameters_that_sign_nothing_do_not_make_a_request_presigned() -> None:
    target = f"{PATH}?X-Amz-Date=now&X-Amz-Expires=soon"
    verify(call_of(signed(HOST + target, BODY), target=target))
    assert code_of(call_of(NETLOC, target=target)) == "MissingAuthenticationTokenException"


def test_a_presigned_start_is_carried_out_once_and_knows_its_caller(server: ReferenceServer, client: Client) -> None:
    body = body_of("presigned")
    replies = [client.exchange(body, target=presigned(server.url + PATH, body), headers=JSON) for _ in range(2)]
    assert [reply.status for reply in replies] == [200, 200]
    assert len({reply.document["imageBuildVersionArn"] for reply in replies}) == 1
    denied = presigned(server.url + PATH, body, credentials=DENIED_CREDENTIALS)
    reply = client.exchange(body, target=denied, headers=JSON)
    assert (reply.status, reply.code) == (403, "ForbiddenException")


@pytest.mark.parametrize("allowed", [True, False])
def test_an_unsigned_payload_may_be_said_in_the_query_string(*, allowed: bool) -> None:
    with ReferenceServer(Settings(allow_unsigned_payload=allowed)) as server:
        request = AWSRequest("PUT", f"{server.url}{PATH}?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD")
        BodyPresigner(DUMMY_CREDENTIALS, "UNSIGNED-PAYLOAD").add_auth(request)
        client = Client(server.url)
        reply = client.exchange(BODY, target=str(request.url).removeprefix(server.url), headers=JSON)
        client.close()
    assert (reply.status, reply.code) == ((200, None) if allowed else (403, INVALID))
