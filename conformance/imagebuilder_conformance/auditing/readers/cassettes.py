"""Cassettes of vcrpy, in YAML or JSON.

They have no times; that of a call is in the header that signs it. A body that vcrpy was told to filter is kept without
what was filtered, so it counts as recorded only with the length that was sent.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from imagebuilder_conformance.auditing.account import LeftOut
from imagebuilder_conformance.auditing.calls import Headers, LeftOutError, answer_of, content_length, sure_body
from imagebuilder_conformance.auditing.files import File
from imagebuilder_conformance.auditing.json_values import NotJsonValueError
from imagebuilder_conformance.auditing.reading import Reading, members
from imagebuilder_conformance.client.answers import header_of
from imagebuilder_conformance.client.messages import Attempt, Exchange
from imagebuilder_reports.errors import UnreadableError


def read(file: File, reading: Reading) -> Iterator[Exchange]:
    """The calls of the operation in a cassette, in its order.

    Raises:
        NotJsonValueError: It is neither YAML nor JSON, or no cassette.
        UnreadableError: It is YAML, and PyYAML is not installed.
    """
    with file.open() as opened:
        cassette = _parsed(opened.read(), file.name)
    interactions = cassette.get("interactions") if isinstance(cassette, dict) else None
    if not isinstance(interactions, list):
        raise NotJsonValueError("expected a cassette with `interactions`")
    yield from reading.exchanges(interactions, lambda id_, each: _exchange(id_, each, reading))


def _parsed(content: bytes, name: str) -> Any:
    if content.lstrip().startswith(b"{"):
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise NotJsonValueError(str(error)) from error
    try:
        import yaml
    except ImportError as error:
        raise UnreadableError(
            f"{name} is YAML, which takes PyYAML: pip install 'imagebuilder-conformance[cassettes]'"
        ) from error
    try:
        return yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise NotJsonValueError(" ".join(str(error).split())) from error


def _exchange(id_: str, interaction: Mapping[str, Any], reading: Reading) -> Exchange:
    request, response = members(interaction, "request"), members(interaction, "response")
    headers, answered = _headers(request), _headers(response)
    url = reading.maker.expect_call(str(members(request, "method")), str(members(request, "uri")), headers or ())
    announced = content_length(headers)
    if announced is None:
        raise LeftOutError(LeftOut.NO_BODY)
    body = sure_body(_bytes(request.get("body")), (), announced)
    status = int(members(members(response, "status"), "code"))
    content = response.get("body")
    answer = answer_of(status, answered, _answer_body(content if isinstance(content, dict) else {}, answered))
    attempt = Attempt(at=reading.at(None, headers or (), answered or ()), seconds=1.0, answer=answer, stale=True)
    return reading.counted(reading.maker.exchange(id_, url, headers or (), body, (attempt,)))


def _answer_body(content: Mapping[str, Any], headers: Headers | None) -> bytes | None:
    encoded = header_of(headers or (), "content-encoding") is not None
    text = content.get("string")
    try:
        return sure_body(_bytes(text), (), None if encoded else content_length(headers))
    except LeftOutError:
        return None


def _bytes(value: Any) -> bytes | None:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value if value is not None else None


def _headers(message: Any) -> Headers | None:
    """The headers; values are lists, of texts or bytes."""
    listed = message.get("headers")
    if not isinstance(listed, dict):
        return None
    return tuple(
        (str(name), value.decode("latin-1") if isinstance(value, bytes) else str(value))
        for name, values in listed.items()
        for value in (values if isinstance(values, list) else [values])
    )
