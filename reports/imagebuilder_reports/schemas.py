"""The published JSON Schemas (draft 2020-12) of the machine-readable files.

Each stands alone: what two of them share is written out in both, so that no reference leaves a file.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

_FOLDER = files("imagebuilder_reports") / "schemas"
_SUFFIX = ".schema.json"


@cache
def schema_names() -> tuple[str, ...]:
    """The names of the published schemas, such as `report`."""
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in _FOLDER.iterdir()))


def load_schema(name: str) -> dict[str, Any]:
    """The schema of a machine-readable file; `events` describes one line of `events.jsonl`.

    Raises:
        ValueError: `schema_names()` does not name it.
    """
    if name not in schema_names():
        raise ValueError(f"expected a published schema ({', '.join(schema_names())}), got {name!r}")
    loaded: dict[str, Any] = json.loads((_FOLDER / f"{name}{_SUFFIX}").read_text(encoding="utf-8"))
    return loaded
