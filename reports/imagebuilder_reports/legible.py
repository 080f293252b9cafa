"""Recorded data as text that people can read, and that no terminal, page, shell or CI takes for more than text."""

import hashlib
from urllib.parse import urlsplit

from imagebuilder_reports.bodies import body_bytes
from imagebuilder_reports.events import AttemptRecord, Body, RequestRecord
from imagebuilder_reports.runners import inert

_BODY_LIMIT = 2000
_TEXT_LIMIT = 2000
_GLANCE_LIMIT = 160


def printable(text: str) -> str:
    """The text with control characters, surrogates, changes of direction and runners' commands written as escapes."""
    if not text.isprintable():
        text = "".join(
            char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode("ascii")
            for char in text
        )
    return inert(text)


def capped(text: str, limit: int = _TEXT_LIMIT) -> str:
    """The beginning of a text, and its length and digest where that is not all: how long it is, a target chooses."""
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:limit]} … ({len(text):,} characters in all, SHA-256 {digest[:16]})"


def shown(text: str) -> str:
    """A text that others chose, for a place of any shape: capped, then printable."""
    return printable(capped(text))


def shown_in_line(text: str) -> str:
    """A text that others chose, for a place on one line."""
    return " ".join(shown(text).split())


def show_body(body: Body, limit: int = _BODY_LIMIT) -> str:
    """The beginning of a message's body, and how long it is where that is not all."""
    content = body_bytes(body)
    start = content[:limit]
    try:
        # The cut may fall inside a character.
        text = printable(start.decode("utf-8", "strict" if start == content and not body.is_cut else "ignore"))
    except UnicodeDecodeError:
        text = repr(start)[2:-1]
    if body.is_cut:
        return f"{text} … ({body.size:,} bytes in all, not kept; SHA-256 {body.sha256})"
    return text if len(content) <= limit else f"{text} … ({len(content):,} bytes in all)"


def show_request(request: RequestRecord) -> str:
    """What was asked for, at a glance: the method, the target without its host, and how the body begins."""
    target = urlsplit(request.url)._replace(scheme="", netloc="").geturl() or "/"
    body = show_body(request.body, _GLANCE_LIMIT) or "with an empty body"
    return f"{request.method} {shown_in_line(target)} {' '.join(body.split())}"


def show_attempt(attempt: AttemptRecord) -> str:
    """What came of a sending: the status or the fault."""
    return str(attempt.status) if attempt.status is not None else shown_in_line(attempt.fault or "no answer")


def show_seconds(seconds: float) -> str:
    """A duration with about three digits."""
    if not seconds:
        return "0 s"
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 100 else f"{seconds:,.0f} s"


def plural(count: int, noun: str) -> str:
    """A number with its noun, such as `1 exchange`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
