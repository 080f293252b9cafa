"""What passive checks remember of the exchanges that they have seen."""

from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

from imagebuilder_conformance.client.messages import Exchange

Table = Callable[[], MutableMapping[str, Any]]
"""Makes an empty mapping: `dict`, or one that keeps what it holds elsewhere than in memory."""


class Memory:
    """Makes the tables in which passive checks note what they must know later.

    Tables grow with the distinct tokens, images and request ids, and never with replays. Where they are kept is up to
    `table`. An exchange that several of them hold is kept once, by its id.
    """

    def __init__(self, table: Table = dict) -> None:
        self.table = table
        self._archive: MutableMapping[str, Exchange] = table()

    def exchanges(self) -> MutableMapping[str, Exchange]:
        """An empty table of exchanges."""
        return _Exchanges(self.table(), self._archive)


class _Exchanges(MutableMapping[str, Exchange]):
    """Maps keys to exchanges by way of their ids."""

    def __init__(self, ids: MutableMapping[str, str], archive: MutableMapping[str, Exchange]) -> None:
        self._ids = ids
        self._archive = archive

    def __getitem__(self, key: str) -> Exchange:
        return self._archive[self._ids[key]]

    def __setitem__(self, key: str, exchange: Exchange) -> None:
        if exchange.id not in self._archive:
            self._archive[exchange.id] = exchange
        self._ids[key] = exchange.id

    def __delitem__(self, key: str) -> None:
        # The archive keeps it: another table may hold it too.
        del self._ids[key]

    def __contains__(self, key: object) -> bool:
        return key in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)
