"""HAR 1.2, as browsers, Playwright and mitmproxy write it: its calls of the operation as exchanges.

A HAR is read whole. What it does not hold byte for byte is not judged: a request body that is missing leaves the call
out, an answer whose body is missing counts as no answer.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from imagebuilder_conformance.auditing.tallying import Clock, Counts
from imagebuilder_conformance.client.messages import Answer, Attempt, Exchange, Fault, Request, header_of
from imagebuilder_conformance.client.redaction import REDACTED, Redactor
from imagebuilder_conformance.oracles.recorded import speaks_of_parameters
from imagebuilder_conformance.oracles.validity import body_reader
from imagebuilder_reports.errors import MisfitError, NotJsonError, UnreadableError
from imagebuilder_reports.moments import read
from imagebuilder_spec import FAULT_HEADER, Contract, Operation

# What a header may say in a report. All others are left out: a recording holds other people's secrets.
_TOLD = frozenset(
    {
        "content-length",
        "content-type",
        "date",
        "host",
        "transfer-encoding",
        "x-amz-date",
        "x-amz-request-id",
        "x-amzn-errortype",
        "x-amzn-requestid",
        FAULT_HEADER,
    }
)
# These sign. That they were there is told, what they said is not.
_SIGNING = frozenset({"authorization", "x-amz-security-token"})
_SECRET = _SIGNING | {"cookie", "set-cookie", "proxy-authorization", "x-api-key"}
_LOST = "\ufffd"

_Headers = tuple[tuple[str, str], ...]


def read_har(path: Path, contract: Contract, counts: Counts, clock: Clock) -> Iterator[Exchange]:
    """The calls of the operation in a HAR, in its order.

    Raises:
        UnreadableError: The file can't be opened.
        NotJsonError: It is not JSON.
        MisfitError: It is no HAR, or an entry is not what HAR 1.2 describes.
    """
    for number, entry in enumerate(_entries(path), start=1):
        try:
            exchange = _Entry(entry, path.parent, contract).exchange(f"e{number:04d}", counts, clock)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MisfitError(f"{path} is no HAR 1.2: entry {number} can't be read ({error!r})") from error
        if exchange is not None:
            yield exchange


def _entries(path: Path) -> list[Any]:
    try:
        har = json.loads(path.read_bytes())
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise NotJsonError(f"{path} is not JSON: {error}") from error
    entries = har["log"].get("entries") if isinstance(har, dict) and isinstance(har.get("log"), dict) else None
    if not isinstance(entries, list):
        raise MisfitError(f"{path} is no HAR: expected an object with log.entries")
    return entries


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a HAR, whose bodies may lie in files beside it."""

    entry: Mapping[str, Any]
    folder: Path
    contract: Contract

    def exchange(self, id_: str, counts: Counts, clock: Clock) -> Exchange | None:
        """The exchange, or None for what is not audited, which is counted."""
        request = self.entry["request"]
        operation, url = self.contract.operation, urlsplit(str(request["url"]))
        headers = _headers(request)
        if request["method"] != operation.method or url.path != operation.path:
            counts.others += 1
            counts.siblings += _is_sibling(url.hostname or "", headers, operation)
            return None
        body = self._request_body(request, headers)
        if body is None:
            counts.without_body += 1
            return None
        redactor = Redactor(_secrets(headers, _headers(self.entry["response"])))
        attempt = self._attempt(clock, redactor)
        return Exchange(
            id=id_,
            check="recorded",
            request=self._request(redactor.data(body), attempt.answer),
            url=redactor.text(urlunsplit((url.scheme, url.netloc.rpartition("@")[2], url.path, "", ""))),
            headers=_told(headers, redactor),
            attempts=(attempt,),
        )

    def _request(self, body: bytes, answer: Answer | None) -> Request:
        operation, reading = self.contract.operation, body_reader(self.contract)(body)
        members = reading.members or {}
        token, pipeline = members.get("clientToken"), members.get("imagePipelineArn")
        judged = reading.breaks and speaks_of_parameters(answer, self.contract)
        return Request(
            label="a recorded request",
            body=body,
            method=operation.method,
            path=operation.path,
            token=token if isinstance(token, str) else None,
            pipeline=pipeline if isinstance(pipeline, str) else None,
            violates=reading.breaks[0] if judged else None,
        )

    def _attempt(self, clock: Clock, redactor: Redactor) -> Attempt:
        response = self.entry["response"]
        attempt = Attempt(
            at=clock.at(_moment(self.entry["startedDateTime"])),
            seconds=max(float(self.entry.get("time") or 0), 0.0) / 1000,
            fault=Fault.UNRECORDED,
            stale=True,
        )
        # Aborted requests have 0, or -1 in some browsers.
        if int(response.get("status") or 0) < 100:
            return attempt
        headers = _headers(response)
        body = self._answer_body(response.get("content") or {}, headers)
        if body is None:
            return replace(attempt, detail=f"status {response['status']}, its body was not recorded")
        answer = Answer(int(response["status"]), _told(headers, redactor), redactor.data(body))
        return replace(attempt, answer=answer, fault=None)

    def _request_body(self, request: Mapping[str, Any], headers: _Headers) -> bytes | None:
        posted = request.get("postData")
        if posted:
            return self._body(posted)
        announced = header_of(headers, "content-length") or "0"
        return b"" if request.get("bodySize", 0) <= 0 and announced == "0" and "bodySize" in request else None

    def _answer_body(self, content: Mapping[str, Any], headers: _Headers) -> bytes | None:
        if "text" in content or "_file" in content:
            return self._body(content)
        announced = header_of(headers, "content-length") or "0"
        return b"" if content.get("size") == 0 and announced == "0" else None

    def _body(self, content: Mapping[str, Any]) -> bytes | None:
        """The bytes, or None where the recording does not tell them."""
        if "_file" in content and "text" not in content:
            beside = self.folder / Path(str(content["_file"])).name
            return beside.read_bytes() if beside.is_file() else None
        text = str(content.get("text", ""))
        if content.get("encoding") == "base64":
            return base64.b64decode(text, validate=True)
        if _LOST in text:
            return None
        try:
            # mitmproxy keeps bytes that are no UTF-8 as lone surrogates.
            return text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return None


def _headers(message: Mapping[str, Any]) -> _Headers:
    """The headers, without HTTP/2's pseudo headers, which browsers list too."""
    listed = ((str(each["name"]), str(each["value"])) for each in message.get("headers") or ())
    return tuple((name, value) for name, value in listed if not name.startswith(":"))


def _told(headers: _Headers, redactor: Redactor) -> _Headers:
    told = ((name, REDACTED if name.lower() in _SIGNING else redactor.text(value)) for name, value in headers)
    return tuple((name, value) for name, value in told if name.lower() in _TOLD | _SIGNING)


def _secrets(*messages: _Headers) -> tuple[str, ...]:
    """What must not be told even where a target echoes it."""
    return tuple(value for headers in messages for name, value in headers if name.lower() in _SECRET)


def _is_sibling(host: str, headers: _Headers, operation: Operation) -> bool:
    """Whether a request is for another operation of the service, by its host or what it is signed for."""
    service = operation.signing_name
    return host.startswith(f"{service}.") or f"/{service}/aws4_request" in (header_of(headers, "authorization") or "")


def _moment(text: object) -> float:
    moment = read(text)
    if moment is None:
        raise ValueError(f"expected a date in ISO 8601, got {text!r}")
    return moment.timestamp()
