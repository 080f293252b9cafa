"""What was measured of each client, `measured.json`: the page and the test of the tools read it."""

import json
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from .calling import Outcome, Situation

_FILE = Path(__file__).with_name("measured.json")


@dataclass(frozen=True)
class Seen:
    """What came of a situation.

    `token` is the first request's: `given`, `filled`, `absent`, or `stopped` where nothing was sent. `again` is what
    each further request has of the first: `token`, `body`, or `nothing`. `least_ms` is the shortest time between two.
    """

    sent: int
    token: str
    ok: bool
    error: str
    by: str
    ended: bool
    again: str = ""
    least_ms: int | None = None

    @classmethod
    def of(cls, situation: Situation, outcome: Outcome) -> "Seen":
        """The part of an outcome that is the same each time, but for the distance."""
        tokens, times = outcome.tokens, outcome.times
        bodies = {request.body for request in outcome.requests}
        again = ""
        if len(tokens) > 1:
            again = "body" if len(bodies) == 1 else "token" if len(set(tokens)) == 1 else "nothing"
        gaps = [later - earlier for earlier, later in pairwise(times)]
        return cls(
            len(tokens),
            _kind(situation.token, tokens),
            outcome.ok,
            outcome.error,
            outcome.by,
            outcome.ended,
            again,
            round(min(gaps) * 1000) if gaps else None,
        )


def _kind(given: str | None, sent: list[str | None]) -> str:
    if not sent:
        return "stopped"
    if sent[0] == given:
        return "given" if given is not None else "absent"
    return "filled"


@dataclass(frozen=True)
class Row:
    """A client's versions, the day on which it was measured, and what came of each situation by its name."""

    versions: dict[str, str]
    day: str
    seen: dict[str, Seen]


@dataclass(frozen=True)
class Measured:
    """The machine that measured last, and the rows by their clients' names."""

    system: str
    clients: dict[str, Row]


def read_measured() -> Measured:
    """What was measured; no row before the first time."""
    if not _FILE.exists():
        return Measured("", {})
    kept = json.loads(_FILE.read_text(encoding="utf-8"))
    rows = {
        name: Row(row["versions"], row["day"], {key: Seen(**seen) for key, seen in row["seen"].items()})
        for name, row in kept["clients"].items()
    }
    return Measured(kept["system"], rows)


def write_measured(measured: Measured) -> None:
    """Keep it."""
    _FILE.write_text(json.dumps(asdict(measured), indent=1) + "\n", encoding="utf-8")
