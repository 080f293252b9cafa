"""What a request says of its signature, in the header `Authorization` or in the query string."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call

ALGORITHM = "AWS4-HMAC-SHA256"
_ASYMMETRIC = "AWS4-ECDSA-P256-SHA256"

DATE_FORMAT = "%Y%m%dT%H%M%SZ"
_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_PART = re.compile(r"\s*(Credential|SignedHeaders|Signature)=([^\s,]+)\s*")
_SCOPE_PARTS = 5

_REQUIRED = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature")
# One of these in the query string, and the request is presigned, well or badly.
_PRESIGNED = frozenset({"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"})
_SECONDS = re.compile(r"[0-9]{1,6}")
_LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A signature with what it was made for.

    Attributes:
        access_key_id: whose key signed.
        date: the day of the scope, such as `20250131`.
        region: the region of the scope.
        service: the signing name of the scope.
        signed_headers: the names of the headers that are signed, in lower case and in order.
        signature: its hexadecimal digits, as sent.
        timestamp: when it was made, such as `20250131T235959Z`.
        session_token: what temporary keys come with.
        presigned: whether all this is in the query string.
        expires: how long a presigned request may be used, if it says so.
    """

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str
    session_token: str | None = None
    presigned: bool = False
    expires: timedelta | None = None

    @property
    def scope(self) -> str:
        """The credential scope, from the date on."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def read_authorization(call: Call) -> Authorization:
    """What a call says of its signature.

    Raises:
        Fault: MissingAuthenticationTokenException, if it says nothing; IncompleteSignatureException, if it is signed
            both ways, or if a part is missing, malformed or there twice.
    """
    header = header_of(call, "Authorization")
    presigned = any(name in _PRESIGNED for name, _ in _parameters(call))
    if header is not None and presigned:
        raise incomplete("expected a signature in the Authorization header or in the query string, got both")
    if presigned:
        return _from_query(call)
    if header is not None:
        return _from_header(call, header)
    raise Fault("MissingAuthenticationTokenException", "The request is not signed.", status=403)


def header_of(call: Call, name: str) -> str | None:
    """The value of a header that may come once."""
    return _only(f"header {name}", call.headers.getlist(name))


def parameter_of(call: Call, name: str) -> str | None:
    """The value of a query parameter that may come once."""
    return _only(f"query parameter {name}", [value for found, value in _parameters(call) if found == name])


def invalid(sentence: str) -> Fault:
    """The refusal of a signature that was read and is wrong."""
    return Fault("InvalidSignatureException", f"Invalid signature: {sentence}.", status=403)


def incomplete(sentence: str) -> Fault:
    """The refusal of a signature that can't be read."""
    return Fault("IncompleteSignatureException", f"Incomplete signature: {sentence}.", status=403)


def _from_header(call: Call, header: str) -> Authorization:
    algorithm, _, rest = header.strip().partition(" ")
    _expect_known(algorithm)
    found = [_PART.fullmatch(part) for part in rest.split(",")]
    parts = {match[1]: match[2] for match in found if match}
    if algorithm != ALGORITHM or len(parts) != len(found) or len(parts) != _PART.groups + 1:
        raise incomplete(f"expected '{ALGORITHM} Credential=..., SignedHeaders=..., Signature=...'")
    timestamp = header_of(call, "X-Amz-Date")
    if timestamp is None and (date := header_of(call, "Date")) is not None:
        timestamp = _basic_form(date)
    key, date, region, service = _credential(parts["Credential"])
    return Authorization(
        access_key_id=key,
        date=date,
        region=region,
        service=service,
        signed_headers=_names(parts["SignedHeaders"]),
        signature=parts["Signature"],
        timestamp=_dated(timestamp),
        session_token=header_of(call, "X-Amz-Security-Token"),
    )


def _from_query(call: Call) -> Authorization:
    found = {name: value for name in _REQUIRED if (value := parameter_of(call, name))}
    _expect_known(found.get("X-Amz-Algorithm", ""))
    if missing := [name for name in _REQUIRED if name not in found]:
        raise incomplete(f"these query parameters are missing: {', '.join(missing)}")
    if found["X-Amz-Algorithm"] != ALGORITHM:
        raise incomplete(f"expected X-Amz-Algorithm to be {ALGORITHM}")
    key, date, region, service = _credential(found["X-Amz-Credential"])
    return Authorization(
        access_key_id=key,
        date=date,
        region=region,
        service=service,
        signed_headers=_names(found["X-Amz-SignedHeaders"]),
        signature=found["X-Amz-Signature"],
        timestamp=_dated(found["X-Amz-Date"]),
        session_token=parameter_of(call, "X-Amz-Security-Token"),
        presigned=True,
        expires=_expires(parameter_of(call, "X-Amz-Expires")),
    )


def _parameters(call: Call) -> list[tuple[str, str]]:
    pairs = [part.partition("=") for part in call.query.split("&") if part]
    return [(unquote(name), unquote(value)) for name, _, value in pairs]


def _only(what: str, values: Sequence[str]) -> str | None:
    """The one value that there may be: of two, nobody can say which one was meant."""
    if len(values) > 1:
        raise incomplete(f"expected one {what}, got {len(values)}")
    return values[0] if values else None


def _expect_known(algorithm: str) -> None:
    if algorithm == _ASYMMETRIC:
        raise incomplete(f"{_ASYMMETRIC} (SigV4A) is not supported here, sign with {ALGORITHM}")


def _credential(text: str) -> tuple[str, str, str, str]:
    parts = text.rsplit("/", _SCOPE_PARTS - 1)
    if len(parts) != _SCOPE_PARTS or parts[-1] != "aws4_request":
        raise incomplete("expected a Credential of the form key/date/region/service/aws4_request")
    key, date, region, service, _ = parts
    return key, date, region, service


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(";"))
    if list(names) != sorted(set(names)):
        raise incomplete("expected SignedHeaders in alphabetical order, each name once")
    return names


def _dated(timestamp: str | None) -> str:
    if timestamp is None or not _DATE.fullmatch(timestamp):
        raise incomplete("expected an X-Amz-Date of the form 20250131T235959Z")
    return timestamp


def _expires(text: str | None) -> timedelta | None:
    if text is None:
        return None
    expires = timedelta(seconds=int(text)) if _SECONDS.fullmatch(text) else timedelta()
    if not timedelta() < expires <= _LONGEST:
        raise incomplete(f"expected X-Amz-Expires from 1 to {_LONGEST // timedelta(seconds=1)} seconds")
    return expires


def _basic_form(date: str) -> str:
    """A date of HTTP in the form that is signed; what is no such date stays as it is."""
    try:
        return parsedate_to_datetime(date).astimezone(UTC).strftime(DATE_FORMAT)
    except (ValueError, OverflowError):
        return date
