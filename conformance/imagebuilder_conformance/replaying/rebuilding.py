"""Requests from their records."""

import re
from urllib.parse import urlsplit

from imagebuilder_conformance.client.forms import FORMS
from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.client.redaction import REDACTED
from imagebuilder_conformance.client.tampering import unsigned
from imagebuilder_conformance.oracles.denial import DENIED_CALLER
from imagebuilder_conformance.probing.renewal import Renewal
from imagebuilder_reports.bodies import body_bytes
from imagebuilder_reports.errors import MisfitError
from imagebuilder_reports.events import ExchangeRecord
from imagebuilder_reports.model import Report
from imagebuilder_spec import Operation, Suite

# What signing and sending put there, now as then.
_MADE_ANEW = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "host",
        "transfer-encoding",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
    }
)
_SESSION_TOKEN = "x-amz-security-token"  # noqa: S105  # the name of a header
_CONTENT_TYPE = "Content-Type"
_WORD = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PLAIN = re.compile(r"[!-~]+")
_LINE = re.compile(r"[ -~\t\xa0-\xff]*")


class CannotRebuildError(Exception):
    """A request can't be made again from its record; the message is a sentence for people."""


def rebuild(record: ExchangeRecord, report: Report, operation: Operation, renewal: Renewal) -> Request:
    """The request of a recorded exchange, made fresh and to be signed anew.

    Raises:
        CannotRebuildError: Its signature was wrong on purpose, or its record is not whole.
        MisfitError: Its record is damaged.
    """
    _expect_sendable(record)
    request, names = record.request, _names(record)
    signed = "authorization" in names
    if signed and _is_signed_otherwise(record, report):
        raise CannotRebuildError(
            f"the signature of {record.id} was wrong on purpose or another caller's, and no signature is kept"
            " in a report"
        )
    headers: dict[str, str | None] = {
        name: renewal.text(value) for name, value in request.headers if name.lower() not in _MADE_ANEW
    }
    if any(value and REDACTED in value for value in headers.values()):
        raise CannotRebuildError(f"a header of {record.id} was redacted")
    if _CONTENT_TYPE.lower() not in names:
        headers[_CONTENT_TYPE] = None
    if not signed and _SESSION_TOKEN in names:
        # Nobody signed with it, so it meant nothing.
        headers[_SESSION_TOKEN] = "nonsense"
    target = _target(request.url, report)
    return Request(
        label=record.label,
        body=renewal.data(body_bytes(request.body)),
        method=request.method,
        path=renewal.text(target),
        headers=headers,
        token=None if record.token is None else renewal.text(record.token),
        pipeline=None if record.pipeline is None else renewal.text(record.pipeline),
        violates=record.violates,
        chunked="transfer-encoding" in names,
        sign=None if signed else unsigned,
        off_operation=request.method != operation.method or target.split("?")[0] != operation.path,
        form=record.form if record.form in FORMS else None,
        absolute=request.absolute,
    )


def _expect_sendable(record: ExchangeRecord) -> None:
    """See whether a client could have sent this at all."""
    request = record.request
    pieces = [(_WORD, request.method), (_PLAIN, request.url)]
    pieces += [(_WORD, name) for name, _ in request.headers] + [(_LINE, value) for _, value in request.headers]
    for pattern, text in pieces:
        if not pattern.fullmatch(text):
            raise MisfitError(f"the record of {record.id} is damaged: {text!r} can't have been sent")


def _names(record: ExchangeRecord) -> set[str]:
    return {name.lower() for name, _ in record.request.headers}


def _is_signed_otherwise(record: ExchangeRecord, report: Report) -> bool:
    """Whether the exchange is of a check that signs badly on purpose, or as a caller without the permission."""
    clauses = {clause for check in report.checks if check.id == record.check for clause in check.clauses}
    return DENIED_CALLER in clauses or any(
        clause.suite == Suite.AUTH for clause in report.clauses if clause.id in clauses
    )


def _target(url: str, report: Report) -> str:
    """Path and query, as they come after the endpoint."""
    for endpoint in report.target.endpoint.split(", "):
        if url.startswith(f"{endpoint.rstrip('/')}/"):
            return url.removeprefix(endpoint.rstrip("/"))
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
