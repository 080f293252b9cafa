"""The baseline: a TOML file of known failures, each pinned to the exact divergence that was observed."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from imagebuilder_reports.decoding import ShapeError, decode
from imagebuilder_reports.errors import MisfitError, NotTomlError, UnreadableError
from imagebuilder_reports.gate import Divergence
from imagebuilder_reports.legible import printable
from imagebuilder_reports.overview import Broken
from imagebuilder_reports.versions import expect_version

HEADER = "[[known]]"


@dataclass(frozen=True, slots=True)
class Known:
    """A known failure, as `schemas/baseline.schema.json` publishes it.

    It counts up to and including the day `expires`. An intermittent one, such as a race, may fail and may pass.
    """

    clause: str
    check: str
    failure: str
    reason: str
    first_seen: date
    status: int | None = None
    error: str | None = None
    expires: date | None = None
    intermittent: bool = False

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("an entry needs a reason")

    @property
    def divergence(self) -> Divergence:
        """What the entry is pinned to."""
        return Divergence(self.clause, self.check, self.failure, self.status, self.error)

    def has_expired(self, today: date) -> bool:
        """Whether the entry is over."""
        return self.expires is not None and today > self.expires


@dataclass(frozen=True, slots=True)
class Entry:
    """A known failure and where it stands: its first and its last line, counted from one."""

    known: Known
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline, and the file they are from."""

    source: str
    text: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _File:
    schema_version: int
    known: tuple[Known, ...] = ()


def divergence_of(broken: Broken) -> Divergence:
    """What was observed of a failure; the last of its exchanges is the one that shows it."""
    failure = broken.failure
    last = failure.exchanges[-1] if failure.exchanges else None
    return Divergence(
        clause=failure.clause,
        check=broken.check.id,
        failure=failure.code,
        status=last.last.status if last else None,
        # As text that a file can hold: the code is the target's.
        error=printable(last.code) if last and last.code is not None else None,
    )


def read_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        ReportError: The file can't be read or is no baseline; the message is one sentence and names the place.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise NotTomlError(f"{path} is not TOML: {error}") from error
    return parse_baseline(text, str(path))


def parse_baseline(text: str, source: str) -> Baseline:
    """Read a baseline from its text; `source` names it in messages.

    Raises:
        ReportError: The text is no baseline.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotTomlError(f"{source} is not TOML: {error}") from error
    except RecursionError as error:
        raise NotTomlError(f"{source} is not a baseline: it is nested too deeply") from error
    expect_version(data, source)
    try:
        known = decode(_File, data).known
    except ShapeError as error:
        raise MisfitError(f"{source} is not a baseline: at {error}") from error
    places = list(_places(text))
    if len(places) != len(known):
        raise MisfitError(f"{source} is not a baseline: expected each entry below a line {HEADER}")
    entries = tuple(Entry(each, *place) for each, place in zip(known, places, strict=True))
    _expect_distinct(entries, source)
    return Baseline(source, text, entries)


def _places(text: str) -> Iterator[tuple[int, int]]:
    """The lines of each entry: from the comment right above it to the last line that isn't blank."""
    lines = [line.strip() for line in text.splitlines()]
    starts = [_start(lines, index) for index, line in enumerate(lines) if line.split("#")[0].strip() == HEADER]
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        while not lines[end - 1]:
            end -= 1  # noqa: PLW2901  # the end moves up over blank lines
        yield start + 1, end


def _start(lines: list[str], index: int) -> int:
    while index and lines[index - 1].startswith("#"):
        index -= 1
    return index


def _expect_distinct(entries: tuple[Entry, ...], source: str) -> None:
    seen: dict[Divergence, int] = {}
    for entry in entries:
        first = seen.setdefault(entry.known.divergence, entry.first)
        if first != entry.first:
            raise MisfitError(f"{source} has the same entry twice: at line {first} and at line {entry.first}")
