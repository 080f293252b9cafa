"""The page of the stores."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacks.stores.measure import Found

_NAMES = {
    "dict": "a dict",
    "sqlite": "SQLite",
    "sqlitenocase": "SQLite, COLLATE NOCASE",
    "sqlitertrim": "SQLite, COLLATE RTRIM",
    "shelve": "shelve",
    "dbm": "dbm.dumb",
    "files": "files named by a hash",
    "lmdb": "LMDB",
    "diskcache": "diskcache",
    "sqlitedict": "sqlitedict",
    "tinydb": "TinyDB",
    "leveldb": "LevelDB (plyvel)",
    "rocksdb": "RocksDB (rocksdict)",
    "lru": "LRUCache of 8 (cachetools)",
    "ttl": "TTLCache of 1 s (cachetools)",
    "redis": "Redis",
    "memcached": "memcached",
    "postgresql": "PostgreSQL, text",
    "postgresqlchar": "PostgreSQL, char(36)",
    "mariadb": "MariaDB, VARBINARY",
    "mariadbdefault": "MariaDB, VARCHAR with its default collation",
    "dynamodb": "DynamoDB (moto)",
    "s3": "S3 (moto)",
}
_INTRODUCTION = """\
The operation with its tokens in real stores, and what the suite says of right and of naive use. The handler is that of
[examples/emulator](../examples/emulator); [stacks/stores](../stacks/stores) has the stores, about ten lines each. Right
use adds a token only if it is not there, by what the store offers for it, else under a lock of the application's. Naive
use looks a token up and puts it afterwards, so that requests at the same time may both find nothing.

`python -m stacks.stores.measure > docs/stores.md` measures and writes this page, outside CI. Measured on {today}, on a
shared machine with two cores: {versions}.
"""
_LEGEND = """\
*Found after* counts the exchanges until the evidence of the first failure was complete. *Races, thorough* says in how
many of ten runs of `idempotency.concurrent` with `--thorough` a naive use was found. What comparing folds is in
[folding.md](folding.md). A dict, and what else keeps all in this process without giving up the interpreter's lock
between the two steps, has no window that requests could meet in: naive use of it is right by CPython's grace.
"""
_VERSIONS: Mapping[str, tuple[str, ...]] = {
    "redis-server": ("redis-server", "--version"),
    "memcached": ("memcached", "--version"),
    "MariaDB": ("mariadbd", "--version"),
    "PostgreSQL": ("psql", "--version"),
}


def page(results: Mapping[tuple[str, str], "Found"], python: Path) -> str:
    """The page, with what was measured and in which versions."""
    return "\n".join(_lines(results, python)) + "\n"


def _lines(results: Mapping[tuple[str, str], "Found"], python: Path) -> Iterator[str]:
    yield "# Stores"
    yield ""
    yield _INTRODUCTION.format(today=datetime.now(UTC).date().isoformat(), versions=_versions(python))
    yield "| store | use | default run | found after | least budget | races, thorough |"
    yield "| --- | --- | --- | ---: | --- | ---: |"
    for found in results.values():
        thorough = "" if found.thorough is None else f"{found.thorough} of 10"
        after = "" if found.after is None else f"{found.after} exchanges"
        cells = (_NAMES[found.store], found.use, _said(found.broken), after, _said(found.least), thorough)
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield _LEGEND
    often = [found for found in results.values() if found.often is not None]
    if often:
        blamed = sum(found.often or 0 for found in often)
        names = ", ".join(_NAMES[found.store] for found in often)
        yield "## Never blamed"
        yield ""
        yield f"Twenty default runs on each of these right stores blamed {blamed or 'none'}: {names}."


def _said(broken: Sequence[str]) -> str:
    if not broken:
        return "conformant"
    shown = ", ".join(f"`{clause}`" for clause in broken[:3])
    return f"**broken**: {shown}{f' and {len(broken) - 3} more' if len(broken) > 3 else ''}"


def _versions(python: Path) -> str:
    listed = subprocess.run(
        ["uv", "pip", "list", "--python", python, "--format", "freeze"], capture_output=True, text=True, check=True
    ).stdout.split()
    wanted = {"boto3", "cachetools", "diskcache", "lmdb", "moto", "plyvel", "psycopg", "pymemcache", "pymysql"}
    wanted |= {"redis", "rocksdict", "sqlitedict", "tinydb"}
    packages = [each.replace("==", " ") for each in listed if each.split("==")[0].lower() in wanted]
    programs = []
    for name, command in _VERSIONS.items():
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        programs.append(f"{name} ({' '.join(said.split()[:6])})")
    return ", ".join([*programs, *packages])
