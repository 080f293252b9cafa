"""Reads `lengths.toml`: how long checks are."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_SHORT = 3


@cache
def lengths() -> Mapping[str, int]:
    """How many exchanges the longer checks take on a conformant target, by the id of the check."""
    listed: dict[str, int] = tomllib.loads((files(__package__ or "") / "lengths.toml").read_text(encoding="utf-8"))
    return listed


def length_of(check: str) -> int:
    """About how many exchanges a check takes on a conformant target."""
    return lengths().get(check, _SHORT)
