"""The answers and the clients of `framing.toml`, read and checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from clients.table import Client
from tests.support.scripted import Action, Garbage, Kept, Received, Reply, Script

_FILE = Path(__file__).with_name("framing.toml")
BODY = b'{"a": 1}'
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# The end of the path by which the next answer is asked for.
AGAIN = "/again"


@dataclass(frozen=True, kw_only=True)
class Case:
    """An answer by its bytes; the file's head says what its members mean."""

    name: str
    answer: bytes
    breaks: str = ""
    reads: str = BODY.decode()
    keeps: bool = False
    later: bytes = b""
    lenient: str = ""

    @property
    def path(self) -> str:
        """Where it is asked for."""
        return "/" + quote(self.name, safe="")

    @property
    def action(self) -> Action:
        """What the server does for it."""
        return Kept(self.answer, self.later) if self.keeps else Garbage(self.answer)


@dataclass(frozen=True)
class Reader:
    """A client, and whether an SDK for AWS stands on it."""

    client: Client
    sdk: bool


def read_cases() -> tuple[Case, ...]:
    """The answers, in the order of the file.

    Raises:
        TypeError: An entry has a member that nobody knows.
        ValueError: Two have one name.
    """
    cases = tuple(_case(entry) for entry in _read()["case"])
    if len({case.name for case in cases}) < len(cases):
        raise ValueError("framing.toml: expected cases with names that differ")
    return cases


def read_clients() -> tuple[Reader, ...]:
    """The clients, in the order of the file."""
    return tuple(
        Reader(Client(**{**entry, "start": tuple(entry["start"]), "packages": tuple(entry["packages"])}), sdk)
        for entry in _read()["client"]
        for sdk in [entry.pop("sdk")]
    )


def answering(cases: tuple[Case, ...]) -> Script:
    """Answers each case at its path and below, and in order at the paths of what is asked again."""
    actions = {case.name: case.action for case in cases}

    def answer(request: Received) -> Action:
        if request.path.endswith(AGAIN):
            return Reply(200, BODY)
        return actions[unquote(request.path.split("/")[1])]

    return answer


def _read() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _case(entry: Mapping[str, Any]) -> Case:
    lines, length = entry.get("filling", (0, 0))
    filling = b"".join(b"X-%d: %s\r\n" % (number, b"a" * (length - 6)) for number in range(lines))
    members = {key: value for key, value in entry.items() if key != "filling"}
    for name in members.keys() & {"answer", "later"}:
        written = members[name].encode("latin-1")
        members[name] = written.replace(b"<head>", _HEAD).replace(b"<body>", BODY).replace(b"<filling>", filling)
    return Case(**members)
