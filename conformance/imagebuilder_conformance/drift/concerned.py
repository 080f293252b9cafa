"""Which clauses rest on a place of the model, as `places.toml` has it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from imagebuilder_conformance.configuration.selection import in_prefix
from imagebuilder_spec import Contract


@cache
def clauses_by_place() -> Mapping[str, tuple[str, ...]]:
    """The ids or prefixes of the clauses of each place."""
    text = (files(__package__ or "") / "places.toml").read_text(encoding="utf-8")
    return {place: tuple(prefixes) for place, prefixes in tomllib.loads(text).items()}


def concerned(contract: Contract, place: str) -> tuple[str, ...]:
    """The clauses of a revision that rest on a place such as `request.clientToken.maxLength`, in their own order."""
    others = f"{place.rpartition('.')[0]}.*"
    return _below(contract, clauses_by_place().get(place, ())) or _below(contract, clauses_by_place().get(others, ()))


def _below(contract: Contract, prefixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(id_ for id_ in contract.clauses if any(in_prefix(id_, prefix) for prefix in prefixes))
