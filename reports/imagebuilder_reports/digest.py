"""The digest of what a run judged: two reports with the same digest speak of the same clauses of the same contract."""

import hashlib
from collections.abc import Iterable

from imagebuilder_spec import Contract


def selection_digest(
    suite_version: str, contract: Contract, selected: Iterable[str], deselected: Iterable[str] = ()
) -> str:
    """The SHA-256, in hexadecimal, over suite version, contract, and what was judged.

    Args:
        suite_version: Which checks there are for which clauses.
        contract: The contract.
        selected: The ids of the selected clauses.
        deselected: The ids of their checks that were left out all the same.
    """
    parts = (suite_version, contract.digest, *sorted(selected), *(f"without {id_}" for id_ in sorted(deselected)))
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()
