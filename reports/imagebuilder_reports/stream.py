"""The event stream on disk: one JSON object a line, appended by as many processes as take part in the run."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

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
    to_json,
)
from imagebuilder_reports.versions import expect_version

_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))
_KINDS: dict[str, type[Event]] = {kind.event: kind for kind in (Header, Intent, Result, CheckFinished, Footer)}


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
            raise UnwritableError(
                f"{self._path} took only {written} of an event's {len(line)} bytes: is the disk full?"
            )

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class EventTail:
    """Follows a stream while processes append to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def new(self) -> Iterator[Event]:
        """The events that came since the last time. A line that is being written counts as not there yet.

        Raises:
            OSError: The file can't be read.
            ReportError: A line is not an event, as of `read_events`.
        """
        with self._path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                self._read += len(line)
                event = _event(line, f"{self._path} before byte {self._read}")
                if event is not None:
                    yield event


def read_events(path: Path) -> Iterator[Event]:
    """The events of a stream. A last line that was cut short is passed over.

    Raises:
        UnreadableError: There is no such file, or it can't be opened.
        NotJsonError: A line is not JSON.
        OtherVersionError: The header is of another schema version.
        MisfitError: A line is not one of the events that `schemas/events.schema.json` describes.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                event = _event(line, f"line {number} of {path}")
                if event is not None:
                    yield event
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error


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
