"""The event stream on disk: one JSON object a line, appended by as many processes as take part in the run."""

import json
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from imagebuilder_reports.decoding import ShapeError, decode, parse_json
from imagebuilder_reports.errors import (
    MisfitError,
    NotJsonError,
    UnreadableError,
    UnwritableError,
)
from imagebuilder_reports.events import (
    CheckFinished,
    Event,
    Footer,
    Header,
    Intent,
    Result,
    RevisionsAsked,
    to_json,
)
from imagebuilder_reports.files import expect_file
from imagebuilder_reports.versions import expect_version

_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))
_RESULT = b'{"event":"result",'
_RESULTS = msgspec.json.Decoder(Result)
_KINDS: dict[str, type[Event]] = {
    kind.event: kind for kind in (Header, RevisionsAsked, Intent, Result, CheckFinished, Footer)
}


class EventWriter:
    """Appends events to a file, each as one line in one write, so that lines of several processes never mix.

    Use it as a context manager. Each process opens its own writer on the same path.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, creating it if need be.

        Raises:
            UnwritableError: The file can't be opened for appending.
        """
        self._path = path
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise UnwritableError(f"{path} cannot be written: {error.strerror}") from error

    def write(self, event: Event) -> None:
        """Append one event.

        Raises:
            UnwritableError: The disk did not take the line, or not the whole of it.
        """
        line = _ENCODER.encode(to_json(event)).encode("ascii") + b"\n"
        try:
            written = os.write(self._descriptor, line)
        except OSError as error:
            raise UnwritableError(f"{self._path} cannot be written: {error.strerror}") from error
        if written < len(line):
            self._take_back(written)
            raise UnwritableError(
                f"{self._path} took only {written} of an event's {len(line)} bytes: is the disk full?"
            )

    def _take_back(self, written: int) -> None:
        """Take a part of a line back, so that nobody's next line is appended to it."""
        with suppress(OSError):
            end = os.lseek(self._descriptor, 0, os.SEEK_CUR)
            if os.fstat(self._descriptor).st_size == end:
                os.ftruncate(self._descriptor, end - written)

    def close(self) -> None:
        """Close the file. A file that took nothing is taken away: it would be no record of anything."""
        status = os.fstat(self._descriptor)
        if stat.S_ISREG(status.st_mode) and not status.st_size:
            with suppress(OSError):
                self._path.unlink()
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class EventTail:
    """Follows a stream while processes append to it, also where somebody takes the file away meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._read = 0

    def new(self) -> Iterator[Event]:
        """The events that came since the last time. A line that is being written counts as not there yet.

        Raises:
            OSError: The file can't be read.
            ReportError: A line is not an event, as of `read_events`.
        """
        if self._file is None:
            self._file = self._path.open("rb")
        self._file.seek(self._read)
        for line in self._file:
            if not line.endswith(b"\n"):
                return
            self._read += len(line)
            event = _event(line, f"{self._path} before byte {self._read}")
            if event is not None:
                yield event

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()


def read_events(path: Path) -> Iterator[Event]:
    """The events of a stream. A last line that was cut short is passed over.

    Raises:
        UnreadableError: There is no such file, or it can't be opened.
        NotJsonError: A line is not JSON.
        OtherVersionError: The header is of another schema version.
        MisfitError: A line is not one of the events that `schemas/events.schema.json` describes.
    """
    expect_file(path)
    try:
        with path.open("rb") as file:
            yield from events_of(file, str(path))
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error


def events_of(file: Iterable[bytes], name: str) -> Iterator[Event]:
    """The events of a stream that is open; `name` is what to call it. Raises as `read_events` does, and `OSError`."""
    for number, line in enumerate(file, start=1):
        event = _result(line) or _event(line, f"line {number} of {name}")
        if event is not None:
            yield event


def salvage_events(path: Path) -> tuple[list[Event], int]:
    """The events of a stream as far as they can be read, and how many lines can't.

    A last line that was cut short is passed over, as by `read_events`: what it tells has not happened yet.

    Raises:
        UnreadableError: There is no such file, or it can't be opened.
        OtherVersionError: The header is of another schema version.
    """
    events, unreadable = list[Event](), 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    event = _event(line, f"line {number} of {path}")
                except (NotJsonError, MisfitError):
                    unreadable += 1
                    continue
                if event is not None:
                    events.append(event)
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error
    return events, unreadable


def _result(line: bytes) -> Result | None:
    """The result that a line is, as almost every line; None where it is none, or needs a closer look.

    What the library refuses `_event` says why; and takes, where it is half of a surrogate pair.
    """
    try:
        return _RESULTS.decode(line) if line.startswith(_RESULT) else None
    except ValueError:
        return None


def _event(line: bytes, source: str) -> Event | None:
    try:
        data = parse_json(line)
    except ValueError as error:
        if not line.endswith(b"\n"):
            return None
        raise NotJsonError(f"{source} is not JSON: {error}") from error
    name = data.pop("event", None) if isinstance(data, dict) else None
    if not isinstance(name, str) or name not in _KINDS:
        raise MisfitError(f"{source} is not an event: expected an object whose `event` is one of {', '.join(_KINDS)}")
    kind = _KINDS[name]
    if kind is Header:
        expect_version(data, source)
    try:
        return decode(kind, data)
    except ShapeError as error:
        raise MisfitError(f"{source} is not a {kind.event} event: at {error}") from error
