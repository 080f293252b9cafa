"""The list of what runs into one folder have started and made, kept until it is cleaned up.

A run replaces the report of the run before it, and must not take along the only list of what that started. So what is
still open goes to the folder `started` beside the reports, a file for each run: its builds, and what `cleanup` has made
of them since. What a run makes on its target before it starts anything goes there before it is asked for.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from imagebuilder_reports.decoding import ShapeError, decode, parse_json
from imagebuilder_reports.errors import MisfitError, MissingHeaderError, ReportError, UnreadableError, UnwritableError
from imagebuilder_reports.events import TargetInfo
from imagebuilder_reports.model import Execution, Report
from imagebuilder_reports.plain import plain
from imagebuilder_reports.provisioned import Provisioned
from imagebuilder_reports.reading import EVENTS_FILE, REPORT_FILE, read_report
from imagebuilder_reports.report import fold
from imagebuilder_reports.stream import salvage_events
from imagebuilder_spec import fixed_words

STARTED_FOLDER = "started"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedBuilds:
    """The builds that a run started or may have started, and what `cleanup` has made of them so far.

    `unreadable` is how many lines of the run's events can't be read. `removed` are the images that are gone, `outputs`
    what finished builds have left, by image; `settled` says that nothing is open any more. `provisioned` is what was
    made on the target for the run, in the order in which it was made, and what has become of it.
    """

    contract: str
    target: TargetInfo
    started: str
    nonce: str
    executions: tuple[Execution, ...]
    unreadable: int = 0
    removed: tuple[str, ...] = ()
    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settled: bool = False
    provisioned: tuple[Provisioned, ...] = ()

    @classmethod
    def of(cls, report: Report, *, unreadable: int = 0) -> "StartedBuilds":
        """Those that a report lists."""
        run = report.run
        return cls(
            contract=report.suite.contract,
            target=report.target,
            started=run.started,
            nonce=run.nonce,
            executions=report.executions,
            unreadable=unreadable,
            provisioned=run.provisioned,
        )

    def has_own_token(self, execution: Execution) -> bool:
        """Whether the token of a start is such that no other run can have it: long, and no fixed word."""
        token = execution.token
        return token is None or (len(token) >= len(self.nonce) and token not in _fixed_tokens())

    @property
    def first_numbers(self) -> Mapping[str, int]:
        """The number of the first build under each image's name, among those with tokens of the run's own."""
        first: dict[str, int] = {}
        for execution in self.executions:
            name, number = numbered(execution.image)
            if number is not None and self.has_own_token(execution):
                first.setdefault(name, number)
        return first

    def was_there_before(self, execution: Execution) -> bool:
        """Whether a start was answered with the image of another run, by its number: that was before the first one.

        Only a token that can't be the run's own can be.
        """
        name, number = numbered(execution.image)
        first = self.first_numbers.get(name)
        return not self.has_own_token(execution) and None not in (number, first) and (number or 0) < (first or 0)

    @property
    def may_have_started(self) -> bool:
        """Whether the run may have started a build on a target that is still there."""
        may_have = bool(self.executions) or self.unreadable > 0
        return may_have and not (self.target.reference or self.target.recorded)

    @property
    def is_open(self) -> bool:
        """Whether the run may have left a build, or what it was made for, that nobody has accounted for."""
        return (self.may_have_started or bool(self.remaining)) and not self.settled

    @property
    def remaining(self) -> tuple[Provisioned, ...]:
        """What was made on the target for the run, and is or may be there."""
        return tuple(each for each in self.provisioned if each.is_there)

    @property
    def file_name(self) -> str:
        """The name of its file: its nonce, where that can be one."""
        if self.nonce.isascii() and self.nonce.isalnum():
            return f"{self.nonce}.json"
        return (
            f"{hashlib.sha256(f'{self.nonce} {self.started}'.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.json"
        )


def numbered(image: str | None) -> tuple[str, int | None]:
    """The name of an image without its build number, and the number; builds of one name are numbered as they start."""
    name, _, number = (image or "").rpartition("/")
    return name, int(number) if number.isdecimal() else None


class Ledger:
    """The list beside the reports in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / STARTED_FOLDER

    def earlier(self) -> list[StartedBuilds]:
        """What is on the list, the oldest first. Raises `ReportError` for a file that can't be read."""
        return sorted((_load(path) for path in self.folder.glob("*.json")), key=lambda each: each.started)

    def merged(self, builds: StartedBuilds) -> StartedBuilds:
        """The builds, with what `cleanup` has made of them so far."""
        path = self.folder / builds.file_name
        if not path.exists():
            return builds
        kept = _load(path)
        return replace(
            builds,
            removed=kept.removed,
            outputs=kept.outputs,
            settled=kept.settled,
            # The report's own is of the time of its header.
            provisioned=kept.provisioned or builds.provisioned,
        )

    def keep(self, builds: StartedBuilds) -> None:
        """Put builds on the list, in the place of what is there of them. Raises `UnwritableError`."""
        _write(self.folder / builds.file_name, json.dumps(plain(builds)) + "\n")

    def drop(self, builds: StartedBuilds) -> None:
        """Take builds off the list."""
        (self.folder / builds.file_name).unlink(missing_ok=True)
        with suppress(OSError):
            self.folder.rmdir()


def started_builds(path: Path) -> list[StartedBuilds]:
    """What a report lists, and for a folder also what earlier runs into it have left open, the oldest first.

    Args:
        path: A `report.json`, an event stream, or a folder. Of a folder the events are taken, as far as they can be
            read: a run that was killed, or met a full disk, may have left no whole report.

    Raises:
        ReportError: There is no record of a run.
    """
    folder = path if path.is_dir() else path.parent
    ledger = Ledger(folder)
    if not path.is_dir():
        return [ledger.merged(_read(path))]
    current = _current(folder)
    earlier = [each for each in ledger.earlier() if current is None or each.file_name != current.file_name]
    if current is None and not earlier:
        raise UnreadableError(f"{path} holds no report: expected {REPORT_FILE} or {EVENTS_FILE} in it")
    return [*earlier, *([ledger.merged(current)] if current else [])]


def keep_started(folder: Path) -> None:
    """Before a folder is cleared for another run: put the builds that are still open on the list.

    Raises:
        ReportError: The list can't be kept, or nobody can read what is there and tells of starts.
    """
    try:
        current = _current(folder)
    except ReportError as error:
        if _tells_of_starts(folder / EVENTS_FILE):
            raise UnreadableError(
                f"{folder} may hold the only list of builds that were started, and it can't be read ({error}): "
                "look at it and move it away, or name another folder"
            ) from error
        return
    if current is None:
        return
    ledger = Ledger(folder)
    builds = ledger.merged(current)
    if builds.is_open:
        ledger.keep(builds)
    else:
        ledger.drop(builds)


def _current(folder: Path) -> StartedBuilds | None:
    """The run whose report is in a folder, by its events if they can be read, else by its report."""
    events, report = folder / EVENTS_FILE, folder / REPORT_FILE
    if events.exists():
        try:
            return _read(events)
        except ReportError:
            if not report.exists():
                if not _tells_of_starts(events):
                    return None
                raise
    return _read(report) if report.exists() else None


def _tells_of_starts(events: Path) -> bool:
    try:
        return b'"intent"' in events.read_bytes()
    except OSError:
        return False


def _read(path: Path) -> StartedBuilds:
    if path.suffix != ".jsonl":
        return StartedBuilds.of(read_report(path))
    events, unreadable = salvage_events(path)
    try:
        return StartedBuilds.of(fold(events), unreadable=unreadable)
    except MissingHeaderError as error:
        raise MissingHeaderError(f"{path} is not the record of one run: {error}") from error


def _load(path: Path) -> StartedBuilds:
    try:
        return decode(StartedBuilds, parse_json(path.read_bytes()))
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error
    except (ShapeError, ValueError) as error:
        raise MisfitError(f"{path} is not a list of builds that were started: {error}") from error


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: whoever is killed meanwhile leaves the one before."""
    beside = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(exist_ok=True)
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise UnwritableError(f"{path} cannot be written: {error.strerror}") from error


@cache
def _fixed_tokens() -> frozenset[str]:
    return frozenset(token for word in fixed_words() for token in (word.text, word.control))
