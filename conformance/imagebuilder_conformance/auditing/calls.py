"""Exchanges of what was recorded: which headers are told, which secrets are not, and what a body must be sure of."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from imagebuilder_conformance.auditing.account import LeftOut
from imagebuilder_conformance.client.answers import Answer, header_of
from imagebuilder_conformance.client.messages import Attempt, Exchange, Request
from imagebuilder_conformance.client.partial import PartialAnswer, known_or_none
from imagebuilder_conformance.client.redaction import REDACTED, Redactor, secrets_in
from imagebuilder_conformance.oracles.recorded import speaks_of_parameters
from imagebuilder_conformance.oracles.validity import Reading, body_reader
from imagebuilder_spec import FAULT_HEADER, Contract

Headers = tuple[tuple[str, str], ...]

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

# What redacting recorders write in place of a value: ***TOKEN*** (har-capture), [REDACTED], <hidden>,
# HIDDEN_DUE_TO_SECURITY_REASONS (CloudTrail), ***, and people in place of an account's twelve digits.
_MARKER = re.compile(
    r"\*{2,}.*\*{2,}|\*{3,}|HIDDEN_DUE_TO_\w+|[xX#*]{12}|"
    r"[\[<({%_-]*(?:redacted|hidden|masked|filtered|removed|scrubbed|sanitized|censored|omitted)[\]>)}%_-]*",
    re.IGNORECASE,
)
# One of these is in every body with a marker, in lower case. One by one is much quicker than a pattern.
_TRACES = (
    *(b"**", b"############", b"xxxxxxxxxxxx", b"hidden", b"redacted", b"masked", b"filtered", b"removed", b"scrubbed"),
    *(b"sanitized", b"censored", b"omitted"),
)
_PARTS = re.compile(r"[:/]")


def _is_redacted(body: bytes, members: Callable[[], Mapping[str, Any] | None]) -> bool:
    """Whether a member of a body is a marker, or an ARN with one as a part."""
    lowered = body.lower()
    for trace in _TRACES:
        if trace in lowered:
            break
    else:
        return False
    texts = (value for value in (members() or {}).values() if isinstance(value, str))
    return any(_MARKER.fullmatch(part) for text in texts for part in (text, *_PARTS.split(text)))


class LeftOutError(Exception):
    """An entry is not judged; `why` says for what reason."""

    def __init__(self, why: LeftOut) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The endpoint whose calls are meant: its URL up to the path of the operation, or any where it is None."""

    url: str | None = None

    def path_of(self, url: SplitResult) -> str:
        """The path below the endpoint. Raises `LeftOutError` for a URL that is not below it."""
        if self.url is None:
            return url.path
        base = urlsplit(self.url)
        prefix = base.path.rstrip("/")
        if _origin(url) != _origin(base) or not url.path.startswith(f"{prefix}/"):
            raise LeftOutError(LeftOut.OTHER_TARGET)
        return url.path.removeprefix(prefix)


def _origin(url: SplitResult) -> tuple[str, str, int | None]:
    return url.scheme, url.hostname or "", url.port or {"http": 80, "https": 443}.get(url.scheme)


class Maker:
    """Makes exchanges of the calls of one operation."""

    def __init__(self, contract: Contract, endpoint: Endpoint) -> None:
        self.contract = contract
        self._endpoint = endpoint
        self._read = body_reader(contract)

    def expect_call(self, method: str, url: str, headers: Headers) -> SplitResult:
        """See that a request is a call of the operation to the endpoint.

        Raises:
            LeftOutError: It is not.
            ValueError: The URL can't be read.
        """
        operation, parts = self.contract.operation, urlsplit(url)
        path = self._endpoint.path_of(parts)
        if method.upper() != operation.method or path != operation.path:
            raise LeftOutError(LeftOut.OTHER_OPERATION if self._is_sibling(parts, headers) else LeftOut.OTHER_REQUEST)
        return parts

    def expect_target(self, url: str) -> None:
        """See that a URL is below the endpoint that is meant. Raises `LeftOutError`."""
        if self._endpoint.url is not None:
            self._endpoint.path_of(urlsplit(url))

    def _is_sibling(self, url: SplitResult, headers: Headers) -> bool:
        """Whether a request is for another operation of the service, by its host or what it is signed for."""
        service = self.contract.operation.signing_name
        signed = f"/{service}/aws4_request" in (header_of(headers, "authorization") or "")
        return (url.hostname or "").startswith(f"{service}.") or signed

    def exchange(
        self, id_: str, url: SplitResult, headers: Headers, body: bytes, attempts: tuple[Attempt, ...]
    ) -> Exchange:
        """The exchange of a call. Raises `LeftOutError` where its parameters were redacted."""
        reading = self._read(body)
        members = reading.members or {}
        if _is_redacted(body, lambda: members):
            raise LeftOutError(LeftOut.REDACTED)
        answered = tuple(attempt.answer for attempt in attempts if attempt.answer)
        own = secrets_in(urlunsplit(url), header_of(headers, "authorization"))
        redactor = Redactor((*own, *secrets_of(headers, *(recorded_headers(answer) for answer in answered))))
        told = tuple(self._told(attempt, redactor) for attempt in attempts)
        return Exchange(
            id=id_,
            check="recorded",
            request=self._request(redactor.data(body), reading, attempts[-1].answer),
            url=redactor.text(urlunsplit((url.scheme, url.netloc.rpartition("@")[2], url.path, "", ""))),
            headers=told_headers(headers, redactor),
            attempts=told,
        )

    def _request(self, body: bytes, reading: Reading, answer: Answer | None) -> Request:
        operation, members = self.contract.operation, reading.members or {}
        token, pipeline = members.get("clientToken"), members.get("imagePipelineArn")
        judged = bool(reading.breaks) and known_or_none(lambda: speaks_of_parameters(answer, self.contract))
        return Request(
            label="a recorded request",
            body=body,
            method=operation.method,
            path=operation.path,
            token=token if isinstance(token, str) else None,
            pipeline=pipeline if isinstance(pipeline, str) else None,
            violates=reading.breaks[0] if judged else None,
        )

    def _told(self, attempt: Attempt, redactor: Redactor) -> Attempt:
        answer = attempt.answer
        if answer is None:
            return attempt
        headers, body = known_or_none(lambda: answer.headers), known_or_none(lambda: answer.body)
        status = known_or_none(lambda: answer.status)
        if status is None:
            return attempt
        if body and _is_redacted(body, lambda: answer.members):
            body = None
        told = None if headers is None else told_headers(headers, redactor)
        return Attempt(
            attempt.at,
            attempt.seconds,
            answer=answer_of(status, told, None if body is None else redactor.data(body)),
            stale=attempt.stale,
        )


def answer_of(status: int, headers: Headers | None, body: bytes | None) -> Answer:
    """An answer, whole or in part."""
    if headers is None or body is None:
        return PartialAnswer(status=status, headers=headers, body=body)
    return Answer(status, headers, body)


def parameters_body(parameters: Mapping[str, Any], contract: Contract) -> bytes:
    """A body with these parameters, of a request of which no bytes were recorded.

    Raises:
        LeftOutError: One that the operation requires was not recorded: it need not have been missing.
    """
    if not all(isinstance(parameters.get(name), str) for name in contract.request_schema["required"]):
        raise LeftOutError(LeftOut.NO_PARAMETERS)
    return json.dumps(parameters).encode("utf-8", "surrogatepass")


def sure_body(body: bytes | None, lengths: tuple[int | None, ...], announced: int | None) -> bytes:
    """A recorded body, if nothing in the recording speaks against it.

    Args:
        body: What was recorded.
        lengths: How long the recording says that it was, in bytes or characters.
        announced: What Content-Length said.

    Raises:
        LeftOutError: It was not recorded, or not as it was sent. An empty one must have been announced.
    """
    if not body:
        if announced == 0 and not any(lengths):
            return b""
        raise LeftOutError(LeftOut.NO_BODY)
    text = body.decode("utf-8", "replace")
    # Some recorders count characters, those of JavaScript UTF-16 units, and axios-har-tracker those of the text written
    # as a JSON string.
    fitting = {len(body), len(text), len(text.encode("utf-16-le", "surrogatepass")) // 2}
    fitting.add(len(json.dumps(text, ensure_ascii=False)))
    if (announced is not None and announced != len(body)) or any(
        length and length not in fitting for length in lengths
    ):
        raise LeftOutError(LeftOut.LENGTH)
    return body


def recorded_headers(answer: Answer) -> Headers:
    """The headers of an answer; none where they were not recorded."""
    return known_or_none(lambda: answer.headers) or ()


def content_length(headers: Headers | None) -> int | None:
    """What Content-Length says, or None where it says nothing that can be read."""
    value = header_of(headers or (), "content-length") or ""
    return int(value) if value.isdecimal() and value.isascii() and len(value) < 20 else None


def told_headers(headers: Headers, redactor: Redactor) -> Headers:
    """The headers that a report may show."""
    told = ((name, REDACTED if name.lower() in _SIGNING else redactor.text(value)) for name, value in headers)
    return tuple((name, value) for name, value in told if name.lower() in _TOLD | _SIGNING)


def secrets_of(*messages: Headers) -> tuple[str, ...]:
    """What must not be told even where a target echoes it."""
    return tuple(value for headers in messages for name, value in headers if name.lower() in _SECRET)
