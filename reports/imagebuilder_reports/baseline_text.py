"""The text of a baseline: entries to paste, and the file without some of its entries; all else stays as it was."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from imagebuilder_reports.baseline import (
    CONSEQUENCE_HEADER,
    HEADER,
    UNSAID,
    Baseline,
    Entry,
    Known,
    Origin,
    divergence_of,
)
from imagebuilder_reports.events import SCHEMA_VERSION
from imagebuilder_reports.legible import printable, shown_in_line
from imagebuilder_reports.model import ClauseReport
from imagebuilder_reports.overview import Broken

_HEAD = f"""\
# Known failures. A failure that differs from its entry in any way is news, and so is an entry that no longer fails.
schema_version = {SCHEMA_VERSION}
"""
_VERSION_LINE = re.compile(r"^[^\S\n]*schema_version[^\S\n]*=[^\n]*\n?", re.MULTILINE)
_ORIGIN_LINE = re.compile(r"^[^\S\n]*report[^\S\n]*=[^\r\n]*", re.MULTILINE)


def empty_baseline(source: str) -> Baseline:
    """A baseline without entries, to be written to `source`."""
    return Baseline(source, _HEAD, ())


def paste_entry(broken: Broken, today: date, *, instead_of: Known | None = None, reason: str = UNSAID) -> str:
    """The entry of a failure, ready to paste; of an entry that it replaces it keeps the reason and the first day."""
    seen = divergence_of(broken)
    members = {
        "clause": seen.clause,
        "check": seen.check,
        "failure": seen.failure,
        "status": seen.status,
        "error": seen.error,
        "reason": instead_of.reason if instead_of else reason,
        "first_seen": instead_of.first_seen if instead_of else today,
    }
    return _entry(HEADER, members)


def paste_consequence(clause: ClauseReport, today: date) -> str:
    """The entry of a clause that a known failure keeps from being judged, ready to paste."""
    members: dict[str, str | int | date | None] = {
        "clause": clause.id,
        "verdict": clause.verdict,
        # As text of one line that a file can hold.
        "reason": shown_in_line(clause.reason or clause.verdict),
        "first_seen": today,
    }
    return _entry(CONSEQUENCE_HEADER, members)


def without(baseline: Baseline, entries: Collection[Entry]) -> str:
    """The text without these entries, the comments right above them, and the blank lines right below."""
    lines = baseline.text.split("\n")
    gone = {index for entry in entries for index in range(entry.first - 1, _end(entry, lines))}
    if not gone:
        return baseline.text
    kept = [line for index, line in enumerate(lines) if index not in gone]
    if len(lines) - 1 in gone:
        # What parted the last entry from the one before parts nothing any more.
        while kept and not kept[-1].strip():
            kept.pop()
        kept.append("")
    return "\n".join(kept)


def with_entries(text: str, pasted: Sequence[str]) -> str:
    """The text with further entries at its end, its line ends kept."""
    end = "\r\n" if "\r\n" in text else "\n"
    whole = text if not pasted or text.endswith("\n") else text + end
    return whole + "".join(f"{end}{entry.replace(chr(10), end)}" for entry in pasted)


def with_origin(text: str, origin: Origin) -> str:
    """The text with the line that says what it was updated from, below the version of the schema."""
    members = {"suite": origin.suite, "contract": origin.contract, "digest": origin.digest}
    line = f"report = {{ {', '.join(f'{name} = {_toml(value)}' for name, value in members.items())} }}"
    if _ORIGIN_LINE.search(text):
        return _ORIGIN_LINE.sub(lambda _: line, text, count=1)
    end = "\r\n" if "\r\n" in text else "\n"
    return _VERSION_LINE.sub(lambda found: f"{found[0].rstrip()}{end}{line}{end}", text, count=1)


def _end(entry: Entry, lines: Sequence[str]) -> int:
    end = entry.last
    while end < len(lines) and not lines[end].strip():
        end += 1
    return end


def _entry(header: str, members: Mapping[str, str | int | date | None]) -> str:
    lines = [f"{name} = {_toml(value)}" for name, value in members.items() if value is not None]
    return "\n".join([header, *lines]) + "\n"


def _toml(value: str | int | date) -> str:
    """A value of TOML. Of strings that are printable JSON's are TOML's, too."""
    return json.dumps(printable(value), ensure_ascii=False) if isinstance(value, str) else str(value)
