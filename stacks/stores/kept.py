"""The stores: each keeps a text by a token. `add` is what the store offers to keep one only if there is none.

It runs in an environment of its own, with the packages of `requirements.txt`; nothing of the suite is imported.
"""

import dbm.dumb
import hashlib
import os
import shelve
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class UnfitError(Exception):
    """A text that the store can't keep."""


class Store:
    """Keeps texts by tokens. A store without an `add` of its own is right only under a lock of the application's."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.lock = threading.Lock()

    def get(self, token: str) -> str | None:
        """What is kept by a token."""
        raise NotImplementedError

    def put(self, token: str, text: str) -> None:
        """Keep, whatever is there."""
        raise NotImplementedError

    def add(self, token: str, text: str) -> bool:
        """Keep if nothing is there; tells whether it was kept."""
        with self.lock:
            if self.get(token) is not None:
                return False
            self.put(token, text)
            return True


class Dict(Store):
    """A dict of this process."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.kept: Any = {}

    def get(self, token: str) -> str | None:
        found: str | None = self.kept.get(token)
        return found

    def put(self, token: str, text: str) -> None:
        self.kept[token] = text


class Sqlite(Store):
    """A table of SQLite, a connection for each use."""

    column = "TEXT"

    def __init__(self, place: str) -> None:
        super().__init__(place)
        with self.connected() as database:
            database.execute(f"CREATE TABLE IF NOT EXISTS kept (token {self.column} PRIMARY KEY, text TEXT)")

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(Path(self.place) / "kept.sqlite", timeout=30, isolation_level=None)
        try:
            yield database
        finally:
            database.close()

    def get(self, token: str) -> str | None:
        with self.connected() as database:
            row = database.execute("SELECT text FROM kept WHERE token = ?", [token]).fetchone()
            return row[0] if row else None

    def put(self, token: str, text: str) -> None:
        with self.connected() as database:
            database.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", [token, text])

    def add(self, token: str, text: str) -> bool:
        with self.connected() as database:
            return database.execute("INSERT OR IGNORE INTO kept VALUES (?, ?)", [token, text]).rowcount == 1


class SqliteNoCase(Sqlite):
    """A column declared COLLATE NOCASE."""

    column = "TEXT COLLATE NOCASE"


class SqliteRtrim(Sqlite):
    """A column declared COLLATE RTRIM."""

    column = "TEXT COLLATE RTRIM"


class Shelve(Store):
    """The standard library's shelve, opened for each use; it locks nothing by itself."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.using = threading.Lock()

    def _with(self, use: Callable[[Any], Any]) -> Any:
        with self.using, shelve.open(str(Path(self.place) / "shelf")) as shelf:
            return use(shelf)

    def get(self, token: str) -> str | None:
        found: str | None = self._with(lambda shelf: shelf.get(token))
        return found

    def put(self, token: str, text: str) -> None:
        self._with(lambda shelf: shelf.__setitem__(token, text))


class Dbm(Store):
    """The standard library's dbm.dumb, kept open."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.using = threading.Lock()
        self.file = dbm.dumb.open(str(Path(place) / "kept"), "c")

    def get(self, token: str) -> str | None:
        with self.using:
            found = self.file.get(token.encode())
        return found.decode() if found is not None else None

    def put(self, token: str, text: str) -> None:
        with self.using:
            self.file[token.encode()] = text.encode()


class Files(Store):
    """A file for each token, named by a hash of it."""

    def _path(self, token: str) -> Path:
        return Path(self.place) / hashlib.sha256(token.encode()).hexdigest()

    def get(self, token: str) -> str | None:
        try:
            return self._path(token).read_text()
        except FileNotFoundError:
            return None

    def put(self, token: str, text: str) -> None:
        self._path(token).write_text(text)

    def add(self, token: str, text: str) -> bool:
        # Written beside and linked, so that nobody reads half of it; a link fails where the name is taken.
        beside = self._path(token).with_suffix(f".{threading.get_ident()}")
        beside.write_text(text)
        try:
            os.link(beside, self._path(token))
        except FileExistsError:
            return False
        finally:
            beside.unlink()
        return True


class Lmdb(Store):
    """LMDB."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        import lmdb

        self.environment = lmdb.open(place, map_size=2**28, sync=False)

    def get(self, token: str) -> str | None:
        with self.environment.begin() as transaction:
            found = transaction.get(token.encode())
        return found.decode() if found is not None else None

    def put(self, token: str, text: str) -> None:
        with self.environment.begin(write=True) as transaction:
            transaction.put(token.encode(), text.encode())

    def add(self, token: str, text: str) -> bool:
        with self.environment.begin(write=True) as transaction:
            key = token.encode()
            return bool(transaction.put(key, text.encode(), overwrite=False))


class DiskCache(Store):
    """diskcache."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        import diskcache

        self.cache = diskcache.Cache(place)

    def get(self, token: str) -> str | None:
        found: str | None = self.cache.get(token)
        return found

    def put(self, token: str, text: str) -> None:
        self.cache.set(token, text)

    def add(self, token: str, text: str) -> bool:
        return bool(self.cache.add(token, text))


class SqliteDict(Dict):
    """sqlitedict."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        import sqlitedict

        self.kept = sqlitedict.SqliteDict(str(Path(place) / "kept.sqlite"), autocommit=True)


class TinyDb(Store):
    """TinyDB in a JSON file; it says itself that threads are the application's matter."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        import tinydb

        self.using, self.where = threading.Lock(), tinydb.where
        self.database = tinydb.TinyDB(Path(place) / "kept.json")

    def get(self, token: str) -> str | None:
        with self.using:
            found = self.database.get(self.where("token") == token)
        return found["text"] if found else None

    def put(self, token: str, text: str) -> None:
        with self.using:
            self.database.upsert({"token": token, "text": text}, self.where("token") == token)


class LevelDb(Store):
    """LevelDB by plyvel."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        import plyvel

        self.database = plyvel.DB(place, create_if_missing=True)

    def get(self, token: str) -> str | None:
        found = self.database.get(token.encode())
        return found.decode() if found is not None else None

    def put(self, token: str, text: str) -> None:
        self.database.put(token.encode(), text.encode())


class RocksDb(Dict):
    """RocksDB by rocksdict."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        import rocksdict

        self.kept = rocksdict.Rdict(str(Path(place) / "kept"))


class Lru(Dict):
    """cachetools' LRUCache with room for eight tokens."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        import cachetools

        self.kept = cachetools.LRUCache(maxsize=8)


class Ttl(Dict):
    """cachetools' TTLCache that keeps a token for a second."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        import cachetools

        self.kept = cachetools.TTLCache(maxsize=100_000, ttl=1.0)


STORES: dict[str, type[Store]] = {
    each.__name__.lower(): each
    for each in (
        *(Dict, Sqlite, SqliteNoCase, SqliteRtrim, Shelve, Dbm, Files, Lmdb, DiskCache, SqliteDict, TinyDb),
        *(LevelDb, RocksDb, Lru, Ttl),
    )
}
