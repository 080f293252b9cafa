"""The digest of what a run judged: two reports with the same digest speak of the same clauses of the same contract."""

import hashlib
from collections.abc import Iterable

from imagebuilder_spec import Contract


def selection_digest(suite_version: str, contract: Contract, selected: Iterable[str]) -> str:
    """The SHA-256, in hexadecimal, over suite version, contract, and the ids of the selected clauses."""
    parts = (suite_version, contract.digest, *sorted(selected))
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()
