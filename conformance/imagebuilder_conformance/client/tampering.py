"""Signers that sign badly on purpose: each a good signature with one thing wrong, or none at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from requests import PreparedRequest

from imagebuilder_conformance.client.messages import Signer
from imagebuilder_conformance.client.signing import aws4auth, signed_by
from imagebuilder_conformance.target import Credentials, Target


def unsigned(prepared: PreparedRequest, target: Target) -> None:
    """Leave the request without a signature."""


def authorized_as(value: str) -> Signer:
    """Send `value` as the Authorization header of an otherwise well signed request."""

    def sign(prepared: PreparedRequest, _: Target) -> None:
        prepared.headers["Authorization"] = value

    return sign


def other_signature(service: str) -> Signer:
    """Sign well, then turn the last digit of the signature."""

    def sign(prepared: PreparedRequest, target: Target) -> None:
        aws4auth(service)(prepared, target)
        header = _text(prepared.headers["Authorization"])
        prepared.headers["Authorization"] = header[:-1] + ("0" if header[-1] != "0" else "1")

    return sign


def other_body(service: str, body: bytes) -> Signer:
    """Sign well, then send another body of the same length under the signature and the hash of the first."""

    def sign(prepared: PreparedRequest, target: Target) -> None:
        if len(body) != len(prepared.body or b""):
            raise ValueError(f"expected a body of {len(prepared.body or b'')} bytes, got {len(body)}")
        aws4auth(service)(prepared, target)
        prepared.body = body

    return sign


def dated(service: str, shift: timedelta) -> Signer:
    """Sign well, but for a time that is off by `shift`."""

    def sign(prepared: PreparedRequest, target: Target) -> None:
        prepared.headers["X-Amz-Date"] = (datetime.now(UTC) + shift).strftime("%Y%m%dT%H%M%SZ")
        aws4auth(service)(prepared, target)

    return sign


def scoped(service: str, region: str | None = None) -> Signer:
    """Sign well, but for this service, and for this region if one is given."""

    def sign(prepared: PreparedRequest, target: Target) -> None:
        aws4auth(service)(prepared, replace(target, region=region or target.region))

    return sign


def keyed(service: str, access_key_id: str) -> Signer:
    """Sign well, but with an access key that nobody knows."""

    def sign(prepared: PreparedRequest, target: Target) -> None:
        signed_by(Credentials(access_key_id, "a secret that nobody knows"), service)(prepared, target)

    return sign


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
