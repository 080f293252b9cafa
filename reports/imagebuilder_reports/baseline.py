"""The baseline: a TOML file of known failures, each pinned to the exact divergence that was observed.

A known failure may keep other clauses from being judged. Those are pinned too, as consequences.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from imagebuilder_reports.decoding import ShapeError, decode
from imagebuilder_reports.errors import MisfitError, NotTomlError, UnreadableError
from imagebuilder_reports.files import expect_file
from imagebuilder_reports.gate import Divergence
from imagebuilder_reports.legible import plural, shown
from imagebuilder_reports.overview import Broken
from imagebuilder_reports.verdicts import LEFT_OPEN, Verdict
from imagebuilder_reports.versions import expect_version

HEADER = "[[known]]"
CONSEQUENCE_HEADER = "[[consequence]]"
# What `baseline update` writes for want of a reason, and what people write in its place.
UNSAID = "why this is known, and where it is tracked"
_PLACEHOLDER = re.compile(rf"{UNSAID}|todo|fixme|tbd|tba|xxx+|n/?a|none|unknown|reason|why|[^\w]*", re.IGNORECASE)


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
class Consequence:
    """A clause that has no verdict because of a known failure: `verdict` is inconclusive or error.

    It counts while any clause is broken. `reason` is what the run said.
    """

    clause: str
    verdict: Verdict
    reason: str
    first_seen: date
    expires: date | None = None
    intermittent: bool = False

    def __post_init__(self) -> None:
        if self.verdict not in LEFT_OPEN:
            raise ValueError(f"a consequence is {' or '.join(LEFT_OPEN)}, and not {self.verdict}")

    @property
    def divergence(self) -> Divergence:
        """What the entry is pinned to."""
        return gap_of(self.clause, self.verdict)

    def has_expired(self, today: date) -> bool:
        """Whether the entry is over."""
        return self.expires is not None and today > self.expires


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry and where it stands: its first and its last line, counted from one."""

    known: Known | Consequence
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The suite, the contract and the digest of the report that a baseline was updated from last."""

    suite: str
    contract: str
    digest: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline, and the file they are from."""

    source: str
    text: str
    entries: tuple[Entry, ...]
    report: Origin | None = None

    @property
    def unexplained(self) -> tuple[Entry, ...]:
        """The entries whose reason is a placeholder."""
        return tuple(entry for entry in self.entries if _PLACEHOLDER.fullmatch(entry.known.reason.strip(" .!?")))


@dataclass(frozen=True, slots=True)
class _File:
    schema_version: int
    known: tuple[Known, ...] = ()
    consequence: tuple[Consequence, ...] = ()
    report: Origin | None = None


def divergence_of(broken: Broken) -> Divergence:
    """What was observed of a failure; the last of its exchanges is the one that shows it."""
    failure = broken.failure
    last = failure.exchanges[-1] if failure.exchanges else None
    return Divergence(
        clause=failure.clause,
        check=broken.check.id,
        failure=failure.code,
        status=last.last.status if last else None,
        # As text that a file can hold, long or not: the code is the target's.
        error=shown(last.code) if last and last.code is not None else None,
    )


def counted(entries: Sequence[Entry]) -> str:
    """How many known failures and how many consequences these are, in words."""
    consequences = sum(isinstance(entry.known, Consequence) for entry in entries)
    failures = plural(len(entries) - consequences, "known failure")
    return f"{failures}, {plural(consequences, 'consequence')}" if consequences else failures


def gap_of(clause: str, verdict: Verdict) -> Divergence:
    """What was observed of a clause that has no verdict."""
    return Divergence(clause=clause, check="", failure=verdict, status=None, error=None)


def read_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        ReportError: The file can't be read or is no baseline; the message is one sentence and names the place.
    """
    try:
        expect_file(path)
        # As bytes: line ends stay as they are.
        text = path.read_bytes().decode("utf-8")
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
        file = decode(_File, data)
    except ShapeError as error:
        raise MisfitError(f"{source} is not a baseline: at {error}") from error
    lines = [line.strip() for line in text.split("\n")]
    entries = (
        *_placed(HEADER, file.known, lines, source),
        *_placed(CONSEQUENCE_HEADER, file.consequence, lines, source),
    )
    _expect_distinct(entries, source)
    return Baseline(source, text, tuple(sorted(entries, key=lambda entry: entry.first)), file.report)


def _placed(header: str, members: Sequence[Known | Consequence], lines: Sequence[str], source: str) -> Iterator[Entry]:
    """The entries below a header, with the lines of each: from the comment right above it to its last member."""
    starts = [index for index, line in enumerate(lines) if line.split("#")[0].strip() == header]
    if len(starts) != len(members):
        raise MisfitError(f"{source} is not a baseline: expected each entry below a line {header}")
    for member, index in zip(members, starts, strict=True):
        end = next((at for at in range(index + 1, len(lines)) if lines[at].startswith("[")), len(lines))
        # What follows the last member is of nobody, or of the next entry.
        while not lines[end - 1] or lines[end - 1].startswith("#"):
            end -= 1
        yield Entry(member, _start(lines, index) + 1, end)


def _start(lines: Sequence[str], index: int) -> int:
    while index and lines[index - 1].startswith("#"):
        index -= 1
    return index


def _expect_distinct(entries: tuple[Entry, ...], source: str) -> None:
    seen: dict[Divergence, int] = {}
    for entry in entries:
        first = seen.setdefault(entry.known.divergence, entry.first)
        if first != entry.first:
            raise MisfitError(f"{source} has the same entry twice: at line {first} and at line {entry.first}")
