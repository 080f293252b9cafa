"""Verification of AWS Signature Version 4, as a service does it; docs/reference-target.md has each decision."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from imagebuilder_conformance.reference.authorization import (
    DATE_FORMAT,
    Authorization,
    header_of,
    incomplete,
    invalid,
    parameter_of,
    read_authorization,
)
from imagebuilder_conformance.reference.canonical import canonical_requests, sign
from imagebuilder_conformance.reference.credentials import Credentials
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"

# Nothing hangs on these being signed: the hash of the body is signed in any case, and the token belongs to the key.
_SIGNED_OR_NOT = frozenset({"x-amz-content-sha256", "x-amz-security-token"})


class SignatureVerifier:
    """Verifies calls to one service in one region. Each step is a method, so that a defect can leave it out."""

    window: ClassVar[timedelta] = timedelta(minutes=5)
    """How far the date of a request may lie in the past or ahead."""

    def __init__(
        self,
        *credentials: Credentials,
        region: str,
        service: str,
        allow_unsigned_payload: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.secrets = {each.access_key_id: each.secret_access_key for each in credentials}
        self.tokens = {each.access_key_id: each.session_token for each in credentials}
        self.region = region
        self.service = service
        self.allow_unsigned_payload = allow_unsigned_payload
        self.clock = clock

    def verify(self, call: Call) -> None:
        """Return if the call is signed properly.

        Raises:
            Fault: with a code of the authentication family.
        """
        authorization = read_authorization(call)
        self.check_key(authorization)
        self.check_scope(authorization)
        self.check_date(authorization)
        self.check_headers(call, authorization)
        self.check_body(call)
        self.check_signature(call, authorization)

    def caller(self, call: Call) -> str | None:
        """The access key that a call names, or None where none can be read."""
        try:
            return read_authorization(call).access_key_id
        except Fault:
            return None

    def check_key(self, authorization: Authorization) -> None:
        """The access key is a known one, and comes with its session token, or with none where it has none."""
        key = authorization.access_key_id
        if key not in self.secrets or authorization.session_token != self.tokens[key]:
            raise Fault(
                "UnrecognizedClientException", "The access key or the session token is not a known one.", status=403
            )

    def check_scope(self, authorization: Authorization) -> None:
        """The scope names the region and the service that the target serves."""
        if authorization.region != self.region:
            raise invalid(f"expected the scope's region to be {self.region!r}, got {authorization.region!r}")
        if authorization.service != self.service:
            raise invalid(f"expected the scope's service to be {self.service!r}, got {authorization.service!r}")

    def check_date(self, authorization: Authorization) -> None:
        """The date is the scope's, and near enough; a presigned request may say itself how long it is valid."""
        timestamp = authorization.timestamp
        if not timestamp.startswith(f"{authorization.date}T"):
            raise invalid("the date of the scope is not the one of X-Amz-Date")
        try:
            signed_at = datetime.strptime(timestamp, DATE_FORMAT).replace(tzinfo=UTC)
        except ValueError as error:
            raise incomplete("X-Amz-Date is not a date") from error
        age = self.clock() - signed_at
        if age < -self.window:
            raise invalid(f"signature not yet current: {timestamp} is more than {self.window} ahead")
        if age > (lifetime := authorization.expires or self.window):
            raise invalid(f"signature expired: {timestamp} is more than {lifetime} ago")

    def check_headers(self, call: Call, authorization: Authorization) -> None:
        """The host, the date and every x-amz-* header that matters are signed, and what is signed is there."""
        signed = set(authorization.signed_headers)
        due = {"host"} | {name for name in call.headers if name.startswith("x-amz-")} - _SIGNED_OR_NOT
        if not authorization.presigned and "x-amz-date" not in call.headers:
            due.add("date")
        if unsigned := due - signed:
            raise invalid(f"expected these headers to be signed too: {', '.join(sorted(unsigned))}")
        if missing := signed - set(call.headers.keys()):
            raise invalid(f"signed headers are missing: {', '.join(sorted(missing))}")

    def check_body(self, call: Call) -> None:
        """A hash that the client states, signed or not, is the hash of the body; most clients state none."""
        stated = _stated_hash(call)
        if stated == UNSIGNED_PAYLOAD and not self.allow_unsigned_payload:
            raise invalid(f"{UNSIGNED_PAYLOAD} is not accepted here, sign the hash of the body")
        if stated is not None and stated != self.body_hash(call):
            raise invalid("the body is not the one that X-Amz-Content-SHA256 states")

    def check_signature(self, call: Call, authorization: Authorization) -> None:
        """The signature is the one that the known secret gives."""
        secret, given = self.secrets[authorization.access_key_id], authorization.signature.encode()
        for canonical in canonical_requests(call, authorization, self.body_hash(call)):
            if hmac.compare_digest(sign(secret, authorization, canonical).encode(), given):
                return
        raise invalid("the signature does not match; check the secret key and how the request was signed")

    def body_hash(self, call: Call) -> str:
        """The SHA-256 of the body as it came; the client's word for it is not taken.

        Where bodies may stay unsigned, a client that says so has signed its saying so in place of the hash.
        """
        if self.allow_unsigned_payload and _stated_hash(call) == UNSIGNED_PAYLOAD:
            return UNSIGNED_PAYLOAD
        return hashlib.sha256(call.body).hexdigest()


def _stated_hash(call: Call) -> str | None:
    """The hash of the body that a client states; presigning moves it from the headers into the query string."""
    header = header_of(call, "X-Amz-Content-SHA256")
    return parameter_of(call, "X-Amz-Content-Sha256") if header is None else header
