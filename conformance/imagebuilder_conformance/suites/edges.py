"""Reads `edges.toml`: which of the enumerated edges every run sends."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import TypeVar

Value = TypeVar("Value")


@cache
def labels() -> Mapping[str, frozenset[str]]:
    """The labels of each group of `edges.toml`."""
    text = (files(__package__ or "") / "edges.toml").read_text(encoding="utf-8")
    return {group: frozenset(names) for group, names in tomllib.loads(text).items()}


def chosen(group: str, values: Iterable[Value], label: Callable[[Value], str]) -> list[Value]:
    """The values whose label the group names, in their own order. Raises `KeyError` for an unknown group."""
    wanted = labels()[group]
    return [value for value in values if label(value) in wanted]
