"""Event streams of this suite: the exchanges of a run, back from their records, line by line."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from imagebuilder_conformance.auditing.account import LeftOut
from imagebuilder_conformance.auditing.calls import answer_of
from imagebuilder_conformance.auditing.files import File
from imagebuilder_conformance.auditing.reading import Reading
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault, Request
from imagebuilder_reports.bodies import body_bytes
from imagebuilder_reports.errors import InconsistentError, MisfitError
from imagebuilder_reports.events import AttemptRecord, ExchangeRecord, Footer, Header, Result
from imagebuilder_reports.moments import read as read_moment
from imagebuilder_reports.stream import events_of
from imagebuilder_spec import Operation


def read(file: File, reading: Reading) -> Iterator[Exchange]:
    """The exchanges of a run, in the order in which they were over.

    Raises:
        ReportError: A line is not an event, or there is a second header.
    """
    endpoints: tuple[str, ...] = ()
    operation, account = reading.maker.contract.operation, reading.account
    began, begun, ended = 0.0, False, False
    with file.open() as opened:
        for event in events_of(opened, file.name):
            match event:
                case Result(record=ExchangeRecord() as record):
                    exchange = exchange_of(record, operation, endpoints=endpoints, epoch=reading.clock.at(began))
                    if exchange.request.off_operation:
                        account.left_out[LeftOut.OTHER_REQUEST] += 1
                    yield exchange
                case Header() if begun:
                    # Their exchanges have the same ids.
                    raise InconsistentError(
                        f"{file.name} is not the record of one run: a second header follows the first"
                    )
                case Header():
                    begun = True
                    endpoints = tuple(each.rstrip("/") for each in event.target.endpoint.split(", "))
                    began = _began(event, file.name)
                case Footer():
                    ended = True
                case _:
                    pass
    if not ended:
        account.incomplete = f"{file.name} has no footer, so the run was cut short or goes on"


def _began(header: Header, name: str) -> float:
    moment = read_moment(header.run.started)
    if moment is None:
        raise MisfitError(f"{name}: run.started must be a date in ISO 8601, got {header.run.started!r}")
    return moment.timestamp()


def exchange_of(
    record: ExchangeRecord, operation: Operation, *, endpoints: tuple[str, ...] = (), epoch: float = 0.0
) -> Exchange:
    """The exchange that a record was made of, but for its secrets.

    Args:
        record: The record.
        operation: What the request was for, or was not.
        endpoints: What its URL begins with, before the path of the operation.
        epoch: What to add to its times, in seconds.

    Raises:
        MisfitError: A body of it is damaged.
    """
    sent = record.request
    path = _path(sent.url, endpoints)
    request = Request(
        label=record.label,
        body=body_bytes(sent.body),
        method=sent.method,
        path=path,
        token=record.token,
        pipeline=record.pipeline,
        violates=record.violates,
        form=record.form,
        off_operation=sent.method != operation.method or path.partition("?")[0] != operation.path,
    )
    attempts = tuple(_attempt(each, epoch) for each in record.attempts)
    return Exchange(record.id, record.check, request, sent.url, sent.headers, attempts)


def _path(url: str, endpoints: tuple[str, ...]) -> str:
    for endpoint in endpoints:
        if url.startswith(f"{endpoint}/"):
            return url.removeprefix(endpoint)
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _attempt(record: AttemptRecord, epoch: float) -> Attempt:
    at = epoch + record.at
    if record.status is None:
        name, _, detail = (record.fault or "").partition(": ")
        fault = Fault(name) if name in set(Fault) else Fault.UNRECORDED
        return Attempt(at, record.seconds, fault=fault, detail=detail, stale=record.stale)
    # The beginning of a body is no body: what is not there is not recorded.
    whole = record.body is not None and not record.body.is_cut
    body = body_bytes(record.body) if record.body is not None and whole else None
    return Attempt(at, record.seconds, answer=answer_of(record.status, record.headers, body))
