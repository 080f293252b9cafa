"""Tables that leave the memory when they grow: up to a limit they are dicts, beyond it they are on disk.

The file is a temporary database of SQLite's: it has no name, belongs to this process, and is gone with it.
"""

import sqlite3
from collections.abc import Iterable, Iterator, MutableMapping
from types import TracebackType
from typing import Any, Self

from imagebuilder_conformance.auditing.packing import key_bytes, pack, unpack

_LIMIT = 8 * 2**20
# Longer values are written apart from their keys.
_SHORT = 64
# Of each table so many entries stay as they are beside their bytes, as a token is often used again soon; but of those
# that take more bytes than this only the last.
_NEAR = 32
_BULKY = 2**15
# Bits of a filter, and what of a hash each of its two places takes.
_FILTER_BITS = 22
_FILTER_MASK = 2**_FILTER_BITS - 1
_CACHE_KIB = 8 * 2**10
_MISSING: Any = object()


class Spill:
    """Makes tables that hold no more than `limit` bytes in memory, all together.

    Use it as a context manager; the tables end with it. Not safe for use by several threads at once.
    """

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._tables: list[_Table] = []
        self._size = 0
        self._database: sqlite3.Connection | None = None
        self._long = 0

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
            self._database.execute("CREATE TABLE long (number INTEGER PRIMARY KEY, value BLOB)")
        return self._database

    def numbered(self, values: Iterable[bytes]) -> Iterator[bytes | int]:
        """What stands for values in a table: short ones themselves, the number of a row for each long one.

        The rows of long values are written one after the other. Beside the keys, which come in any order, they would
        spread these over so many pages that each new one had to be fetched from the disk.
        """
        values = list(values)
        first = self._long + 1
        long = [value for value in values if len(value) > _SHORT]
        self.database().executemany("INSERT INTO long VALUES (?, ?)", enumerate(long, start=first))
        self._long += len(long)
        numbers = iter(range(first, self._long + 1))
        return (next(numbers) if len(value) > _SHORT else value for value in values)

    def long(self, number: int) -> bytes:
        """The long value of a number."""
        value: bytes = self.database().execute("SELECT value FROM long WHERE number = ?", (number,)).fetchone()[0]
        return value

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
        self._recent: dict[str, bytes] = {}
        self._spilled: _Filter | None = None
        # Those that were asked for last, as they are: several judges ask for the same entry.
        self._near: dict[str, Any] = {}
        self._bulky = False

    def __getitem__(self, key: str) -> Any:
        value = self.get(key, _MISSING)
        if value is _MISSING:
            raise KeyError(key)
        return value

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default."""
        if key in self._near:
            return self._near[key]
        packed = self._packed(key)
        if packed is None:
            return default
        value = unpack(packed)
        self._keep_near(key, value, len(key) + len(packed))
        return value

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value of a key, which is set to the default where there is none."""
        value = self.get(key, _MISSING)
        if value is _MISSING:
            self[key] = value = default
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        packed = pack(value)
        before = self._recent.get(key)
        self._recent[key] = packed
        size = len(packed)
        self._keep_near(key, value, len(key) + size)
        # About what the dict's own entry and the two objects cost beside their contents.
        self._spill.grown(
            size - len(before) if before is not None else size + len(key) * (1 if key.isascii() else 4) + 200
        )

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        self._near.pop(key, None)
        self._recent.pop(key, None)
        if self._spilled:
            self._execute("DELETE FROM {} WHERE key = ?", key_bytes(key))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and (key in self._near or self._packed(key) is not None)

    def __iter__(self) -> Iterator[str]:
        keys = list(self._recent)
        if self._spilled:
            spilled = [name.decode("utf-8", "surrogatepass") for (name,) in self._execute("SELECT key FROM {}")]
            keys += [key for key in spilled if key not in self._recent]
        return iter(keys)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def flush(self, database: sqlite3.Connection) -> None:
        """Move what is in memory to the database, in the order of the keys: it is written page by page."""
        if not self._recent:
            return
        if self._spilled is None:
            self._spilled = _Filter()
            self._execute("CREATE TABLE {} (key BLOB PRIMARY KEY, value) WITHOUT ROWID")
        self._spilled.add(self._recent)
        # In the order of their bytes, which is that of the code points.
        keys = sorted(self._recent)
        rows = zip(map(key_bytes, keys), self._spill.numbered(map(self._recent.__getitem__, keys)), strict=True)
        database.executemany(f"REPLACE INTO {self._name} VALUES (?, ?)", rows)  # noqa: S608  # a name of our own
        self._recent.clear()

    def _keep_near(self, key: str, value: Any, size: int) -> None:
        if len(self._near) >= _NEAR or size > _BULKY or self._bulky:
            self._near.clear()
            self._bulky = size > _BULKY
        self._near[key] = value

    def _packed(self, key: str) -> bytes | None:
        packed = self._recent.get(key)
        if packed is not None or self._spilled is None or key not in self._spilled:
            return packed
        row = self._execute("SELECT value FROM {} WHERE key = ?", key_bytes(key)).fetchone()
        if row is None:
            return None
        return self._spill.long(row[0]) if isinstance(row[0], int) else row[0]

    def _execute(self, statement: str, *parameters: bytes) -> sqlite3.Cursor:
        return self._spill.database().execute(statement.format(self._name), parameters)


class _Filter:
    """Tells of most keys that are not on disk that they are not (a Bloom filter of half a mebibyte).

    A recording asks for each new token, image and request id before it sets it; each question to the disk costs more
    than all else that is done with the entry.
    """

    def __init__(self) -> None:
        self._bits = bytearray(2 ** (_FILTER_BITS - 3))

    def add(self, keys: Iterable[str]) -> None:
        bits = self._bits
        for key in keys:
            digest = hash(key)
            one, other = digest & _FILTER_MASK, (digest >> _FILTER_BITS) & _FILTER_MASK
            bits[one >> 3] |= 1 << (one & 7)
            bits[other >> 3] |= 1 << (other & 7)

    def __contains__(self, key: str) -> bool:
        digest, bits = hash(key), self._bits
        one, other = digest & _FILTER_MASK, (digest >> _FILTER_BITS) & _FILTER_MASK
        return bool(bits[one >> 3] >> (one & 7) & 1 and bits[other >> 3] >> (other & 7) & 1)
