"""Debug logs of botocore: `boto3.set_stream_logger("")`, and what `aws --debug` prints.

Everything is in them: parameters, each sending, status, headers and body of each answer. Lines of several threads mix
and do not always name theirs, so calls that overlap in one log can't be told apart.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from imagebuilder_conformance.auditing.account import LeftOut
from imagebuilder_conformance.auditing.calls import LeftOutError, answer_of, sure_body
from imagebuilder_conformance.auditing.files import File, as_text
from imagebuilder_conformance.auditing.reading import Reading, members
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault

# `2026-11-27 06:32:37,660 botocore.endpoint [DEBUG] text`, and `… - MainThread - botocore.endpoint - DEBUG - text`.
_LINE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?:- (?P<thread>\S+) - )?(?P<logger>[\w.]+)"
    r"(?: \[[A-Z]+\] | - [A-Z]+ - )(?P<text>.*)"
)
_CALL = re.compile(
    r"Making request for OperationModel\(name=(?P<name>\w+)\) with params: (?P<params>\{.*?), 'context': \{"
)
_ANSWERED = re.compile(r'\S+ "\S+ \S+ HTTP/\S+" (?P<status>\d{3}) \S+')
_SIGNED = re.compile(r"'X-Amz-Date': b?'(?P<date>\d{8}T\d{6}Z)'")
_HEADERS = re.compile(r"Response headers: (?P<headers>\{.*\})")
_QUARTER = 900


@dataclass(slots=True)
class _Sending:
    """One sending of a call: when, by the log's clock, and what came. `signed` is when it was signed, in UTC."""

    at: datetime
    until: datetime
    signed: datetime | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] | None = None
    body: bytes | None = None
    failed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether an answer may yet come."""
        return self.status is None and not self.failed


@dataclass(slots=True)
class _Call:
    """A call as a log tells it. `mixed` says that lines of another one may stand among its own."""

    name: str
    thread: str
    params: dict[str, Any]
    sendings: list[_Sending] = field(default_factory=list)
    mixed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether an answer may yet come."""
        return bool(self.sendings) and self.sendings[-1].is_open


def read(file: File, reading: Reading) -> Iterator[Exchange]:
    """The calls of the operation in a log, in its order. Raises `UnicodeDecodeError`, as a `ValueError`."""
    with file.open() as opened, as_text(opened) as text:
        yield from reading.exchanges(_calls(text), lambda id_, call: _exchange(id_, call, reading))


def _exchange(id_: str, call: _Call, reading: Reading) -> Exchange:
    if call.name != reading.maker.contract.operation.name:
        raise LeftOutError(LeftOut.OTHER_OPERATION)
    if call.mixed:
        raise LeftOutError(LeftOut.UNTOLD)
    if not call.sendings:
        raise ValueError("it was never sent")
    params = call.params
    headers = tuple((str(name), str(value)) for name, value in dict(params.get("headers") or {}).items())
    url = reading.maker.expect_call(str(members(params, "method")), str(members(params, "url")), headers)
    content = params.get("body")
    body = sure_body(content if isinstance(content, bytes) else None, (), None)
    ahead = _ahead(call.sendings[0])
    return reading.maker.exchange(
        id_, url, headers, body, tuple(_attempt(each, reading, ahead) for each in call.sendings)
    )


def _ahead(sending: _Sending) -> timedelta:
    """How far the log's clock, which does not tell its zone, is ahead of UTC, to a quarter of an hour."""
    if sending.signed is None:
        return timedelta()
    return timedelta(seconds=_QUARTER * round((sending.at - sending.signed).total_seconds() / _QUARTER))


def _attempt(sending: _Sending, reading: Reading, ahead: timedelta) -> Attempt:
    at = reading.clock.at((sending.at - ahead).timestamp())
    seconds = max((sending.until - sending.at).total_seconds(), 0.0)
    if sending.status is None:
        return Attempt(at, seconds, fault=Fault.UNRECORDED, stale=True)
    return Attempt(at, seconds, answer=answer_of(sending.status, sending.headers, sending.body), stale=True)


def _calls(lines: Iterable[str]) -> Iterator[_Call]:
    """The calls of all operations, each when the next one begins."""
    call: _Call | None = None
    body_follows = False
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            if body_follows and call is not None:
                call.sendings[-1].body = _literal(line, bytes)
            body_follows = False
            continue
        text, thread = found["text"], found["thread"] or ""
        begun = _CALL.match(text)
        if begun:
            # Without an answer to the one before, nothing tells whose the next one is.
            mixed = call is not None and call.is_open
            if call is not None:
                call.mixed |= mixed
                yield call
            call = _Call(begun["name"], thread, _literal(f"{begun['params']}}}", dict) or {}, mixed=mixed)
        elif call is not None:
            call.mixed |= thread != call.thread
            body_follows = _note(call, found["logger"], text, _moment(found["time"]))
    if call is not None:
        yield call


def _note(call: _Call, logger: str, text: str, at: datetime) -> bool:
    """Take note of a line; tells whether the body of the answer follows on the next one."""
    if logger == "botocore.endpoint" and text.startswith("Sending http request: "):
        call.mixed |= call.is_open
        signed = _SIGNED.search(text)
        call.sendings.append(_Sending(at, at, signed=_signed_at(signed["date"]) if signed else None))
        return False
    if not call.sendings:
        return False
    last = call.sendings[-1]
    if logger == "botocore.httpsession" and text.startswith("Exception received"):
        last.failed, last.until = True, at
    elif logger.endswith("connectionpool") and (answered := _ANSWERED.match(text)):
        last.status, last.until = int(answered["status"]), at
    elif logger == "botocore.parsers" and (headers := _HEADERS.match(text)):
        named = _literal(headers["headers"], dict)
        last.headers = None if named is None else tuple((str(name), str(value)) for name, value in named.items())
    return logger == "botocore.parsers" and text.startswith("Response body:")


def _moment(text: str) -> datetime:
    return datetime.strptime(f"{text}000+0000", "%Y-%m-%d %H:%M:%S,%f%z")


def _signed_at(text: str) -> datetime:
    return datetime.strptime(f"{text}+0000", "%Y%m%dT%H%M%SZ%z")


def _literal(text: str, kind: type[Any]) -> Any:
    """The Python literal that a log shows, or None where it can't be read."""
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return value if isinstance(value, kind) else None
