"""Records as plain JSON values. `dataclasses.asdict` does the same, but copies what is plain already."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any


def plain(value: Any) -> Any:
    """A record as nested dicts, lists and scalars."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    kind: Any = type(value)
    return {name: plain(getattr(value, name)) for name in _names(kind)}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
