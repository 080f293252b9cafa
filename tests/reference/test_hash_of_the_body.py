"""The header x-amz-content-sha256, signed or not, and bodies that stay unsigned."""

import hashlib
from collections.abc import Callable

import pytest

from imagebuilder_conformance.reference.messages import Call

from .exchanges import JSON, PATH, signed
from .verifying import BODY, HOST, INCOMPLETE, INVALID, call_of, code_of, refusal_of, verify

NAME = "X-Amz-Content-SHA256"
BODY_HASH = hashlib.sha256(BODY).hexdigest()


def stating(value: str) -> Call:
    """A call that states a hash in a signed header, and that is signed with it in place of the body's."""
    # botocore takes what the header states for the hash of the body, as S3 has it.
    return call_of(signed(HOST + PATH, BODY, headers={**JSON, NAME: value}))


def adding(value: str) -> Call:
    """A call to which the header is added once it is signed."""
    return call_of({**signed(HOST + PATH, BODY), NAME: value})


def test_the_hash_of_the_body_may_be_stated_signed_or_not() -> None:
    assert NAME.lower() in stating(BODY_HASH).headers["authorization"]
    assert NAME.lower() not in adding(BODY_HASH).headers["authorization"]
    verify(stating(BODY_HASH))
    verify(adding(BODY_HASH))


@pytest.mark.parametrize("make", [stating, adding])
@pytest.mark.parametrize(
    "value", [hashlib.sha256(b"").hexdigest(), BODY_HASH.upper(), "", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"]
)
@pytest.mark.parametrize("allowed", [True, False])
def test_what_contradicts_the_body_is_refused(make: Callable[[str], Call], value: str, *, allowed: bool) -> None:
    assert code_of(make(value), allow_unsigned_payload=allowed) == INVALID


def test_it_may_come_once() -> None:
    pairs = list(signed(HOST + PATH, BODY).items())
    assert code_of(call_of([*pairs, (NAME, BODY_HASH), (NAME, BODY_HASH)])) == INCOMPLETE


def test_a_body_that_is_not_signed_is_refused_by_name() -> None:
    fault = refusal_of(stating("UNSIGNED-PAYLOAD"))
    assert (fault.code, "UNSIGNED-PAYLOAD" in fault.message) == (INVALID, True)


def test_where_it_is_allowed_a_body_may_be_any_that_its_client_left_unsigned() -> None:
    call = stating("UNSIGNED-PAYLOAD")
    verify(call, allow_unsigned_payload=True)
    verify(call_of(dict(call.headers), body=b"{}"), allow_unsigned_payload=True)


def test_nobody_else_can_take_the_signature_off_a_body() -> None:
    assert code_of(adding("UNSIGNED-PAYLOAD"), allow_unsigned_payload=True) == INVALID
    headers = dict(stating("UNSIGNED-PAYLOAD").headers)
    del headers[NAME.lower()]
    assert code_of(call_of(headers), allow_unsigned_payload=True) == INVALID


def test_a_signed_body_stays_signed_where_others_need_not_be() -> None:
    headers = signed(HOST + PATH, BODY)
    verify(call_of(headers), allow_unsigned_payload=True)
    assert code_of(call_of(headers, body=b"{}"), allow_unsigned_payload=True) == INVALID
