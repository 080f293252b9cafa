"""What goes over the wire, as the checks and oracles see it: requests, answers, exchanges."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from requests import PreparedRequest

from imagebuilder_conformance.target import Target
from imagebuilder_spec import FAULT_HEADER, Family, FaultDemand, load_contract

Signer = Callable[[PreparedRequest, Target], None]
"""Puts a signature, good or deliberately bad, on a request that is ready to be sent."""

_CODE_MEMBERS = ("code", "Code", "__type")
_MESSAGE_MEMBERS = ("message", "Message")
_MANY_DIGITS = 1000
_HTML_STARTS = (b"<!doctype html", b"<html")


def _number(digits: str) -> float:
    # Python refuses to read very many digits; JSON does not.
    return int(digits) if len(digits) < _MANY_DIGITS else float(digits)


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no JSON")


# NaN and Infinity are Python's, not JSON's.
_JSON = json.JSONDecoder(parse_int=_number, parse_constant=_refuse)


class Fault(StrEnum):
    """What came of a sending instead of an answer."""

    REFUSED = "connection refused"
    CLOSED = "connection closed without an answer"
    TIMEOUT = "no answer in time"
    TLS = "TLS failure"
    GARBLED = "not an HTTP answer"
    UNRECORDED = "no answer was recorded"


@dataclass(frozen=True, slots=True)
class Request:
    """A request to send; `label` says what it is for.

    `violates` names the specific break of a request that is invalid on purpose. `sign` replaces the signature
    that requests have by default; `chunked` sends the body in chunks. `headers` come on top of the usual ones,
    and replace them; None leaves a usual one out.
    """

    label: str
    body: bytes
    method: str
    path: str
    headers: Mapping[str, str | None] = field(default_factory=dict)
    token: str | None = None
    pipeline: str | None = None
    violates: str | None = None
    chunked: bool = False
    sign: Signer | None = None
    off_operation: bool = False

    def labelled(self, label: str) -> "Request":
        """The same request for another purpose."""
        return replace(self, label=label)

    @property
    def demand(self) -> FaultDemand | None:
        """The fault that the request demands by the fault interface, if any."""
        value = self.headers.get(FAULT_HEADER)
        return None if value is None else FaultDemand.parse(value)

    def demanding(self, demand: FaultDemand) -> "Request":
        """The same request, demanding a fault."""
        return replace(self, headers={**self.headers, FAULT_HEADER: str(demand)})

    def breaking(self, violates: str) -> "Request":
        """The same request, declared invalid by the specific break `violates`."""
        return replace(self, violates=violates)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. Header names are compared without regard to case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return header_of(self.headers, name)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def is_client_error(self) -> bool:
        """Whether the status is 4xx."""
        return 400 <= self.status < 500

    @property
    def is_server_error(self) -> bool:
        """Whether the status is 5xx, or beyond what HTTP has."""
        return self.status >= 500

    @property
    def is_throttled(self) -> bool:
        """Whether it says, by its status or by its code, that there were too many requests.

        AWS publishes 400 for some of the codes too. The table of errors is common to all revisions.
        """
        return self.status == 429 or self.code in load_contract().errors.family(Family.THROTTLING)

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case; empty where there is none."""
        return (self.header("content-type") or "").split(";", 1)[0].strip().lower()

    @property
    def is_html(self) -> bool:
        """Whether the answer is an HTML page, by its content type or its first bytes."""
        return self.media_type == "text/html" or self.body.lstrip()[:20].lower().startswith(_HTML_STARTS)

    @cached_property
    def members(self) -> dict[str, Any] | None:
        """The JSON object of the body, or None where the body is not one JSON object in UTF-8."""
        try:
            value = _JSON.decode(self.body.decode("utf-8"))
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None

    @cached_property
    def image(self) -> str | None:
        """The image ARN that a success names."""
        return self._text("imageBuildVersionArn") if self.is_success else None

    @cached_property
    def request_id(self) -> str | None:
        """The requestId member of a success."""
        return self._text("requestId") if self.is_success else None

    @cached_property
    def header_code(self) -> str | None:
        """The error code of the header x-amzn-ErrorType."""
        return _sanitised(self.header("x-amzn-errortype"))

    @cached_property
    def body_code(self) -> str | None:
        """The error code of the body, from the member `code`, `Code` or `__type`."""
        return next((code for name in _CODE_MEMBERS if (code := _sanitised(self._text(name)))), None)

    @property
    def named_code(self) -> str | None:
        """The error code, in the order in which AWS's SDKs look: the header, then the body. Whatever the status."""
        return self.header_code or self.body_code

    @property
    def code(self) -> str | None:
        """The error code of an answer that is no success by its status."""
        return None if self.is_success else self.named_code

    @property
    def message(self) -> str | None:
        """The message for people that an error carries."""
        return next((text for name in _MESSAGE_MEMBERS if (text := self._text(name))), None)

    def _text(self, name: str) -> str | None:
        value = (self.members or {}).get(name)
        return value if isinstance(value, str) else None

    def __str__(self) -> str:
        """The answer in a few words on one line, for `received`."""
        if self.is_success:
            return _line(
                f"{self.status} with image {self.image}" if self.image else f"{self.status} without an image ARN"
            )
        return _line(f"{self.status} {self.code or 'without an error code'}")


def header_of(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """The value of the first header of that name, in any case."""
    return next((value for key, value in headers if key.lower() == name.lower()), None)


def _line(text: str) -> str:
    return " ".join(text.split())


def _sanitised(code: str | None) -> str | None:
    """The bare code: what is before the first `:`, then after the last `#` (Smithy restJson1)."""
    return (code or "").split(":", 1)[0].rsplit("#", 1)[-1].strip() or None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending: the answer or the fault that came, when it was sent and how long it took (seconds).

    `at` counts from the start of the run. `stale` says that the connection had been idle for a while before, so
    that its end can't be held against the target.
    """

    at: float
    seconds: float
    answer: Answer | None = None
    fault: Fault | None = None
    detail: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it, every try recorded; `url` and `headers` are those sent last.

    `reproduced` says that the same server error or silence came again after another request was answered well,
    so that it is this request's and not a passing fault.
    """

    id: str
    check: str
    request: Request
    url: str
    headers: tuple[tuple[str, str], ...]
    attempts: tuple[Attempt, ...]
    reproduced: bool = False

    @property
    def answer(self) -> Answer | None:
        """The answer to the last try."""
        return self.attempts[-1].answer

    @property
    def fault(self) -> Fault | None:
        """The transport's fault at the last try."""
        return self.attempts[-1].fault

    @property
    def is_success(self) -> bool:
        """Whether it was answered with a 2xx."""
        return self.answer is not None and self.answer.is_success

    @property
    def is_throttled(self) -> bool:
        """Whether it was answered that there were too many requests."""
        return self.answer is not None and self.answer.is_throttled

    @property
    def is_undecided(self) -> bool:
        """Whether the tries ran out on what may be a passing fault: no answer, a server error, throttling."""
        if self.is_throttled:
            return True
        return not self.reproduced and (self.answer is None or self.answer.is_server_error)

    @property
    def image(self) -> str | None:
        """The image ARN that the answer names."""
        return self.answer.image if self.answer else None

    @property
    def started_at(self) -> float:
        """When the first try was sent."""
        return self.attempts[0].at

    @property
    def ended_at(self) -> float:
        """When the last try was over."""
        return self.attempts[-1].at + self.attempts[-1].seconds

    def __str__(self) -> str:
        """What came, in a few words on one line, for `received`."""
        last = self.attempts[-1]
        return (
            str(last.answer)
            if last.answer
            else _line(f"{last.fault} ({last.detail})" if last.detail else last.fault or "")
        )
