"""Recordings: which files there are, of which kind, and what is in them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from imagebuilder_conformance.auditing.auditor import Auditor
from imagebuilder_conformance.auditing.har import read_har
from imagebuilder_conformance.auditing.streams import read_stream
from imagebuilder_conformance.auditing.tallying import Clock, Counts
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_reports.errors import UnreadableError
from imagebuilder_reports.reading import EVENTS_FILE, REPORT_FILE
from imagebuilder_spec import Contract

_STREAM, _HAR = ".jsonl", ".har"


def find(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The recordings that are meant: files as they are, and what is below a folder, in the order of its names.

    Raises:
        UnreadableError: A path leads nowhere, or to a folder without a recording.
    """
    return tuple(dict.fromkeys(found for path in paths for found in _below(path)))


def audit(recordings: tuple[Path, ...], contract: Contract, auditor: Auditor) -> Counts:
    """Let the auditor see every exchange of the recordings, and tell what was left out.

    Raises:
        ReportError: A file can't be read, or is no recording.
    """
    counts, clock = Counts(), Clock()
    for number, path in enumerate(recordings, start=1):
        prefix = f"{number}/" if len(recordings) > 1 else ""
        for exchange in _read(path, contract, counts, clock):
            if exchange.request.off_operation:
                counts.others += 1
            auditor.see(replace(exchange, id=prefix + exchange.id) if prefix else exchange, str(path))
    return counts


def _below(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        if not path.exists():
            raise UnreadableError(f"{path} cannot be read: No such file or directory")
        yield path
        return
    found = sorted(each for each in path.rglob("*") if each.suffix in {_STREAM, _HAR} and each.is_file())
    if not found:
        beside = f"; an audit reads {EVENTS_FILE}, not {REPORT_FILE}" if (path / REPORT_FILE).exists() else ""
        raise UnreadableError(f"{path} holds no recording: expected *{_HAR} or *{_STREAM} below it{beside}")
    yield from found


def _read(path: Path, contract: Contract, counts: Counts, clock: Clock) -> Iterator[Exchange]:
    if path.suffix == _STREAM:
        return read_stream(path, contract.operation, counts, clock)
    return read_har(path, contract, counts, clock)
