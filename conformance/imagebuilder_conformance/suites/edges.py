"""Reads `edges.toml`: which of the enumerated edges every run sends."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import TypeVar

Value = TypeVar("Value")


@cache
def _labels() -> Mapping[str, frozenset[str]]:
    text = (files(__package__ or "") / "edges.toml").read_text(encoding="utf-8")
    return {group: frozenset(names) for group, names in tomllib.loads(text).items()}


def chosen(group: str, values: Iterable[Value], label: Callable[[Value], str]) -> list[Value]:
    """The values whose label a group of `edges.toml` names, in their own order.

    Raises `ValueError` where the group names a label that none of the values has, and `KeyError` for an unknown group.
    """
    by_label = {label(value): value for value in values}
    if unknown := _labels()[group] - by_label.keys():
        raise ValueError(f"edges.toml: {group} names what there is not: {', '.join(sorted(unknown))}")
    return [value for name, value in by_label.items() if name in _labels()[group]]


def wrong_types(prefix: str) -> frozenset[str]:
    """The labels of the wrong types that every run sends of a member; `prefix` is `token.type` or `arn.type`."""
    return frozenset(f"{prefix}.{kind}" for kind in _labels()["wrong_types"])
