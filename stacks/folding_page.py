"""`docs/folding.md`: which pairs of tokens stores and languages take for one."""

import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from imagebuilder_strategies.pair_classes import PairClass

from .folding import FOLDS, REFUSES, Way

_HEAD = """\
# What stores fold

Tokens that differ are different tokens. Stores and languages compare texts in ways of their own, and a target that
keeps tokens in one may take two for one. This page measures which classes of pairs are taken for one by what, so that
a run asks the most telling ones first: [pairs.toml](../strategies/imagebuilder_strategies/pairs.toml) has the classes,
in the order of this table.

`python -m stacks.folding > docs/folding.md` measures and writes it. It is outside CI, as it starts Debian's
`mariadb-server` and `postgresql` as processes of its own, and what it measures changes with their versions only; the
ways of comparing are in [folding.toml](../stacks/folding.toml). Measured on {day}:
{versions}.

Not measured: MySQL 8 and its `utf8mb4_0900_ai_ci`, SQL Server, MongoDB, of which there is no Debian package; SQLite
with ICU, which Debian builds without. All of them but SQL Server take their weights from the tables of Unicode too,
as `utf8mb4_uca1400_ai_ci` and ICU do.

## The ways of comparing
"""
_CLASSES = """
## The classes

`folded` counts the ways above that take the pair for one, `refused` those that refuse one of its texts. A class is sent
by *every run* without a budget, or with `--thorough` only: where few ways fold it, or where whatever folds it folds
also what every run sends. A run under a budget sends one pair for each clause ([executions.md](executions.md)): another
case, a last character, a trailing blank, and a letter that NFKC makes an `e`.

| class | example | folded | refused | sent by | folded by |
| --- | --- | ---: | ---: | --- | --- |
"""


def page(classes: Sequence[PairClass], measured: Mapping[str, Sequence[tuple[Way, Sequence[str]]]]) -> str:
    """The page. `measured` has for each product its ways, each with what it says of every class."""
    return "".join(f"{line}\n" for line in _lines(classes, measured))


def _lines(classes: Sequence[PairClass], measured: Mapping[str, Sequence[tuple[Way, Sequence[str]]]]) -> Iterator[str]:
    yield _HEAD.format(day=datetime.now(UTC).date(), versions="; ".join(_versions())).rstrip("\n")
    for product, ways in measured.items():
        yield f"\n### {_TITLES[product]}\n"
        yield "| way | habit | takes for one |\n| --- | --- | --- |"
        for way, said in ways:
            folded = [each.id for each, word in zip(classes, said, strict=True) if word == FOLDS]
            yield f"| {_cell(f'`{way.name}`')} | {_cell(way.habit)} | {', '.join(folded) or 'none'} |"
    yield from _left(classes, measured)
    yield _CLASSES.rstrip("\n")
    for number, each in enumerate(classes):
        said = [words[number] for ways in measured.values() for _, words in ways]
        sent = "every run" if each.every_run else "`--thorough`"
        pair = each.pair("7" if each.is_number else "t")
        example = f"{_shown(pair.first)} {_shown(pair.second)}"
        counts = f"{said.count(FOLDS)} | {said.count(REFUSES) or ''}"
        yield f"| {each.id} | {example} | {counts} | {sent} | {_cell(each.folded_by)} |"


def _left(classes: Sequence[PairClass], measured: Mapping[str, Sequence[tuple[Way, Sequence[str]]]]) -> Iterator[str]:
    """What a thorough run alone finds, or nobody."""
    found: dict[str, list[str]] = {"every run": [], "a thorough run alone": [], "no run, as it takes none for one": []}
    every_run, thorough, none = found.values()
    for product, ways in measured.items():
        for way, said in ways:
            folded = [each for each, word in zip(classes, said, strict=True) if word == FOLDS]
            by_whom = every_run if any(each.every_run for each in folded) else thorough if folded else none
            by_whom.append(f"{_TITLES[product]} `{way.name}`")
    yield "\n## Who finds them\n"
    count = sum(map(len, found.values()))
    yield f"Of {count} ways of comparing {len(every_run)} are found by every run without a budget.\n"
    yield from (f"- By {whom}: {', '.join(ways) or 'nothing'}." for whom, ways in list(found.items())[1:])


_TITLES: Mapping[str, str] = {
    "sqlite": "SQLite",
    "mariadb": "MariaDB",
    "postgres": "PostgreSQL",
    "node": "Node.js",
    "python": "Python",
}


def _versions() -> Iterator[str]:
    yield f"SQLite {sqlite3.sqlite_version}"
    for command in (["mariadbd", "--version"], ["psql", "--version"], ["node", "--version"]):
        if shutil.which(command[0]):
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            version = next(word for word in told if word.lstrip("v")[0].isdigit())
            name = {"mariadbd": "MariaDB", "psql": "PostgreSQL", "node": "Node.js"}[command[0]]
            yield f"{name} {version.lstrip('v')}"
    yield f"Python {platform.python_version()}"


def _shown(token: str) -> str:
    """The token as code, with what is not seen as an escape."""
    seen = "".join(each if each.isprintable() and each.isascii() else _escaped(each) for each in token)
    return _cell(f"`{seen}`")


def _escaped(character: str) -> str:
    return character if character.isalpha() else character.encode("unicode_escape").decode()


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
