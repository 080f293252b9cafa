"""What passive checks remember of the exchanges that they have seen."""

from collections.abc import Callable, MutableMapping
from typing import Any

from imagebuilder_conformance.client.messages import Exchange

Table = Callable[[], MutableMapping[str, Any]]
"""Makes an empty mapping: `dict`, or one that keeps what it holds elsewhere than in memory."""


class Memory:
    """Makes the tables in which passive checks note what they must know later.

    Tables grow with the distinct tokens, images and request ids, and never with replays. Where they are kept is up to
    `table`. They hold what is compared, and the id of the exchange that it is of; that itself is in the archive,
    once for all tables, and is asked for when it is evidence.
    """

    def __init__(self, table: Table = dict) -> None:
        self.table = table
        self._archive = Archive(table())

    @property
    def archive(self) -> "Archive":
        """Every exchange that may become evidence, by its id."""
        return self._archive


class Archive:
    """Exchanges by their ids."""

    def __init__(self, table: MutableMapping[str, Exchange]) -> None:
        self._table = table
        self._latest = ""

    def keep(self, exchange: Exchange) -> str:
        """Keep an exchange, and tell its id; several judges do so with the same one, one after the other."""
        if exchange.id != self._latest:
            self._latest = exchange.id
            self._table[exchange.id] = exchange
        return exchange.id

    def __getitem__(self, id_: str) -> Exchange:
        return self._table[id_]

    def get(self, id_: str) -> Exchange | None:
        """The exchange of an id, or None where it is not kept."""
        return self._table.get(id_)
