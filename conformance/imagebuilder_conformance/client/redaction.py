"""Keeping secrets out of the evidence: by location, and by value wherever a target echoes them.

Never by name: a member called `clientToken` is the evidence, not a secret.
"""

REDACTED = "[redacted]"

_SECRET_HEADERS = frozenset({"authorization", "x-amz-security-token", "cookie", "set-cookie", "proxy-authorization"})


class Redactor:
    """Redacts the given secret values, and the headers that carry secrets."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        # The longest first, so that a secret inside another leaves no rest.
        self._secrets = sorted(secrets, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without the secret values."""
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        return text

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
