"""The form of a client's request: which headers it has, as they are spelled and in their order, and what is signed."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import imagebuilder_conformance
from tests.support.scripted import Received

FOLDER = Path(imagebuilder_conformance.__file__).parent / "client" / "forms"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DATE = re.compile(r"\d{8}T\d{6}Z")
_WHOLE = {"authorization": "<authorization>", "host": "<host>", "content-length": "<length>"}
# What is the machine's and not the client's: the user agents of SDKs name its kernel.
_MACHINE = ((re.compile(r"(?i)\b(linux|x86_64|amd64)(#|/)[0-9][\w.+~-]*"), r"\1\2<version>"),)

# The features that an SDK's user agent lists, in the order of a set.
_FEATURES = re.compile(r"\bm/([\w,-]+)")


def signed_headers(request: Received) -> list[str]:
    """The names that are signed, in their order; none without a signature."""
    found = re.search(r"SignedHeaders=([^,\s]+)", request.header("authorization") or "")
    return found[1].split(";") if found else []


def separator(request: Received) -> str:
    """What stands between the parameters of `Authorization`."""
    found = re.search(r"Credential=[^,\s]+(\s*,\s*)", request.header("authorization") or "")
    return found[1] if found else ""


def content_sha256(request: Received) -> str:
    """`absent`, `signed`, or `unsigned`."""
    if request.header("x-amz-content-sha256") is None:
        return "absent"
    return "signed" if "x-amz-content-sha256" in signed_headers(request) else "unsigned"


def plain_headers(request: Received) -> list[tuple[str, str]]:
    """The headers, without what differs from call to call or from machine to machine."""
    return [(name, _plain(name, value)) for name, value in request.headers]


def _plain(name: str, value: str) -> str:
    whole = _WHOLE.get(name.lower())
    if whole is not None:
        return whole
    for pattern, text in ((_UUID, "<uuid>"), (_SHA256, "<sha256>"), (_DATE, "<date>"), *_MACHINE):
        value = pattern.sub(text, value)
    return _FEATURES.sub(lambda found: "m/" + ",".join(sorted(found[1].split(","))), value)


def form_text(client: str, version: str, day: date, request: Received) -> str:
    """The form as TOML."""
    lines = [
        f"client = {_quoted(client)}",
        f"version = {_quoted(version)}",
        f"source = {_quoted(f'measured {day.isoformat()} by clients/measure')}",
        f"separator = {_quoted(separator(request))}",
        f"signed = [{', '.join(map(_quoted, signed_headers(request)))}]",
        f"content_sha256 = {_quoted(content_sha256(request))}",
        *_headers(plain_headers(request)),
    ]
    return "\n".join(lines) + "\n"


def _headers(headers: Iterable[tuple[str, str]]) -> Iterable[str]:
    for name, value in headers:
        yield f"\n[[header]]\nname = {_quoted(name)}\nvalue = {_quoted(value)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
