"""Keeping secrets out of the evidence: by location, and by value wherever a target echoes them.

Never by name: a member called `clientToken` is the evidence, not a secret.

A value is found in whatever way its characters are written, each in a way of its own: what is searched is decoded
first, and compared without regard to case. SECURITY.md lists the spellings; `tests/hostile/spellings.py` tries them.
"""

import base64
import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

REDACTED = "[redacted]"

_SECRET_HEADERS = frozenset({"authorization", "x-amz-security-token", "cookie", "set-cookie", "proxy-authorization"})

# Shorter values are the plain words that emulators ask for as dummies (`test`): redacting each would ruin the evidence.
_SHORTEST_SECRET = 8

# A character that is written in another way, once or more often around: `%3d`, `%253D`; `\u003d`, `\x3d`, `\\u003d`;
# `&#61;`, `&#x3d;`, `&equals;`, `&amp;#61;`; and the backslashes before a character that needs none.
_ESCAPE = re.compile(
    rb"(?:%(?:25)*|\\+(?:u00|u\{0*|x))(?P<hex>[0-9a-f]{2})\}?"
    rb"|&(?:amp;)*(?:#x0*(?P<entity_hex>[0-9a-f]{2})|#0*(?P<decimal>[0-9]{2,3})|(?P<name>[a-z]{2,8}));"
    rb"|\\+(?=[^\\a-z0-9])",
    flags=re.IGNORECASE,
)
_ESCAPED = (b"%", b"\\", b"&")
# A signature of Signature Version 4, of whichever try: it stands for who signed for as long as its date is valid. Of 4A
# it is longer.
_SIGNATURE = re.compile(rb"\bsignature[\s\"':=]{1,8}([0-9a-f]{64,})")
# What stands in a query string in place of the headers that carry secrets, and where a target quotes one.
_SECRET_PARAMETERS = ("x-amz-credential", "x-amz-security-token", "x-amz-signature")
_PARAMETER = re.compile(rb"(?:%s)=([0-9a-z+/=._~:-]+)" % "|".join(_SECRET_PARAMETERS).encode("ascii"))
_BY_PLACE = (_SIGNATURE, _PARAMETER)


def secrets_in(url: str, authorization: str | None) -> tuple[str, ...]:
    """What a request carries that must not be told, beside its headers: its signature, and a password in its URL."""
    parts = urlsplit(url)
    named = (parameter.partition("=") for parameter in parts.query.split("&"))
    secrets = [unquote(value) for name, _, value in named if unquote(name).lower() in _SECRET_PARAMETERS]
    if parts.password:
        secrets.append(unquote(parts.password))
    if signature := _SIGNATURE.search((authorization or "").lower().encode("utf-8", "surrogatepass")):
        secrets.append(signature[1].decode("ascii"))
    return tuple(secrets)


class Redactor:
    """Redacts the given secret values, and the headers that carry secrets."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._known: tuple[str, ...] = ()
        self._needles: tuple[bytes, ...] = ()
        self.learn(secrets)

    def learn(self, secrets: tuple[str, ...]) -> None:
        """Redact these too: credentials that are refreshed bring new ones."""
        known = tuple(dict.fromkeys((*self._known, *secrets)))
        if known != self._known:
            self._known = known
            self._needles = tuple(dict.fromkeys(needle for secret in known for needle in _needles(secret)))

    def text(self, text: str) -> str:
        """The text without the secret values."""
        data = text.encode("utf-8", "surrogatepass")
        redacted = self.data(data)
        return text if redacted is data else redacted.decode("utf-8", "surrogatepass")

    def optional(self, text: str | None) -> str | None:
        """The text, if there is one, without the secret values."""
        return None if text is None else self.text(text)

    def data(self, data: bytes) -> bytes:
        """The bytes without the secret values; the same object where there are none."""
        plain = _plain(data)
        lowered = plain.data.lower()
        found = [plain.place(*span) for needle in self._needles for span in _occurrences(needle, lowered)]
        found += [plain.place(*each.span(1)) for way in _BY_PLACE for each in way.finditer(lowered)]
        if plain.data is not data:
            # What looks like an escape may be part of a secret.
            raw = data.lower()
            found += [span for needle in self._needles for span in _occurrences(needle, raw)]
        return _without(found, data) if found else data

    def also(self, secrets: tuple[str, ...]) -> "Redactor":
        """One that redacts these values too; the same one where there are none."""
        return Redactor((*self._known, *secrets)) if secrets else self

    def headers(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """The headers without what signs, and without the secret values, in their names too."""
        return tuple(
            (self.text(name), REDACTED if name.lower() in _SECRET_HEADERS else self.text(value))
            for name, value in headers
        )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of decoded data: where it begins, where it stood, and how many bytes each of its own took there."""

    start: int
    origin: int
    width: int


@dataclass(frozen=True, slots=True)
class _Plain:
    """Data with each character written as itself, in stretches that know where they stood."""

    data: bytes
    stretches: tuple[_Stretch, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where this span of `data` stood."""
        first, last = self._stretch(start), self._stretch(end - 1)
        return (
            first.origin + (start - first.start) * first.width,
            last.origin + (end - last.start) * last.width,
        )

    def _stretch(self, position: int) -> _Stretch:
        return self.stretches[bisect_right(self.stretches, position, key=lambda each: each.start) - 1]


def _plain(data: bytes) -> _Plain:
    if not any(mark in data for mark in _ESCAPED):
        return _Plain(data, (_Stretch(0, 0, 1),))
    parts: list[bytes] = []
    stretches: list[_Stretch] = []
    length = read = 0
    for found in _ESCAPE.finditer(data):
        char = _char(found)
        if char is None:
            continue
        for part, origin, width in ((data[read : found.start()], read, 1), (char, found.start(), len(found[0]))):
            if part:
                parts.append(part)
                stretches.append(_Stretch(length, origin, width))
                length += len(part)
        read = found.end()
    return _Plain(b"".join([*parts, data[read:]]), (*stretches, _Stretch(length, read, 1)))


def _char(found: re.Match[bytes]) -> bytes | None:
    """What an escape stands for: a byte, nothing where it only escapes the next, None where it is none of a secret."""
    if digits := found["hex"] or found["entity_hex"]:
        return bytes([int(digits, 16)])
    if digits := found["decimal"]:
        return bytes([int(digits)]) if int(digits) < 256 else None
    if name := found["name"]:
        named = html.unescape(f"&{name.decode('ascii')};").encode("utf-8")
        return named if len(named) == 1 else None
    return b""


def _needles(secret: str) -> Iterator[bytes]:
    """What to look for, in lower case: the secret, its digits in hexadecimal, and what base64 makes of it anywhere."""
    if len(secret) < _SHORTEST_SECRET:
        return
    data = secret.encode("utf-8")
    yield data.lower()
    yield _plain(data).data.lower()
    yield data.hex().encode("ascii")
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data)
        # The characters at the ends also depend on what stands beside the secret.
        core = encoded[(8 * before + 5) // 6 : 8 * (before + len(data)) // 6].lower()
        yield core
        yield core.translate(bytes.maketrans(b"+/", b"-_"))


def _occurrences(needle: bytes, data: bytes) -> Iterator[tuple[int, int]]:
    start = data.find(needle)
    while start >= 0:
        yield start, start + len(needle)
        start = data.find(needle, start + len(needle))


def _without(spans: Iterable[tuple[int, int]], data: bytes) -> bytes:
    """The data with each stretch that the spans cover replaced; those that meet are one."""
    parts: list[bytes] = []
    read = 0
    for start, end in sorted(spans):
        if start >= read:
            parts += [data[read:start], REDACTED.encode("ascii")]
        read = max(read, end)
    return b"".join([*parts, data[read:]])
