"""What goes over the wire, as the checks and oracles see it: requests, tries, exchanges."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from requests import PreparedRequest

from imagebuilder_conformance.client.answers import Answer, one_line
from imagebuilder_conformance.client.wire import Wire
from imagebuilder_conformance.target import Target
from imagebuilder_spec import FAULT_HEADER, FaultDemand

Signer = Callable[[PreparedRequest, Target], None]
"""Puts a signature, good or deliberately bad, on a request that is ready to be sent."""

_LONGEST_QUOTE = 300
_NOT_IMPLEMENTED = 501
# More than any legal request has: 50 tags of the greatest lengths, every character an escape, take 170 kB, and all the
# text there is in them can hold as many brackets as there are characters.
_LONGEST_SENSIBLE = 256 * 1024
_MOST_SENSIBLE_BRACKETS = 20_000


_LONE_SURROGATE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)


class Fault(StrEnum):
    """What came of a sending instead of an answer."""

    REFUSED = "connection refused"
    CLOSED = "connection closed without an answer"
    CUT = "answer cut off"
    TIMEOUT = "no answer in time"
    TLS = "TLS failure"
    GARBLED = "not an HTTP answer"
    UNRECORDED = "no answer was recorded"


# As the others here they are never changed. But a frozen one takes five times as long to make, and a recording has
# millions of them.
@dataclass(unsafe_hash=True, slots=True)
class Request:
    """A request to send; `label` says what it is for.

    `violates` names the specific break of a request that is invalid on purpose. `sign` replaces the signature
    that requests have by default; `chunked` sends the body in chunks. `headers` come on top of the usual ones,
    and replace them; None leaves a usual one out. `instead_of` is the token in whose place a fresh one of the same form
    stands, to see whether what came is the token's or the form's. `harmless` says that it must start nothing for
    another reason than its members, such as its signature; what `violates` names or another operation says so itself.
    `form` is the name of the published client in whose form it is sent; `absolute` has the whole URL in its first line.
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
    instead_of: str | None = None
    harmless: bool = False
    form: str | None = None
    absolute: bool = False

    @property
    def is_contrived(self) -> bool:
        """Whether no SDK sends it: larger, or more deeply nested, than any legal request, in chunks, or with a query.

        A gateway, or the framework, may refuse it before the application sees it. So may they what waits to be asked
        for its body, has a whole URL in its first line, or comes in another client's form, which is judged by itself.
        """
        if self.chunked or self.absolute or self.form is not None or "Expect" in self.headers:
            return True
        if "?" in self.path or len(self.body) > _LONGEST_SENSIBLE:
            return True
        # Fewer bytes have no more brackets.
        return (
            len(self.body) > _MOST_SENSIBLE_BRACKETS
            and self.body.count(b"[") + self.body.count(b"{") > _MOST_SENSIBLE_BRACKETS
        )

    @property
    def is_text(self) -> bool:
        """Whether the body is Unicode text: UTF-8, and without half of a surrogate pair among its escapes.

        What is none can't be repeated in an answer in UTF-8, and no two languages read it alike.
        """
        return _is_text(self.body)

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

    def without_effect(self) -> "Request":
        """The same request, declared one that must start nothing."""
        return replace(self, harmless=True)

    def breaking(self, violates: str) -> "Request":
        """The same request, declared invalid by the specific break `violates`."""
        return replace(self, violates=violates)


@lru_cache(maxsize=1)
def _is_text(body: bytes) -> bool:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return "\\u" not in text or not _LONE_SURROGATE.search(text)


@dataclass(unsafe_hash=True, slots=True)
class Attempt:
    """One sending: the answer or the fault that came, when it was sent and how long it took (seconds).

    `at` counts from the start of the run. `stale` says that the connection had been idle for a while before, or was
    closed before the request came, so that its end can't be held against the target. `wire` is what framed the
    answer, where its bytes were seen.
    """

    at: float
    seconds: float
    answer: Answer | None = None
    fault: Fault | None = None
    detail: str = ""
    stale: bool = False
    wire: Wire | None = None

    @property
    def may_pass(self) -> bool:
        """Whether another try may be answered otherwise: no answer, one that may be cut, or a server error."""
        answer = self.answer
        if answer is None:
            return True
        return (answer.is_server_error and answer.status != _NOT_IMPLEMENTED) or answer.may_be_cut

    def __post_init__(self) -> None:
        # Here, as every answer passes: a target that answers megabytes to everything must not fill the memory.
        # What was recorded in part only is somebody else's, and not asked here for what it has not.
        if type(self.answer) is Answer:
            self.answer = self.answer.bounded()


@dataclass(unsafe_hash=True, slots=True)
class Exchange:
    """One request and what came of it, every try recorded; `url` and `headers` are those sent last.

    `reproduced` says that the same server error, silence, denial or throttling came again after another request was
    answered well, so that it is this request's own and nothing that would have met any other. `kept` says that a server
    error or silence comes for this token only: with a fresh token of the same form the request was answered. Then
    nothing is known of what it is about.
    """

    id: str
    check: str
    request: Request
    url: str
    headers: tuple[tuple[str, str], ...]
    attempts: tuple[Attempt, ...]
    reproduced: bool = False
    kept: bool = False

    @property
    def answer(self) -> Answer | None:
        """The answer to the last try."""
        return self.attempts[-1].answer

    @property
    def fault(self) -> Fault | None:
        """The transport's fault at the last try."""
        return self.attempts[-1].fault

    @property
    def own_answers(self) -> "list[tuple[Answer, Exchange]]":
        """The answers to be held against the contract, each with the exchange as it was up to that try.

        Left out is what the next try overcame, whatever its form: it may be that of a gateway, and SDKs hide it. So is
        an answer such as only gateways give.
        """
        if len(self.attempts) == 1:
            only = self.attempts[0].answer
            return [] if only is None or only.may_be_a_gateways else [(only, self)]
        return [
            (attempt.answer, replace(self, attempts=self.attempts[: number + 1]))
            for number, attempt in enumerate(self.attempts)
            if attempt.answer is not None
            and not attempt.answer.may_be_a_gateways
            and not (number + 1 < len(self.attempts) and attempt.may_pass)
        ]

    @property
    def is_success(self) -> bool:
        """Whether it was answered with a 2xx."""
        answer = self.attempts[-1].answer
        return answer is not None and answer.is_success

    @property
    def raises_demand(self) -> bool:
        """Whether the answer says that it is the fault that the request demanded."""
        demand = self.request.demand
        return self.answer is not None and demand is not None and self.answer.header(FAULT_HEADER) == str(demand)

    @property
    def is_throttled(self) -> bool:
        """Whether it was answered that there were too many requests."""
        answer = self.attempts[-1].answer
        return answer is not None and answer.is_throttled

    @property
    def is_undecided(self) -> bool:
        """Whether the tries ran out on what may be a passing fault: no answer, a server error, throttling.

        That is for the client, which sends again; what it says of the target `oracles.excuses` decides.
        """
        if self.is_success:
            return False
        if self.is_throttled:
            return True
        return not self.reproduced and (self.answer is None or self.answer.is_server_error)

    @property
    def image(self) -> str | None:
        """The image ARN that the answer names."""
        answer = self.attempts[-1].answer
        return None if answer is None else answer.image

    @property
    def started_at(self) -> float:
        """When the first try was sent."""
        return self.attempts[0].at

    @property
    def ended_at(self) -> float:
        """When the last try was over."""
        return self.attempts[-1].at + self.attempts[-1].seconds

    @property
    def quoted(self) -> str:
        """What came, and the beginning of the target's own sentence, on one line."""
        message = one_line((self.answer and self.answer.message) or "")
        return f'{self} "{message[:_LONGEST_QUOTE]}"' if message else str(self)

    def __str__(self) -> str:
        """What came, in a few words on one line, for `received`."""
        last = self.attempts[-1]
        return (
            str(last.answer)
            if last.answer
            else one_line(f"{last.fault} ({last.detail})" if last.detail else last.fault or "")
        )
