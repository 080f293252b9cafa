"""What else a run had sent: a failure may show only after requests that are not among its own exchanges."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from imagebuilder_conformance.replaying.outcomes import started_at
from imagebuilder_reports.errors import ReportError
from imagebuilder_reports.events import ExchangeRecord, Header, Result
from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import EVENTS_FILE
from imagebuilder_reports.stream import read_events

# So many of the requests before a failure are enough to show it.
_MOST = 60


def exchanges_beside(path: Path, report: Report) -> tuple[ExchangeRecord, ...]:
    """All exchanges of the run, from the event stream that it left beside its report.

    None where there is no such stream, where it is of another run, and where it can't be read: it is not needed.
    """
    folder = path if path.is_dir() else path.parent
    stream = path if path.suffix == ".jsonl" else folder / EVENTS_FILE
    try:
        return tuple(_records(stream, report))
    except ReportError:
        return ()


def _records(stream: Path, report: Report) -> Iterator[ExchangeRecord]:
    # Of a report that was made again in part, the stream is that of the last run.
    nonce = report.run.nonce.rpartition("+")[2] if report.run.reruns else report.run.nonce
    for event in read_events(stream):
        if isinstance(event, Header) and event.run.nonce != nonce:
            return
        if isinstance(event, Result) and event.record is not None:
            yield event.record


def led_to(evidence: Sequence[ExchangeRecord], sent: Sequence[ExchangeRecord]) -> list[ExchangeRecord]:
    """What the run had sent with the same tokens, or for the same check, before the last exchange of a failure."""
    ids = {record.id for record in evidence}
    checks = {record.check for record in evidence}
    tokens = {record.token for record in evidence if record.token is not None}
    end = max(map(started_at, evidence))
    before = (record for record in sent if record.id not in ids and started_at(record) < end)
    return [record for record in before if record.check in checks or record.token in tokens][-_MOST:]
