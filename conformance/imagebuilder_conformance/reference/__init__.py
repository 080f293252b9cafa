"""The reference target: a server that keeps the contract, and its defects, which break it on purpose."""

from imagebuilder_conformance.reference.credentials import (
    DENIED_CREDENTIALS,
    DUMMY_ACCESS_KEY_ID,
    DUMMY_CREDENTIALS,
    DUMMY_SECRET_ACCESS_KEY,
    SESSION_CREDENTIALS,
    Credentials,
)
from imagebuilder_conformance.reference.settings import DEFAULT_PIPELINES, Settings

__all__ = [
    "DEFAULT_PIPELINES",
    "DENIED_CREDENTIALS",
    "DUMMY_ACCESS_KEY_ID",
    "DUMMY_CREDENTIALS",
    "DUMMY_SECRET_ACCESS_KEY",
    "SESSION_CREDENTIALS",
    "Credentials",
    "Settings",
]
