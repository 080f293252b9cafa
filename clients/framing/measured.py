"""What each client read of each answer, `measured.json`: the page is made of it, and a test holds the clauses to it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .cases import BODY, Case

_FILE = Path(__file__).with_name("measured.json")
READ, OTHERWISE = "", "reads something else"
# Before what became of the next answer on the connection.
NEXT = "next: "


def outcome(case: Case, said: Sequence[Sequence[str | int]]) -> str:
    """What a client made of an answer, and of the one behind it: empty if it read both, else the error's name."""
    first, *again = said
    found = [_one(first, case.reads), *(_one(each, BODY.decode()) for each in again)]
    return found[0] or (NEXT + found[-1] if found[-1] else READ)


def _one(said: Sequence[str | int], reads: str) -> str:
    """A driver says a status and a body, or an error."""
    if len(said) == 1:
        return str(said[0])
    return READ if said[1] == reads else OTHERWISE


@dataclass(frozen=True)
class Row:
    """A client's versions, and what it made of each answer, by the answers' names."""

    versions: dict[str, str]
    outcomes: dict[str, str]


@dataclass(frozen=True)
class Measured:
    """When and on which machine, and the rows by their clients' names."""

    day: str
    system: str
    clients: dict[str, Row]


def read_measured() -> Measured:
    """What was measured."""
    kept = json.loads(_FILE.read_text(encoding="utf-8"))
    rows = {name: Row(**row) for name, row in kept["clients"].items()}
    return Measured(kept["day"], kept["system"], rows)


def write_measured(measured: Measured) -> None:
    """Keep it."""
    _FILE.write_text(json.dumps(asdict(measured), indent=1) + "\n", encoding="utf-8")
