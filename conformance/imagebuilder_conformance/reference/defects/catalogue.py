"""The catalogue: every defect and every variation, by name."""

import difflib
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TypeVar

from imagebuilder_conformance.reference.defects.registry import DEFECTS, VARIATIONS, Defect, Entry, Variation

# The modules that hold them, in the order in which they are listed; the first part of each name is its area.
_MODULES = (
    "tokens",
    "equality",
    "folding",
    "arns.members",
    "arns.lenient",
    "arns.strict",
    "tags",
    "tag_equality",
    "bodies.syntax",
    "bodies.disputed",
    "bodies.members",
    "bodies.sizes",
    "bodies.spellings",
    "idempotency.replays",
    "idempotency.memory",
    "idempotency.mismatches",
    "idempotency.leftovers",
    "concurrency",
    "responses",
    "identifiers",
    "errors",
    "refusals",
    "wire",
    "framing",
    "forms",
    "signatures",
    "denial",
    "throttling",
    "sdk",
    "faults",
    "account",
    "load",
)
AREAS = tuple(dict.fromkeys(module.partition(".")[0] for module in _MODULES))

VARIATIONS_IN = (
    "variations.errors",
    "variations.answers",
    "variations.requests",
    "variations.stacks",
    "variations.faults",
    "variations.tags",
    "variations.account",
)

_Entry = TypeVar("_Entry", bound=Entry)


class UnknownNameError(LookupError):
    """No defect or variation has this name; the message names those that are near."""


def defects() -> Mapping[str, Defect]:
    """Every defect that a run must find, by name, area by area."""
    return _defects(load_only=False)


def load_defects() -> Mapping[str, Defect]:
    """Every defect that shows under load only, and that a soak must find, by name."""
    return _defects(load_only=True)


def _defects(*, load_only: bool) -> Mapping[str, Defect]:
    _load()
    chosen = ((name, each) for name, each in DEFECTS.items() if each.load_only is load_only)
    return MappingProxyType(dict(sorted(chosen, key=lambda item: AREAS.index(item[1].area))))


def variations() -> Mapping[str, Variation]:
    """Every conformant variation by name."""
    _load()
    return MappingProxyType(VARIATIONS)


def find_defect(name: str) -> Defect:
    """The defect of this name.

    Raises:
        UnknownNameError: if there is none.
    """
    return _find("defect", {**defects(), **load_defects()}, name)


def find_variation(name: str) -> Variation:
    """The variation of this name.

    Raises:
        UnknownNameError: if there is none.
    """
    return _find("variation", variations(), name)


@cache
def _load() -> None:
    package = __name__.rsplit(".", 1)[0]
    for module in (*_MODULES, *VARIATIONS_IN):
        import_module(f"{package}.{module}")


def _find(kind: str, entries: Mapping[str, _Entry], name: str) -> _Entry:
    if name in entries:
        return entries[name]
    near = difflib.get_close_matches(name, entries, n=3, cutoff=0.5) or [n for n in entries if name and name in n][:3]
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {len(entries)}, such as {next(iter(entries))}."
    raise UnknownNameError(f"There is no {kind} named {name!r}; {hint}")
