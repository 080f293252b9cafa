"""Sends the requests of a recorded failure again, in the recorded order: one by one, together, or hung up on."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.client.race import HUNG_UP
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.replaying.outcomes import ended_at, started_at
from imagebuilder_reports.events import ExchangeRecord
from imagebuilder_reports.model import Report

# How much of a recorded distance is kept at most: seconds, and other starts in between.
_LONGEST_WAIT = 3.0
_MOST_STARTS = 64


@dataclass(frozen=True, slots=True)
class Manner:
    """How to send; each manner shows mistakes that the others may not.

    `reconnects` sends each request on a new connection. `keeps_distance` waits between two requests as long, and
    starts as many other images, as the run did. `with_context` sends also what the run had
    sent before with the same tokens or for the same check.
    """

    words: str
    reconnects: bool = False
    keeps_distance: bool = False
    with_context: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """The exchanges of a failure in the order of sending, each with its request made fresh."""

    records: tuple[ExchangeRecord, ...]
    requests: tuple[Request, ...]


def in_order(records: Sequence[ExchangeRecord]) -> tuple[ExchangeRecord, ...]:
    """The exchanges in the order of sending."""
    return tuple(sorted(records, key=started_at))


def send(case: Case, probe: Probe, report: Report, manner: Manner) -> dict[str, Exchange]:
    """Send the requests of a case; gives the exchanges by the ids of those recorded.

    Raises what the probe raises.
    """
    sent: dict[str, Exchange] = {}
    in_play: set[str | None] = set()
    before: ExchangeRecord | None = None
    for group in _groups(case):
        first = group[0][0]
        if manner.keeps_distance and before is not None:
            _keep_distance(before, first, probe, report)
        if manner.reconnects:
            probe.reconnect()
        sent |= _send_group(group, probe, in_play)
        in_play |= {request.token for record, request in group if len(group) > 1 or _leaves_work(record, request)}
        before = group[-1][0]
    return sent


def distance(records: Sequence[ExchangeRecord], report: Report) -> tuple[int, float]:
    """How many other images the run started between exchanges, and the longest that it waited, in seconds."""
    pairs = list(pairwise(records))
    starts = sum(_starts_between(earlier, later, report) for earlier, later in pairs)
    return starts, max((started_at(later) - ended_at(earlier) for earlier, later in pairs), default=0.0)


def _groups(case: Case) -> Iterator[list[tuple[ExchangeRecord, Request]]]:
    """What is sent at once: exchanges that overlapped, and all others alone."""
    group: list[tuple[ExchangeRecord, Request]] = []
    end = 0.0
    for record, request in zip(case.records, case.requests, strict=True):
        if group and started_at(record) >= end:
            yield group
            group, end = [], 0.0
        group.append((record, request))
        end = max(end, ended_at(record))
    if group:
        yield group


def _send_group(
    group: Sequence[tuple[ExchangeRecord, Request]], probe: Probe, in_play: Collection[str | None]
) -> Mapping[str, Exchange]:
    """Send what was sent at once. Requests with the tokens `in_play` wait until others with them are settled."""
    if len(group) > 1:
        exchanges = probe.race([request for _, request in group])
        return {record.id: exchange for (record, _), exchange in zip(group, exchanges, strict=True)}
    [(record, request)] = group
    if _was_hung_up(record):
        return {record.id: probe.hang_up(request, wait=min(record.last.seconds, _LONGEST_WAIT))}
    return {record.id: probe.settled(request) if request.token in in_play else probe.send(request)}


def _leaves_work(record: ExchangeRecord, request: Request) -> bool:
    """Whether the target may still be about the request after the exchange."""
    return _was_hung_up(record) or request.demand is not None


def _was_hung_up(record: ExchangeRecord) -> bool:
    """Whether it was the client that closed the connection."""
    return record.last.fault is not None and record.last.fault.endswith(HUNG_UP)


def _keep_distance(earlier: ExchangeRecord, later: ExchangeRecord, probe: Probe, report: Report) -> None:
    began = time.monotonic()
    for _ in range(min(_starts_between(earlier, later, report), _MOST_STARTS)):
        probe.start(label="another start in between")
    wait = min(started_at(later) - ended_at(earlier), _LONGEST_WAIT)
    time.sleep(max(0.0, began + wait - time.monotonic()))


def _starts_between(earlier: ExchangeRecord, later: ExchangeRecord, report: Report) -> int:
    started = {execution.exchange for execution in report.executions}
    return sum(row.id in started and ended_at(earlier) < row.at < started_at(later) for row in report.exchanges)
