"""The credentials that the reference target knows: those that its clients use, and those of a caller it refuses."""

from dataclasses import dataclass

DUMMY_ACCESS_KEY_ID = "imagebuilder-conformance"
DUMMY_SECRET_ACCESS_KEY = "imagebuilder-conformance"  # noqa: S105 - it opens nothing but the reference target
TEMPORARY_KEY_PREFIX = "imagebuilder-conformance-until-"
"""What the names of temporary keys begin with; the moment of their end follows, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key. The secret stays out of the representation, and so out of logs."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def __repr__(self) -> str:
        return f"Credentials(access_key_id={self.access_key_id!r})"


DUMMY_CREDENTIALS = Credentials(DUMMY_ACCESS_KEY_ID, DUMMY_SECRET_ACCESS_KEY)
DENIED_CREDENTIALS = Credentials("imagebuilder-conformance-denied", "imagebuilder-conformance-denied")
"""A caller whom the reference target knows, and who may not start anything."""
SESSION_CREDENTIALS = Credentials(
    "imagebuilder-conformance-session", "imagebuilder-conformance-session", "imagebuilder-conformance-token"
)
"""A caller who comes with a session token, as roles do."""
