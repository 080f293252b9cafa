"""HAR 1.2, as browsers, proxies and libraries write it, entry by entry.

What it does not hold byte for byte is not judged. Tools differ in what they leave out: an empty text, no `postData`, a
size of 0 or -1 may all stand for a body that nobody recorded. So a body is empty only if Content-Length said so.
"""

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from imagebuilder_conformance.auditing.account import LeftOut
from imagebuilder_conformance.auditing.calls import (
    Headers,
    LeftOutError,
    answer_of,
    content_length,
    parameters_body,
    sure_body,
)
from imagebuilder_conformance.auditing.files import File, as_text
from imagebuilder_conformance.auditing.json_values import JsonValues
from imagebuilder_conformance.auditing.reading import Reading, members, seconds
from imagebuilder_conformance.client.answers import header_of
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault

_LOST = "\ufffd"


def read(file: File, reading: Reading) -> Iterator[Exchange]:
    """The calls of the operation in a HAR, in its order. Raises `NotJsonValueError`, as of `JsonValues`."""
    with file.open() as opened, as_text(opened) as text:
        entries = JsonValues(text).elements("log", "entries")
        yield from reading.exchanges(entries, lambda id_, entry: _exchange(id_, entry, file.beside, reading))


def _exchange(id_: str, entry: Mapping[str, Any], beside: Callable[[str], bytes | None], reading: Reading) -> Exchange:
    request = members(entry, "request")
    headers = _headers(request)
    known = headers or ()
    url = reading.maker.expect_call(str(members(request, "method")), str(members(request, "url")), known)
    response = entry.get("response")
    answered = (_headers(response) or ()) if isinstance(response, dict) else ()
    _expect_one_request(known)
    body = _request_body(request, headers, beside, reading)
    attempt = Attempt(
        at=reading.at(entry.get("startedDateTime"), known, answered),
        seconds=seconds(entry.get("time")) / 1000,
        fault=Fault.UNRECORDED,
        stale=True,
    )
    if isinstance(response, dict) and _status(response) is not None:
        answer = answer_of(_status(response) or 0, _headers(response), _answer_body(response, beside))
        attempt = Attempt(attempt.at, attempt.seconds, answer=answer, stale=True)
    return reading.counted(reading.maker.exchange(id_, url, known, body, (attempt,)))


def _status(response: Mapping[str, Any]) -> int | None:
    """The status, or None for a request without an answer: aborted ones have 0, or -1."""
    status = int(response.get("status") or 0)
    return status if 100 <= status <= 999 else None


def _headers(message: Mapping[str, Any]) -> Headers | None:
    """The headers, or None where they were not recorded; without HTTP/2's pseudo headers, which browsers list too."""
    listed = message.get("headers")
    if not isinstance(listed, list):
        return None
    pairs = ((str(each.get("name")), str(each.get("value") or "")) for each in listed if isinstance(each, dict))
    return tuple((name, value) for name, value in pairs if not name.startswith(":"))


def _expect_one_request(headers: Headers) -> None:
    """See that an entry is one exchange. Raises `LeftOutError` where its request has several hosts.

    pcap2har melts all exchanges of a connection of HTTP/1.1 into one entry: the headers of each one after the other,
    their bodies in one, the last URL and the last status. No client sends two hosts. Other headers prove nothing:
    chrome-har lists what a page set beside what the browser sent.
    """
    if sum(name.lower() == "host" for name, _ in headers) > 1:
        raise LeftOutError(LeftOut.MELTED)


def _request_body(
    request: Mapping[str, Any], headers: Headers | None, beside: Callable[[str], bytes | None], reading: Reading
) -> bytes:
    posted = request.get("postData")
    content = posted if isinstance(posted, dict) else {}
    if _parameters(content) is not None:
        return parameters_body(_parameters(content) or {}, reading.maker.contract)
    size = request.get("bodySize")
    lengths = (size if isinstance(size, int) and size > 0 else None,)
    chunked = header_of(headers or (), "transfer-encoding") is not None
    return sure_body(_body(content, beside), lengths, None if chunked else content_length(headers))


def _parameters(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The members of a JSON object that stand in `params` instead of the text, as chrome-har has them."""
    listed = content.get("params")
    if content.get("text") or content.get("_file") or not isinstance(listed, list) or not listed:
        return None
    if "json" not in str(content.get("mimeType")):
        return None
    found = {str(each["name"]): each.get("value") for each in listed}
    return found if len(found) == len(listed) else None


def _answer_body(response: Mapping[str, Any], beside: Callable[[str], bytes | None]) -> bytes | None:
    """The bytes of the answer, or None where they were not recorded, or not as they came."""
    content = response.get("content")
    headers = _headers(response)
    encoded = header_of(headers or (), "content-encoding") is not None
    announced = None if encoded else content_length(headers)
    # What was sent says it better than the recorder: chrome-har's size is that of the body twice.
    size = content.get("size") if isinstance(content, dict) and announced is None else None
    lengths = (size if isinstance(size, int) and size > 0 else None,)
    try:
        return sure_body(_body(content if isinstance(content, dict) else {}, beside), lengths, announced)
    except LeftOutError:
        return None


def _body(content: Mapping[str, Any], beside: Callable[[str], bytes | None]) -> bytes | None:
    """The bytes of a message, or None where the recording does not tell them.

    Raises:
        ValueError: What it tells can't be read.
    """
    text = content.get("text")
    if not text and content.get("_file"):
        return beside(str(content["_file"]))
    if not isinstance(text, str) or _LOST in text:
        return None
    if "base64" in (content.get("encoding"), content.get("_encoding")):
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            return None
    try:
        # mitmproxy keeps bytes that are not UTF-8 as lone surrogates.
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return None
