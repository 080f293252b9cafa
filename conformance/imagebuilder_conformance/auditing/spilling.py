"""Tables that leave the memory when they grow: up to a limit they are dicts, beyond it they are on disk.

The file is a temporary database of SQLite's: it has no name, belongs to this process, and is gone with it.
"""

import pickle
import sqlite3
import zlib
from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from imagebuilder_conformance.client.messages import Answer, Exchange

_LIMIT = 16 * 2**20
_PLAIN, _PACKED = b"p", b"z"
# Shorter values take longer to compress than to write.
_WORTH_IT = 800
_CACHE_KIB = 16 * 2**10


class Spill:
    """Makes tables that hold no more than `limit` bytes in memory, all together.

    Use it as a context manager; the tables end with it. Not safe for use by several threads at once.
    """

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._tables: list[_Table] = []
        self._size = 0
        self._database: sqlite3.Connection | None = None

    def table(self) -> MutableMapping[str, Any]:
        """An empty table. Its values are kept as they are when they are set: set them again when they change."""
        table = _Table(self, f"t{len(self._tables)}")
        self._tables.append(table)
        return table

    def database(self) -> sqlite3.Connection:
        """The database on disk, made when it is first needed."""
        if self._database is None:
            # Callers may take turns; they do not come at once.
            self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
                self._database.execute(f"PRAGMA {pragma}")
        return self._database

    def grown(self, size: int) -> None:
        """Take note that a table holds so many bytes more, and move all to the disk if that is too much."""
        self._size += size
        if self._size > self._limit:
            database = self.database()
            database.execute("BEGIN")
            for table in self._tables:
                table.flush(database)
            database.execute("COMMIT")
            self._size = 0

    def close(self) -> None:
        """Let go of everything."""
        if self._database is not None:
            self._database.close()
        self._tables.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class _Table(MutableMapping[str, Any]):
    """A table of a spill. What was set last is in `_recent`, the rest in the database."""

    def __init__(self, spill: Spill, name: str) -> None:
        self._spill = spill
        self._name = name
        self._recent: dict[bytes, bytes] = {}
        self._spilled = False
        # One exchange makes several judges ask for the same entry.
        self._last: tuple[str, Any] | None = None

    def __getitem__(self, key: str) -> Any:
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        packed = self._packed(_key(key))
        if packed is None:
            raise KeyError(key)
        self._last = key, _unpack(packed)
        return self._last[1]

    def __setitem__(self, key: str, value: Any) -> None:
        self._last = key, value
        name, packed = _key(key), _pack(value)
        before = self._recent.get(name)
        self._recent[name] = packed
        # About what the dict's own entry and the two objects cost beside their contents.
        self._spill.grown(len(packed) - len(before) if before is not None else len(name) + len(packed) + 200)

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        self._last = None
        self._recent.pop(_key(key), None)
        if self._spilled:
            self._execute("DELETE FROM {} WHERE key = ?", _key(key))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._packed(_key(key)) is not None

    def __iter__(self) -> Iterator[str]:
        names = list(self._recent)
        if self._spilled:
            names += [name for (name,) in self._execute("SELECT key FROM {}") if name not in self._recent]
        return (name.decode("utf-8", "surrogatepass") for name in names)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def flush(self, database: sqlite3.Connection) -> None:
        """Move what is in memory to the database, in the order of the keys: it is written page by page."""
        if not self._recent:
            return
        if not self._spilled:
            self._spilled = True
            self._execute("CREATE TABLE {} (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
        database.executemany(f"REPLACE INTO {self._name} VALUES (?, ?)", sorted(self._recent.items()))  # noqa: S608  # a name of our own
        self._recent.clear()

    def _packed(self, name: bytes) -> bytes | None:
        packed = self._recent.get(name)
        if packed is not None or not self._spilled:
            return packed
        row = self._execute("SELECT value FROM {} WHERE key = ?", name).fetchone()
        return None if row is None else row[0]

    def _execute(self, statement: str, *parameters: bytes) -> sqlite3.Cursor:
        return self._spill.database().execute(statement.format(self._name), parameters)


def _key(key: str) -> bytes:
    # Tokens may hold lone surrogates.
    return key.encode("utf-8", "surrogatepass")


def _pack(value: Any) -> bytes:
    pickled = pickle.dumps(_bare(value), pickle.HIGHEST_PROTOCOL)
    return _PLAIN + pickled if len(pickled) < _WORTH_IT else _PACKED + zlib.compress(pickled, 1)


def _unpack(packed: bytes) -> Any:
    pickled = zlib.decompress(packed[1:]) if packed[:1] == _PACKED else packed[1:]
    return pickle.loads(pickled)  # noqa: S301  # our own, from a file that no one else can open


def _bare(value: Any) -> Any:
    """An exchange without what its answers have worked out of their bytes meanwhile."""
    if not isinstance(value, Exchange):
        return value
    attempts = tuple(
        replace(attempt, answer=Answer(attempt.answer.status, attempt.answer.headers, attempt.answer.body))
        if attempt.answer
        else attempt
        for attempt in value.attempts
    )
    return replace(value, attempts=attempts)
