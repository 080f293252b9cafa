"""Measures which pairs of tokens real stores and languages take for one, and writes `docs/folding.md`.

    python -m stacks.folding > docs/folding.md

The stores are Debian's `mariadb-server` and `postgresql`, each a process of this script on 127.0.0.1 in a temporary
folder, and the SQLite of this Python; the languages are this Python and `node`. It is no part of CI: it takes those
packages, and what it measures changes with their versions only. The pairs are those of the suite
(`imagebuilder_strategies/pairs.toml`), the ways of comparing are in `folding.toml`.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from imagebuilder_strategies import NearMiss
from imagebuilder_strategies.pair_classes import pair_classes
from tests.support.command import wait_until
from tests.support.ports import free_port

FOLDS, APART, REFUSES = "folds", "apart", "refuses"
_BASE, _NUMBER = "qhzrnwvabcde", "700300000000007"
_PYTHON = """
import fnmatch, html, json, os.path, pathlib, re, sys, unicodedata, urllib.parse
def number(read, text):
    try: return read(text)
    except ValueError: return text
def lines(text): return re.sub("\\r\\n?", "\\n", text)
same = eval("lambda first, second: " + sys.argv[1])
print(json.dumps([same(*pair) for pair in json.load(sys.stdin)]))
"""
_NODE = """
const path = require('node:path'), fs = require('node:fs')
const decode = text => { try { return decodeURIComponent(text) } catch { return text } }
const same = new Function('first', 'second', 'path', 'decode', 'return ' + process.argv[1])
console.log(JSON.stringify(JSON.parse(fs.readFileSync(0)).map(([a, b]) => same(a, b, path, decode))))
"""


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way of comparing two texts: `test` is an expression of the product's language."""

    product: str
    name: str
    test: str
    habit: str
    setup: str = ""
    column: str = ""


def ways() -> list[Way]:
    """The ways of `folding.toml`, in its order."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return [Way(**row) for row in tomllib.loads(text)["way"]]


def pairs() -> list[NearMiss]:
    """One pair of tokens of each class."""
    return [each.pair(_NUMBER if each.is_number else _BASE) for each in pair_classes()]


# How each product is asked: what it says of every pair, in their order.


def sqlite_says(way: Way, asked: Sequence[NearMiss]) -> Iterator[str]:
    """By a table with one row, so that the type of its column counts too."""
    for pair in asked:
        with closing(sqlite3.connect(":memory:")) as database:
            if way.column:
                database.execute(f"CREATE TABLE tokens (token {way.column})")
                database.execute("INSERT INTO tokens VALUES (?)", [pair.first])
                found = database.execute("SELECT count(*) FROM tokens WHERE token = ?", [pair.second])
            else:
                asked_for = "SELECT " + way.test.format(first="?1", second="?2")
                found = database.execute(asked_for, [pair.first, pair.second])
            yield FOLDS if found.fetchone()[0] else APART


def mariadb_says(socket: Path, way: Way, asked: Sequence[NearMiss]) -> list[str]:
    """By one statement for each pair, the texts as bytes in hexadecimal."""
    text = "CONVERT(x'{}' USING utf8mb4)"
    statements = [f"SELECT {way.test.format(**_texts(pair, text))};" for pair in asked]
    command = ["mariadb", f"--socket={socket}", "--user=root", "--skip-column-names", "--batch", "--force"]
    return _answers(command, statements, {"1": FOLDS, "0": APART})


def postgres_says(folder: Path, port: int, way: Way, asked: Sequence[NearMiss]) -> list[str]:
    """By one statement for each pair, the texts as bytes in hexadecimal."""
    text = "convert_from('\\x{}', 'UTF8')"
    statements = [f"SELECT {way.test.format(**_texts(pair, text))};" for pair in asked]
    command = ["psql", "-h", str(folder), "-p", str(port), "-U", "tokens", "-d", "postgres", "-qAtX"]
    if way.setup:
        subprocess.run([*command, "-c", way.setup], check=True)
    return _answers(command, statements, {"t": FOLDS, "f": APART})


def language_says(command: Sequence[str], way: Way, asked: Sequence[NearMiss]) -> list[str]:
    """By a program that evaluates the expression for all of them."""
    given = json.dumps([(pair.first, pair.second) for pair in asked])
    test = way.test.replace("{{", "{").replace("}}", "}")
    done = subprocess.run([*command, test], input=given, capture_output=True, text=True, check=True)
    return [FOLDS if same else APART for same in json.loads(done.stdout)]


def _texts(pair: NearMiss, form: str) -> dict[str, str]:
    return {side: form.format(getattr(pair, side).encode().hex()) for side in ("first", "second")}


def _answers(command: Sequence[str], statements: Sequence[str], meaning: Mapping[str, str]) -> list[str]:
    """One answer for each statement; a statement that fails is a text that the store refuses."""
    answers = []
    marked = [line for number, each in enumerate(statements) for line in (f"SELECT 'pair {number}';", each)]
    done = subprocess.run(command, input="\n".join(marked), capture_output=True, text=True, check=False)
    for part in done.stdout.split("pair ")[1:]:
        answer = part.split("\n")[1]
        answers.append(meaning.get(answer, REFUSES))
    if len(answers) != len(statements):
        raise RuntimeError(f"expected {len(statements)} answers, got {len(answers)}: {done.stderr[:400]}")
    return answers


# The servers


@contextmanager
def mariadb(folder: Path) -> Iterator[Path]:
    """A MariaDB without network; gives its socket."""
    data, socket = folder / "data", folder / "socket"
    user = f"--user={Path(folder).owner()}"
    install = ["mariadb-install-db", "--no-defaults", user, f"--datadir={data}"]
    install += ["--auth-root-authentication-method=normal"]
    subprocess.run(install, check=True, capture_output=True)
    start = ["mariadbd", "--no-defaults", user, f"--datadir={data}", f"--socket={socket}", "--skip-networking"]
    with running(start):
        wait_until(socket.exists, "MariaDB to listen")
        yield socket


@contextmanager
def postgres(folder: Path) -> Iterator[tuple[Path, int]]:
    """A PostgreSQL with a socket in the folder; gives the folder and the port that names the socket.

    It does not run as root, so where this script does, it is started as the user whom Debian's package makes.
    """
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    as_whom: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_whom = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data, port = folder / "data", free_port()
    install = [
        str(programs / "initdb"),
        "-D",
        str(data),
        "-U",
        "tokens",
        "-A",
        "trust",
        "--locale=C.UTF-8",
        "-E",
        "UTF8",
    ]
    subprocess.run([*as_whom, *install], check=True, capture_output=True, cwd=folder)
    start = [programs / "postgres", "-D", data, "-k", folder, "-p", port, "-h", ""]
    with running([*as_whom, *map(str, start)], cwd=folder):
        wait_until((folder / f".s.PGSQL.{port}").exists, "PostgreSQL to listen")
        ready = ["pg_isready", "-h", str(folder), "-p", str(port)]
        wait_until(lambda: not subprocess.run(ready, check=False, capture_output=True).returncode, "PostgreSQL")
        yield folder, port


@contextmanager
def running(command: Sequence[str], cwd: Path | None = None) -> Iterator[None]:
    """A server, until it is needed no longer."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cwd) as process:
        try:
            yield
        finally:
            process.terminate()


def measure() -> dict[str, list[tuple[Way, list[str]]]]:
    """What each way of each product says of every pair."""
    asked = pairs()
    found: dict[str, list[tuple[Way, list[str]]]] = {}
    with ExitStack() as running:
        socket = running.enter_context(mariadb(Path(running.enter_context(tempfile.TemporaryDirectory()))))
        folder, port = running.enter_context(postgres(Path(running.enter_context(tempfile.TemporaryDirectory()))))
        ask: dict[str, Callable[[Way], list[str]]] = {
            "sqlite": lambda way: list(sqlite_says(way, asked)),
            "mariadb": lambda way: mariadb_says(socket, way, asked),
            "postgres": lambda way: postgres_says(folder, port, way, asked),
            "node": lambda way: language_says(["node", "-e", _NODE, "--"], way, asked),
            "python": lambda way: language_says([sys.executable, "-c", _PYTHON], way, asked),
        }
        for product, say in ask.items():
            found[product] = [(way, say(way)) for way in ways() if way.product == product]
    return found


if __name__ == "__main__":
    # Not above: the page knows the ways.
    from .folding_page import page

    sys.stdout.write(page(pair_classes(), measure()))
