"""Records as plain JSON values. `dataclasses.asdict` does the same, but copies what is plain already."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any

import msgspec

_SCALARS = frozenset({str, int, float, bool, type(None)})
# An enumeration's members are strings of a kind of their own.
_SCALAR_BASES = (str, int, float)


def plain(value: Any) -> Any:
    """A record as nested dicts, lists and scalars."""
    # The common ones first, by what takes least: a run does this for every exchange.
    kind: Any = type(value)
    if kind in _SCALARS:
        return value
    if kind is tuple or kind is list:
        return [plain(each) for each in value]
    if isinstance(value, _SCALAR_BASES):
        return value
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    return {name: plain(getattr(value, name)) for name in members_of(kind)}


@cache
def members_of(kind: Any) -> Mapping[str, bool]:
    """The members of a class of records, and whether each must be there."""
    if issubclass(kind, msgspec.Struct):
        return {each.name: each.required for each in msgspec.structs.fields(kind)}
    return {each.name: each.default is MISSING and each.default_factory is MISSING for each in fields(kind)}
