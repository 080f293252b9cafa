"""Recorded data as text that people can read and that no terminal, page or shell takes for more than text."""

from imagebuilder_reports.bodies import body_bytes
from imagebuilder_reports.events import AttemptRecord, Body

_BODY_LIMIT = 2000


def printable(text: str) -> str:
    """The text with its control characters, surrogates and changes of direction written as escapes."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode("ascii") for char in text
    )


def show_body(body: Body, limit: int = _BODY_LIMIT) -> str:
    """The beginning of a message's body, and how long it is where that is not all."""
    content = body_bytes(body)
    start = content[:limit]
    try:
        # The cut may fall inside a character.
        text = printable(start.decode("utf-8", "strict" if start == content else "ignore"))
    except UnicodeDecodeError:
        text = repr(start)[2:-1]
    return text if len(content) <= limit else f"{text} … ({len(content):,} bytes in all)"


def show_attempt(attempt: AttemptRecord) -> str:
    """What came of a sending: the status or the fault."""
    return str(attempt.status) if attempt.status is not None else printable(attempt.fault or "no answer")


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
