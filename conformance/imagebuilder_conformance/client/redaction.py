"""Keeping secrets out of the evidence: by location, and by value wherever a target echoes them.

Never by name: a member called `clientToken` is the evidence, not a secret.
"""

from collections.abc import Iterator
from urllib.parse import quote

REDACTED = "[redacted]"

_SECRET_HEADERS = frozenset({"authorization", "x-amz-security-token", "cookie", "set-cookie", "proxy-authorization"})

# Shorter values are the plain words that emulators ask for as dummies (`test`): redacting each would ruin the evidence.
_SHORTEST_SECRET = 8


class Redactor:
    """Redacts the given secret values, and the headers that carry secrets."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._known: tuple[str, ...] = ()
        self._secrets: list[str] = []
        self.learn(secrets)

    def learn(self, secrets: tuple[str, ...]) -> None:
        """Redact these too: credentials that are refreshed bring new ones."""
        known = tuple(dict.fromkeys((*self._known, *secrets)))
        if known == self._known:
            return
        self._known = known
        spellings = {spelling for secret in known if len(secret) >= _SHORTEST_SECRET for spelling in _spell(secret)}
        # The longest first, so that a secret inside another leaves no rest.
        self._secrets = sorted(spellings, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without the secret values."""
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        return text

    def optional(self, text: str | None) -> str | None:
        """The text, if there is one, without the secret values."""
        return None if text is None else self.text(text)

    def data(self, data: bytes) -> bytes:
        """The bytes without the secret values."""
        for secret in self._secrets:
            data = data.replace(secret.encode(), REDACTED.encode())
        return data

    def headers(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """The headers without what signs, and without the secret values."""
        return tuple(
            (name, REDACTED if name.lower() in _SECRET_HEADERS else self.text(value)) for name, value in headers
        )


def _spell(secret: str) -> Iterator[str]:
    """A secret as it is, and as it looks in JSON with escaped slashes and in URLs."""
    yield secret
    yield secret.replace("/", "\\/")
    yield quote(secret)
    yield quote(secret, safe="")
