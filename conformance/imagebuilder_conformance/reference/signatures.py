"""Verification of AWS Signature Version 4, as a service does it.

Written from the published algorithm ("Create a signed AWS API request" in the IAM User Guide) and not with a
client's signer, so that a fault of a signer is not mirrored here.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import quote, unquote_to_bytes

from imagebuilder_conformance.reference.credentials import Credentials
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call

ALGORITHM = "AWS4-HMAC-SHA256"

_DATE_FORMAT = "%Y%m%dT%H%M%SZ"
_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_PART = re.compile(r"\s*(Credential|SignedHeaders|Signature)=([^\s,]+)\s*")
_SCOPE_PARTS = 5


@dataclass(frozen=True, slots=True)
class Authorization:
    """The Authorization header, taken apart."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        """The credential scope, from the date on."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def parse_authorization(header: str) -> Authorization:
    """Take the Authorization header apart.

    Raises:
        Fault: IncompleteSignatureException, if a part is missing or malformed.
    """
    algorithm, _, rest = header.strip().partition(" ")
    found = [_PART.fullmatch(part) for part in rest.split(",")]
    parts = {match[1]: match[2] for match in found if match}
    credential = parts.get("Credential", "").rsplit("/", _SCOPE_PARTS - 1)
    if algorithm != ALGORITHM or len(parts) != len(found) or len(parts) != _PART.groups + 1:
        raise _incomplete(f"expected '{ALGORITHM} Credential=..., SignedHeaders=..., Signature=...'")
    if len(credential) != _SCOPE_PARTS or credential[-1] != "aws4_request":
        raise _incomplete("expected a Credential of the form key/date/region/service/aws4_request")
    key, date, region, service, _ = credential
    return Authorization(key, date, region, service, tuple(parts["SignedHeaders"].split(";")), parts["Signature"])


class SignatureVerifier:
    """Verifies calls to one service in one region. Each step is a method, so that a defect can leave it out."""

    window: ClassVar[timedelta] = timedelta(minutes=5)
    """How far the date of a request may lie in the past or ahead."""

    def __init__(
        self,
        *credentials: Credentials,
        region: str,
        service: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.secrets = {each.access_key_id: each.secret_access_key for each in credentials}
        self.region = region
        self.service = service
        self.clock = clock

    def verify(self, call: Call) -> None:
        """Return if the call is signed properly.

        Raises:
            Fault: with a code of the authentication family.
        """
        authorization = self.read(call)
        self.check_key(call, authorization)
        self.check_scope(authorization)
        timestamp = self.timestamp(call)
        self.check_date(timestamp, authorization)
        self.check_headers(call, authorization)
        self.check_body(call)
        self.check_signature(call, authorization, timestamp)

    def caller(self, call: Call) -> str | None:
        """The access key that a call names, or None where none can be read."""
        try:
            return self.read(call).access_key_id
        except Fault:
            return None

    def read(self, call: Call) -> Authorization:
        """The Authorization header of a call."""
        header = call.headers.get("authorization")
        if header is None:
            raise Fault("MissingAuthenticationTokenException", "The request is not signed.", status=403)
        return parse_authorization(header)

    def check_key(self, call: Call, authorization: Authorization) -> None:
        """The access key is a known one, none of which has a session token."""
        if authorization.access_key_id not in self.secrets or "x-amz-security-token" in call.headers:
            raise Fault(
                "UnrecognizedClientException", "The access key or the session token is not a known one.", status=403
            )

    def check_scope(self, authorization: Authorization) -> None:
        """The scope names the region and the service that the target serves."""
        if authorization.region != self.region:
            raise _invalid(f"expected the scope's region to be {self.region!r}, got {authorization.region!r}")
        if authorization.service != self.service:
            raise _invalid(f"expected the scope's service to be {self.service!r}, got {authorization.service!r}")

    def timestamp(self, call: Call) -> str:
        """The date that the request was signed with."""
        value = call.headers.get("x-amz-date")
        if value is None or not _DATE.fullmatch(value):
            raise _incomplete("expected a header X-Amz-Date of the form 20250131T235959Z")
        return value

    def check_date(self, timestamp: str, authorization: Authorization) -> None:
        """The date is the scope's, and near enough."""
        if not timestamp.startswith(f"{authorization.date}T"):
            raise _invalid("the date of the scope is not the one of X-Amz-Date")
        try:
            signed_at = datetime.strptime(timestamp, _DATE_FORMAT).replace(tzinfo=UTC)
        except ValueError as error:
            raise _incomplete("X-Amz-Date is not a date") from error
        if abs(self.clock() - signed_at) > self.window:
            raise _invalid(f"signature expired or not yet current: {timestamp} is more than {self.window} away")

    def check_headers(self, call: Call, authorization: Authorization) -> None:
        """The host and every x-amz-* header are signed, and what is signed is there."""
        signed = set(authorization.signed_headers)
        due = {"host"} | {name for name in call.headers if name.startswith("x-amz-")}
        if unsigned := due - signed:
            raise _invalid(f"expected these headers to be signed too: {', '.join(sorted(unsigned))}")
        if missing := signed - set(call.headers.keys()):
            raise _invalid(f"signed headers are missing: {', '.join(sorted(missing))}")

    def check_body(self, call: Call) -> None:
        """A hash that the client states is the hash of the body; most clients state none."""
        stated = call.headers.get("x-amz-content-sha256")
        if stated is not None and stated != self.body_hash(call):
            raise _invalid("the body is not the one that X-Amz-Content-SHA256 states")

    def check_signature(self, call: Call, authorization: Authorization, timestamp: str) -> None:
        """The signature is the one that the known secret gives."""
        expected = sign(
            self.secrets[authorization.access_key_id],
            authorization,
            timestamp,
            canonical_request(call, authorization.signed_headers, self.body_hash(call)),
        )
        if not hmac.compare_digest(expected.encode(), authorization.signature.encode()):
            raise _invalid("the signature does not match; check the secret key and how the request was signed")

    def body_hash(self, call: Call) -> str:
        """The SHA-256 of the body as it came; the client's word for it is not taken."""
        return hashlib.sha256(call.body).hexdigest()


def canonical_request(call: Call, signed_headers: tuple[str, ...], body_hash: str) -> str:
    """The text that a signature covers."""
    headers = {
        name: ",".join(" ".join(value.split()) for value in call.headers.getlist(name)) for name in signed_headers
    }
    return "\n".join(
        [
            call.method,
            # The path as sent, encoded once more: every service but S3 does so.
            quote(call.path, safe="/-_.~"),
            _canonical_query(call.query),
            *(f"{name}:{value}" for name, value in headers.items()),
            "",
            ";".join(signed_headers),
            body_hash,
        ]
    )


def _canonical_query(query: str) -> str:
    pairs = [part.partition("=") for part in query.split("&") if part]
    return "&".join(f"{name}={value}" for name, value in sorted((_encode(n), _encode(v)) for n, _, v in pairs))


def _encode(text: str) -> str:
    return quote(unquote_to_bytes(text), safe="-_.~")


def sign(secret: str, authorization: Authorization, timestamp: str, canonical: str) -> str:
    """The signature of a canonical request, in hexadecimal digits."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join([ALGORITHM, timestamp, authorization.scope, digest])
    key = f"AWS4{secret}".encode()
    for part in authorization.scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def _invalid(sentence: str) -> Fault:
    return Fault("InvalidSignatureException", f"Invalid signature: {sentence}.", status=403)


def _incomplete(sentence: str) -> Fault:
    return Fault("IncompleteSignatureException", f"Incomplete signature: {sentence}.", status=403)
