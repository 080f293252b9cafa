"""The forms in which published clients send the same request: which headers, how they are spelled, what is signed.

Each is data, a file a client and version in `forms/`, measured by `clients/measure`. What a form asks for, such as a
list of signed headers, requests-aws4auth can't be told, so forms are signed here; everything else is signed by it.
"""

import hashlib
import hmac
import posixpath
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from urllib.parse import quote, urlsplit
from uuid import uuid4

from requests import PreparedRequest
from requests.structures import CaseInsensitiveDict

from imagebuilder_conformance.target import Target

_ALGORITHM = "AWS4-HMAC-SHA256"
# What a form has to stand for what differs from call to call.
_PLACE = re.compile(r"<([a-z0-9]+)>")
_ENCODING = "accept-encoding"
# What is decoded whatever else is installed.
_DECODED = "gzip, deflate"

FORMS: Mapping[str, str] = MappingProxyType(
    {
        "aws-sdk-js-3": "aws-sdk-js-3.1046.0",
        "aws-sdk-js-2": "aws-sdk-js-2.1693.0",
        "aws-sdk-go": "aws-sdk-go-1.44.133",
        "aws-sdk-go-2": "aws-sdk-go-v2-1.17.1",
        "boto3": "boto3-1.44.8",
        "boto3-1-17": "boto3-1.17.112",
        "aws4fetch": "aws4fetch-1.0.20",
        "aws-requests-auth": "aws-requests-auth-0.4.3",
        "capo": "capo-imagebuilder-0.11.0",
        "curl": "curl-7.88.1",
    }
)
"""The forms that a run's requests take turns in, by the last part of their clause, and their files."""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a client's request.

    `headers` are as they are spelled, in their order; what differs from call to call stands in them as `<date>` and
    the like. `signed` are the names that the signature covers, in lower case and sorted. `separator` stands between
    the parameters of `Authorization`. `source` says where it was seen.
    """

    name: str
    client: str
    version: str
    source: str
    separator: str
    signed: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """The form in a few words on one line."""
        spelled = ", ".join(name for name, _ in self.headers)
        return f"as {self.client} {self.version} sends it: {spelled}; signed: {';'.join(self.signed)}"


@cache
def form_of(name: str) -> Form:
    """The form of that name. Raises `KeyError` where there is none."""
    text = (files(__package__ or "") / "forms" / f"{FORMS[name]}.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    return Form(
        name,
        read["client"],
        read["version"],
        read["source"],
        read["separator"],
        tuple(read["signed"]),
        tuple((each["name"], each["value"]) for each in read["header"]),
    )


def put_in_form(prepared: PreparedRequest, form: Form, target: Target, service: str) -> None:
    """Give a request the headers of a form, and its signature."""
    credentials = target.credentials.frozen()
    date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    body = _body(prepared)
    places = {
        "date": date,
        "host": urlsplit(prepared.url or "").netloc,
        "length": str(len(body)),
        "sha256": hashlib.sha256(body).hexdigest(),
        "uuid": str(uuid4()),
        "version": "6.1",
    }
    headers = {name: _PLACE.sub(lambda found: places.get(found[1], found[0]), value) for name, value in form.headers}
    headers |= {name: _DECODED for name in headers if name.lower() == _ENCODING}
    signed = list(form.signed)
    if credentials.session_token:
        headers["X-Amz-Security-Token"] = credentials.session_token
        signed = sorted({*signed, "x-amz-security-token"})
    scope = f"{date[:8]}/{target.region}/{service}/aws4_request"
    values = {name.lower(): value for name, value in headers.items()}
    canonical = _canonical(prepared, {name: values[name] for name in signed}, places["sha256"])
    signature = _signature(credentials.secret_access_key, date, scope, canonical)
    parameters = (
        f"Credential={credentials.access_key_id}/{scope}",
        f"SignedHeaders={';'.join(signed)}",
        f"Signature={signature}",
    )
    authorization = f"{_ALGORITHM} {form.separator.join(parameters)}"
    prepared.headers = CaseInsensitiveDict(
        (name, authorization if value == "<authorization>" else value) for name, value in headers.items()
    )


def _body(prepared: PreparedRequest) -> bytes:
    body = prepared.body or b""
    return body.encode() if isinstance(body, str) else body


def _canonical(prepared: PreparedRequest, signed: Mapping[str, str], body_hash: str) -> str:
    # Encoded once more than it is sent, and without empty and dotted segments: every service but S3 does so.
    path = posixpath.normpath(re.sub("/+", "/", urlsplit(prepared.url or "").path))
    lines = [f"{name}:{' '.join(value.split())}" for name, value in signed.items()]
    return "\n".join([prepared.method or "", quote(path, safe="/-_.~"), "", *lines, "", ";".join(signed), body_hash])


def _signature(secret: str, date: str, scope: str, canonical: str) -> str:
    text = "\n".join([_ALGORITHM, date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
