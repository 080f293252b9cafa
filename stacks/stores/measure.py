"""Puts the operation on real token stores, runs the suite against each, and writes `docs/stores.md`.

    python -m stacks.stores.measure > docs/stores.md

What is measured is kept in `.tox/stores.json`, so that a measurement that is cut short goes on where it ended; without
that file all is measured anew. Names of stores on the command line limit it to them.

It is no part of CI: it takes uv, the packages of `requirements.txt` and Debian's `redis-server`, `memcached`,
`mariadb-server` and `postgresql`, each a process of this script on 127.0.0.1 or a socket in a temporary folder, and
some twenty minutes.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from imagebuilder_conformance import check_target
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import Verdict
from stacks.folding import mariadb, postgres, running
from stacks.stores.page import page
from tests.project.places import ROOT
from tests.support.command import wait_until
from tests.support.environments import python_environment
from tests.support.ports import free_port

HERE = Path(__file__).parent
_KEPT = ROOT / ".tox" / "stores.json"
RIGHT, NAIVE = "right", "naive"
# The stores, in the order of the page: those of the process and of files, then servers.
LOCAL = (
    *("dict", "sqlite", "sqlitenocase", "sqlitertrim", "shelve", "dbm", "files", "lmdb", "diskcache", "sqlitedict"),
    *("tinydb", "leveldb", "rocksdb", "lru", "ttl"),
)
SERVERS = ("redis", "memcached", "postgresql", "postgresqlchar", "mariadb", "mariadbdefault", "dynamodb", "s3")
# Right stores of five kinds, which must never be blamed.
OFTEN = ("dict", "sqlite", "lmdb", "redis", "postgresql")
_OFTEN_RUNS, _THOROUGH_RUNS = 20, 10
_LEAST = 7
_SIDE_BY_SIDE = 2


@dataclass
class Found:
    """What the suite said of a store in a use; `after` is the number of the exchange that showed the first failure."""

    store: str
    use: str
    broken: Sequence[str] = ()
    after: int | None = None
    least: Sequence[str] = ()
    thorough: int | None = None
    often: int | None = None
    sentence: str = ""


@contextmanager
def served(python: Path, store: str, use: str, place: str) -> Iterator[str]:
    """The URL of the operation on a store."""
    words = [str(python), str(HERE / "target.py"), store, use, place]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            if not url.startswith("http://"):
                raise RuntimeError(f"expected the operation on {store} to start, it did not")
            yield url
        finally:
            process.terminate()


def broken(report: Report) -> tuple[str, ...]:
    """The MUSTs that a report finds broken."""
    return tuple(clause.id for clause in report.clauses if clause.verdict is Verdict.FAILED)


def first_shown(report: Report) -> int | None:
    """The number of the exchange that completed the evidence of the first failure."""
    numbers = [
        # Of checks made side by side each thread counts its own.
        max(int(exchange.id.rpartition("x")[2]) for exchange in failure.exchanges)
        for failure in report.failures
        if failure.exchanges and failure.clause in broken(report)
    ]
    return min(numbers, default=None)


def measure(python: Path, store: str, use: str, place: Callable[[], str]) -> Found:
    """Run the suite against a store in a use, on a fresh place."""
    found = Found(store, use)
    with served(python, store, use, place()) as url:
        report = check_target(url, suites=["core"])
        found.broken, found.after = broken(report), first_shown(report)
        found.sentence = report.verdict_sentence
        found.least = broken(check_target(url, suites=["core"], max_executions=_LEAST))
        if use == NAIVE:
            runs = [check_target(url, clauses=["idempotency.concurrent"], thorough=True) for _ in range(_THOROUGH_RUNS)]
            found.thorough = sum(bool(broken(run)) for run in runs)
        elif store in OFTEN:
            found.often = sum(bool(broken(check_target(url, suites=["core"]))) for _ in range(_OFTEN_RUNS))
    print(f"{store} {use}: {found.sentence}", file=sys.stderr, flush=True)
    return found


@contextmanager
def servers(python: Path) -> Iterator[dict[str, Callable[[], str]]]:
    """Where each server listens; each use gets an empty one."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = folder / "redis.sock"
        stack.enter_context(running(["redis-server", "--port", "0", "--unixsocket", str(redis), "--save", ""]))
        memory = folder / "memcached.sock"
        stack.enter_context(running(["memcached", "-u", folder.owner(), "-s", str(memory)]))
        aws = free_port()
        stack.enter_context(running([str(python.parent / "moto_server"), "-p", str(aws)]))
        maria = stack.enter_context(mariadb(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        where, port = stack.enter_context(postgres(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        wait_until(lambda: redis.exists() and memory.exists(), "Redis and memcached to listen")

        def emptied(command: Sequence[str], place: str) -> Callable[[], str]:
            def place_for_one() -> str:
                subprocess.run(command, check=True, capture_output=True)
                return place

            return place_for_one

        flush = "import sys; from pymemcache.client.base import Client; Client(sys.argv[1]).flush_all()"
        sql = "DROP TABLE IF EXISTS kept"
        psql = ["psql", "-h", str(where), "-p", str(port), "-U", "tokens", "-d", "postgres", "-c", sql]
        maria_sql = f"CREATE DATABASE IF NOT EXISTS tokens; USE tokens; {sql}"
        mysql = ["mariadb", f"--socket={maria}", "--user=root", "-e", maria_sql]
        reset = [
            "curl",
            "-s",
            "--retry",
            "20",
            "--retry-connrefused",
            "-X",
            "POST",
            f"http://127.0.0.1:{aws}/moto-api/reset",
        ]
        yield {
            "redis": emptied(["redis-cli", "-s", str(redis), "flushall"], str(redis)),
            "memcached": emptied([str(python), "-c", flush, str(memory)], str(memory)),
            "postgresql": emptied(psql, f"{where}|{port}"),
            "postgresqlchar": emptied(psql, f"{where}|{port}"),
            "mariadb": emptied(mysql, str(maria)),
            "mariadbdefault": emptied(mysql, str(maria)),
            "dynamodb": emptied(reset, f"http://127.0.0.1:{aws}"),
            "s3": emptied(reset, f"http://127.0.0.1:{aws}"),
        }


def main() -> None:
    """Measure what is not measured yet, and print the page."""
    python = python_environment(HERE / "requirements.txt") / "python"
    results = _kept()
    chosen = [
        store for store in sys.argv[1:] or [*LOCAL, *SERVERS] if not {(store, RIGHT), (store, NAIVE)} <= results.keys()
    ]
    with ExitStack() as stack:
        folders = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places = stack.enter_context(servers(python)) if set(chosen) & set(SERVERS) else {}

        def local() -> str:
            return tempfile.mkdtemp(dir=folders)

        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            asked = [
                pool.submit(measure, python, store, use, local)
                for store in LOCAL
                if store in chosen
                for use in (RIGHT, NAIVE)
            ]
            for each in asked:
                _keep(each.result(), results)
        # One after the other: each use empties the server first.
        for store in SERVERS:
            if store in chosen:
                for use in (RIGHT, NAIVE):
                    _keep(measure(python, store, use, places[store]), results)
    order = [(store, use) for store in (*LOCAL, *SERVERS) for use in (RIGHT, NAIVE) if (store, use) in results]
    print(page({each: results[each] for each in order}, python), end="")


def _kept() -> dict[tuple[str, str], Found]:
    if not _KEPT.exists():
        return {}
    lines = _KEPT.read_text(encoding="utf-8").splitlines()
    return {(found.store, found.use): found for found in (Found(**json.loads(line)) for line in lines)}


def _keep(found: Found, results: dict[tuple[str, str], Found]) -> None:
    results[found.store, found.use] = found
    with _KEPT.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(found)) + "\n")


if __name__ == "__main__":
    main()
