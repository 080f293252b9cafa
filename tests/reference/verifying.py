"""Calls that are verified without a server, and a signer of the tests' own for canonical requests written by hand."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from starlette.datastructures import Headers

from imagebuilder_conformance.reference import DUMMY_CREDENTIALS, SESSION_CREDENTIALS
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call
from imagebuilder_conformance.reference.signatures import SignatureVerifier

from .connections import FakeConnection
from .exchanges import PATH, body_of

HOST = "http://127.0.0.1:8470"
BODY = body_of()
INVALID = "InvalidSignatureException"
INCOMPLETE = "IncompleteSignatureException"

NOON = datetime(2025, 1, 31, 12, tzinfo=UTC)
TIMESTAMP = "20250131T120000Z"
SCOPE = "20250131/us-east-1/imagebuilder/aws4_request"

Pairs = Sequence[tuple[str, str | bytes]]


def call_of(headers: Mapping[str, str] | Pairs, *, target: str = PATH, body: bytes = BODY, method: str = "PUT") -> Call:
    path, _, query = target.partition("?")
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    raw = [
        (name.lower().encode("ascii"), value if isinstance(value, bytes) else value.encode("latin-1"))
        for name, value in pairs
    ]
    return Call(
        method=method,
        path=path,
        query=query,
        headers=Headers(raw=raw),
        body=body,
        oversized=False,
        request_id="id",
        connection=FakeConnection(),
    )


def verify(call: Call, *, now: datetime | None = None, allow_unsigned_payload: bool = False) -> None:
    verifier = SignatureVerifier(
        DUMMY_CREDENTIALS,
        SESSION_CREDENTIALS,
        region="us-east-1",
        service="imagebuilder",
        allow_unsigned_payload=allow_unsigned_payload,
    )
    if now is not None:
        verifier.clock = lambda: now
    verifier.verify(call)


def refusal_of(call: Call, *, now: datetime | None = None, allow_unsigned_payload: bool = False) -> Fault:
    with pytest.raises(Fault) as caught:
        verify(call, now=now, allow_unsigned_payload=allow_unsigned_payload)
    assert caught.value.status in {400, 401, 403}
    return caught.value


def code_of(call: Call, *, now: datetime | None = None, allow_unsigned_payload: bool = False) -> str:
    return refusal_of(call, now=now, allow_unsigned_payload=allow_unsigned_payload).code


def signature_by_hand(
    canonical: bytes, *, secret: str = DUMMY_CREDENTIALS.secret_access_key, timestamp: str = TIMESTAMP
) -> str:
    """The signature of a canonical request, step by step as the algorithm is published."""
    key = f"AWS4{secret}".encode()
    for part in ("20250131", "us-east-1", "imagebuilder", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{timestamp}\n{SCOPE}\n{hashlib.sha256(canonical).hexdigest()}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def authorization(signature: str, signed_headers: str, *, key: str = DUMMY_CREDENTIALS.access_key_id) -> str:
    return f"AWS4-HMAC-SHA256 Credential={key}/{SCOPE}, SignedHeaders={signed_headers}, Signature={signature}"
