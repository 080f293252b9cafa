"""Exchanges as records for the event stream: secrets redacted, bodies as text where they are text."""

import base64
import zlib

from imagebuilder_conformance.client.messages import Attempt, Exchange
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_reports.events import AttemptRecord, Body, ExchangeRecord, RequestRecord

# Longer bodies are test data of one character repeated; compressed they stay whole and can be sent again.
_LONGEST_PLAIN = 16_384


def record(exchange: Exchange, redactor: Redactor) -> ExchangeRecord:
    """The evidence of an exchange."""
    request = exchange.request
    return ExchangeRecord(
        id=exchange.id,
        check=exchange.check,
        label=request.label,
        request=RequestRecord(
            method=request.method,
            url=redactor.text(exchange.url),
            headers=redactor.headers(exchange.headers),
            body=_body(redactor.data(request.body)),
        ),
        attempts=tuple(_attempt(attempt, redactor) for attempt in exchange.attempts),
        violates=request.violates,
        token=request.token,
        pipeline=request.pipeline,
        code=redactor.optional(exchange.answer.code if exchange.answer else None),
        image=redactor.optional(exchange.image),
    )


def _attempt(attempt: Attempt, redactor: Redactor) -> AttemptRecord:
    at, seconds = round(attempt.at, 6), round(attempt.seconds, 6)
    if attempt.answer is None:
        fault = redactor.text(f"{attempt.fault}: {attempt.detail}" if attempt.detail else str(attempt.fault))
        return AttemptRecord(at, seconds, fault=fault, stale=attempt.stale)
    answer = attempt.answer
    return AttemptRecord(
        at, seconds, answer.status, redactor.headers(answer.headers), _body(redactor.data(answer.body))
    )


def _body(data: bytes) -> Body:
    if len(data) > _LONGEST_PLAIN:
        return Body("zlib", base64.b64encode(zlib.compress(data)).decode(), len(data))
    try:
        return Body("text", data.decode("utf-8"), len(data))
    except UnicodeDecodeError:
        return Body("base64", base64.b64encode(data).decode(), len(data))
