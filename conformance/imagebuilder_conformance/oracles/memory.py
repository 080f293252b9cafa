"""What passive checks remember of the exchanges that they have seen."""

from collections.abc import Callable, MutableMapping
from typing import Any

from imagebuilder_conformance.client.messages import Exchange

Table = Callable[[], MutableMapping[str, Any]]
"""Makes an empty mapping: `dict`, or one that keeps what it holds elsewhere than in memory."""


class Memory:
    """Makes the tables in which passive checks note what they must know later.

    A table grows with the distinct tokens, images and request ids, and never with replays. Where it is kept is up to
    `table`; the exchanges in it are the evidence of what may yet break.
    """

    def __init__(self, table: Table = dict) -> None:
        self._table = table

    def exchanges(self) -> MutableMapping[str, Exchange]:
        """An empty table of exchanges."""
        return self._table()

    def values(self) -> MutableMapping[str, Any]:
        """An empty table of anything else that can be pickled."""
        return self._table()
