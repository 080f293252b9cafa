"""The text of a baseline: entries to paste, and the file without some of its entries; all else stays as it was."""

import json
from collections.abc import Collection
from datetime import date

from imagebuilder_reports.baseline import HEADER, Baseline, Entry, Known, divergence_of
from imagebuilder_reports.events import SCHEMA_VERSION
from imagebuilder_reports.overview import Broken

_UNSAID = "why this is known, and where it is tracked"
_HEAD = f"""\
# Known failures. A failure that differs from its entry in any way is news, and so is an entry that no longer fails.
schema_version = {SCHEMA_VERSION}
"""


def empty_baseline(source: str) -> Baseline:
    """A baseline without entries, to be written to `source`."""
    return Baseline(source, _HEAD, ())


def paste_entry(broken: Broken, today: date, *, instead_of: Known | None = None) -> str:
    """The entry of a failure, ready to paste; of an entry that it replaces it keeps the reason and the first day."""
    seen = divergence_of(broken)
    members = {
        "clause": seen.clause,
        "check": seen.check,
        "failure": seen.failure,
        "status": seen.status,
        "error": seen.error,
        "reason": instead_of.reason if instead_of else _UNSAID,
        "first_seen": instead_of.first_seen if instead_of else today,
    }
    lines = [f"{name} = {_toml(value)}" for name, value in members.items() if value is not None]
    return "\n".join([HEADER, *lines]) + "\n"


def without(baseline: Baseline, entries: Collection[Entry]) -> str:
    """The text without these entries and the comments right above them."""
    gone = {line for entry in entries for line in range(entry.first, entry.last + 1)}
    lines = enumerate(baseline.text.splitlines(), start=1)
    kept: list[str] = []
    for number, line in lines:
        # What parted an entry that is gone from the next one parts nothing any more.
        if number not in gone and (line.strip() or (kept and kept[-1].strip())):
            kept.append(line)
    return "\n".join(kept).rstrip() + "\n"


def _toml(value: str | int | date) -> str:
    """A value of TOML. Strings are printable by now, and of those JSON's plain ones are TOML's, too."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
