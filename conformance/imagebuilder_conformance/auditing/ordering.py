"""Exchanges in the order of their times, whatever the order in which recordings hold them."""

from collections.abc import Iterator

from imagebuilder_conformance.auditing.packing import pack, unpack
from imagebuilder_conformance.auditing.spilling import Spill
from imagebuilder_conformance.client.messages import Exchange

Sourced = tuple[str, Exchange]
"""An exchange after the name of its recording."""


class Sorter:
    """Takes exchanges in any order and gives them in that of their times; beyond `most` they wait on disk."""

    def __init__(self, spill: Spill, most: int = 1000) -> None:
        self._spill = spill
        self._most = most
        self._waiting: list[Sourced] = []
        self._spilled = False

    def add(self, source: str, exchange: Exchange) -> None:
        """Take one in."""
        self._waiting.append((source, exchange))
        if len(self._waiting) >= self._most:
            self._flush()

    def __iter__(self) -> Iterator[Sourced]:
        """All of them, by time; those of the same time as they came in."""
        if not self._spilled:
            yield from sorted(self._waiting, key=time_of)
            return
        self._flush()
        # Without it whole exchanges are sorted, and not their times.
        self._spill.database().execute("CREATE INDEX IF NOT EXISTS times ON sorted (at)")
        rows = self._spill.database().execute("SELECT source, value FROM sorted ORDER BY at, number")
        yield from ((source, unpack(value)) for source, value in rows)

    def _flush(self) -> None:
        database = self._spill.database()
        if not self._spilled:
            self._spilled = True
            database.execute("CREATE TABLE sorted (number INTEGER PRIMARY KEY, at REAL, source TEXT, value BLOB)")
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO sorted (at, source, value) VALUES (?, ?, ?)",
            [(exchange.started_at, source, pack(exchange)) for source, exchange in self._waiting],
        )
        database.execute("COMMIT")
        self._waiting.clear()


def time_of(sourced: Sourced) -> float:
    """When the first try was sent."""
    return sourced[1].started_at
