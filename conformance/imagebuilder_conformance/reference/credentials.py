"""The credentials that the reference target knows, and that its clients use when they have none of their own."""

from dataclasses import dataclass

DUMMY_ACCESS_KEY_ID = "imagebuilder-conformance"
DUMMY_SECRET_ACCESS_KEY = "imagebuilder-conformance"  # noqa: S105 - it opens nothing but the reference target


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key. The secret stays out of the representation, and so out of logs."""

    access_key_id: str
    secret_access_key: str

    def __repr__(self) -> str:
        return f"Credentials(access_key_id={self.access_key_id!r})"


DUMMY_CREDENTIALS = Credentials(DUMMY_ACCESS_KEY_ID, DUMMY_SECRET_ACCESS_KEY)
