"""Planting changes in a model, whatever its form."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from imagebuilder_conformance.drift.differences import Direction, Value

GONE = object()
"""In place of a value: what is there is taken out."""

Path = tuple[str | int, ...]
Edits = Mapping[Any, object]
"""What comes where, by the way to it: a tuple of keys and indices."""


@dataclass(frozen=True)
class Plant:
    """Edits of each form, by the way to what changes; `found` has the model's value and the direction by place."""

    name: str
    service_2: Edits
    smithy: Edits
    found: Mapping[str, tuple[Value, Direction]]


def doctored(document: Mapping[str, Any], edits: Edits) -> dict[str, Any]:
    """A copy of a model with the edits made. Whatever lies on the way must be there."""
    copy = deepcopy(dict(document))
    for path, value in edits.items():
        *way, last = path
        node: Any = copy
        for step in way:
            node = node[step]
        if value is GONE:
            del node[last]
        elif isinstance(node, list):
            node.insert(int(last), value)
        else:
            node[last] = value
    return copy
