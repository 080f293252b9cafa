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
        self._archive = Archive(table())

    @property
    def archive(self) -> "Archive":
        """Every exchange that any table holds, and those that are kept by their ids alone."""
        return self._archive

    def exchanges(self) -> MutableMapping[str, Exchange]:
        """An empty table of exchanges."""
        return _Exchanges(self.table(), self._archive)


class Archive:
    """Exchanges by their ids."""

    def __init__(self, table: MutableMapping[str, Exchange]) -> None:
        self._table = table
        self._latest = ""

    def keep(self, exchange: Exchange) -> None:
        """Keep an exchange; several judges do so with the same one, one after the other."""
        if exchange.id != self._latest:
            self._latest = exchange.id
            self._table[exchange.id] = exchange

    def __getitem__(self, id_: str) -> Exchange:
        return self._table[id_]

    def get(self, id_: str, default: Exchange) -> Exchange:
        """The exchange of an id, or the default where it is not kept."""
        return self._table.get(id_, default)


class _Exchanges(MutableMapping[str, Exchange]):
    """Maps keys to exchanges by way of their ids."""

    def __init__(self, ids: MutableMapping[str, str], archive: Archive) -> None:
        self._ids = ids
        self._archive = archive

    def __getitem__(self, key: str) -> Exchange:
        return self._archive[self._ids[key]]

    def __setitem__(self, key: str, exchange: Exchange) -> None:
        self._archive.keep(exchange)
        self._ids[key] = exchange.id

    def get(self, key: str, default: Any = None) -> Any:
        """The exchange of a key, or the default."""
        id_ = self._ids.get(key)
        return default if id_ is None else self._archive[id_]

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The exchange of a key, which is set to the default where there is none."""
        id_ = self._ids.get(key)
        if id_ is None:
            self[key] = default
            return default
        return self._archive[id_]

    def __delitem__(self, key: str) -> None:
        # The archive keeps it: another table may hold it too.
        del self._ids[key]

    def __contains__(self, key: object) -> bool:
        return key in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)
