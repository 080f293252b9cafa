"""Reads a report back: from `report.json`, from the `events.jsonl` of a run, or from the folder of either."""

from pathlib import Path

from imagebuilder_reports.decoding import ShapeError, decode, parse_json
from imagebuilder_reports.errors import (
    InconsistentError,
    MisfitError,
    MissingHeaderError,
    NotJsonError,
    UnreadableError,
)
from imagebuilder_reports.files import expect_file
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.stream import read_events
from imagebuilder_reports.versions import expect_version

REPORT_FILE = "report.json"
EVENTS_FILE = "events.jsonl"


def read_report(path: Path) -> Report:
    """Read a report.

    Args:
        path: A `report.json`, an event stream (its name ends in `.jsonl`), or a folder with one of them;
            where a folder has both, the report is taken.

    Raises:
        ReportError: The file can't be read, or is no report of this version; the message is one sentence.
    """
    source = _source(path)
    return _fold(source) if source.suffix == ".jsonl" else _load(source)


def _source(path: Path) -> Path:
    if not path.is_dir():
        return path
    for name in (REPORT_FILE, EVENTS_FILE):
        if (path / name).exists():
            return path / name
    raise UnreadableError(f"{path} holds no report: expected {REPORT_FILE} or {EVENTS_FILE} in it")


def _fold(path: Path) -> Report:
    try:
        return fold(read_events(path))
    except (MissingHeaderError, InconsistentError) as error:
        raise type(error)(f"{path} is not the record of one run: {error}") from error


def _load(path: Path) -> Report:
    try:
        expect_file(path)
        data = parse_json(path.read_bytes())
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise NotJsonError(f"{path} is not JSON: {error}") from error
    expect_version(data, str(path))
    try:
        return decode(Report, data)
    except ShapeError as error:
        raise MisfitError(f"{path} is not a report: at {error}") from error
