"""Exchanges as records for the event stream: secrets redacted, bodies as text where they are text."""

import base64
import codecs
import zlib

from imagebuilder_conformance.client.answers import HEAD, TAIL, Cut, header_of
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault
from imagebuilder_conformance.client.partial import known_or_none
from imagebuilder_conformance.client.redaction import Redactor, secrets_in
from imagebuilder_reports.events import AttemptRecord, Body, ExchangeRecord, RequestRecord

# Longer bodies are test data of one character repeated; compressed they stay whole and can be sent again.
_LONGEST_PLAIN = 16_384
_UTF_8 = codecs.getincrementaldecoder("utf-8")
_REST_OF_A_CHARACTER = bytes(range(0x80, 0xC0))


def record(exchange: Exchange, redactor: Redactor) -> ExchangeRecord:
    """The evidence of an exchange. Its signature is a secret too, for as long as its date is valid."""
    request = exchange.request
    redactor = redactor.also(secrets_in(exchange.url, header_of(exchange.headers, "authorization")))
    return ExchangeRecord(
        id=exchange.id,
        check=exchange.check,
        label=request.label,
        request=RequestRecord(
            method=request.method,
            url=redactor.text(exchange.url),
            headers=redactor.headers(exchange.headers),
            body=_body(redactor.data(request.body)),
            absolute=request.absolute,
        ),
        attempts=tuple(_attempt(attempt, redactor) for attempt in exchange.attempts),
        violates=request.violates,
        form=request.form,
        token=request.token,
        pipeline=request.pipeline,
        code=redactor.optional(known_or_none(lambda: exchange.answer.code if exchange.answer else None)),
        image=redactor.optional(known_or_none(lambda: exchange.image)),
    )


def _attempt(attempt: Attempt, redactor: Redactor) -> AttemptRecord:
    at, seconds = round(attempt.at, 6), round(attempt.seconds, 6)
    if attempt.answer is None:
        fault = redactor.text(f"{attempt.fault}: {attempt.detail}" if attempt.detail else str(attempt.fault))
        return AttemptRecord(at, seconds, fault=fault, stale=attempt.stale)
    answer = attempt.answer
    status = known_or_none(lambda: answer.status)
    if status is None:
        return AttemptRecord(at, seconds, fault=redactor.text(f"{Fault.UNRECORDED} as it was sent: {answer}"))
    headers, body = known_or_none(lambda: answer.headers), known_or_none(lambda: answer.body)
    kept = None if body is None else _answer_body(body, answer.cut, redactor)
    return AttemptRecord(at, seconds, status, redactor.headers(headers or ()), kept)


def _answer_body(body: bytes, cut: Cut | None, redactor: Redactor) -> Body:
    head = redactor.data(body)
    if cut is None:
        return _body(head)
    head, tail = head[:HEAD], redactor.data(cut.tail)[-TAIL:]
    try:
        # A cut may fall inside a character: the decoder waits for its rest, and what is left of one is passed over.
        begins, ends = _UTF_8().decode(head), tail.lstrip(_REST_OF_A_CHARACTER).decode("utf-8")
        encoding, pieces = "text", (begins, ends)
    except UnicodeDecodeError:
        encoding, pieces = "base64", (base64.b64encode(head).decode(), base64.b64encode(tail).decode())
    return Body(encoding, pieces[0], cut.size, pieces[1], cut.sha256)


def _body(data: bytes) -> Body:
    if len(data) > _LONGEST_PLAIN:
        return Body("zlib", base64.b64encode(zlib.compress(data)).decode(), len(data))
    try:
        return Body("text", data.decode("utf-8"), len(data))
    except UnicodeDecodeError:
        return Body("base64", base64.b64encode(data).decode(), len(data))
