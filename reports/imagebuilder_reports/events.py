"""The events of a run: one JSON object a line in `events.jsonl`, everything people read is folded from them.

Times are seconds: `at` counts from the start of the run, `seconds` is a duration.
Every event is `{"event": <name>, ...fields}`; `schemas/events.schema.json` publishes the shapes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from imagebuilder_reports.plain import plain
from imagebuilder_reports.verdicts import Cause, Ending, Verdict

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of a message: as `text` where they are UTF-8, else as `base64`; long ones as `zlib` in base64."""

    encoding: str
    data: str
    size: int


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """What was sent, secrets redacted."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: Body


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One sending of a request: an answer, or the `fault` of the transport that came instead.

    `stale` says that the connection had been idle before, so that its end can't be held against the target.
    """

    at: float
    seconds: float
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: Body | None = None
    fault: str | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """One request and its answer, every try recorded.

    `label` says what the request is for; `violates` names the specific break of a request that is invalid on
    purpose. `code` is the error code of the answer, `image` the image ARN that a success carried.
    """

    id: str
    check: str
    label: str
    request: RequestRecord
    attempts: tuple[AttemptRecord, ...]
    violates: str | None = None
    token: str | None = None
    pipeline: str | None = None
    code: str | None = None
    image: str | None = None

    def __post_init__(self) -> None:
        if not self.attempts:
            raise ValueError(f"exchange {self.id} has no attempt: a request that was never sent is no exchange")

    @property
    def last(self) -> AttemptRecord:
        """The sending whose answer counts: the last one."""
        return self.attempts[-1]


@dataclass(frozen=True, slots=True)
class FailureRecord:
    """One broken promise: what was expected, what came, and the exchanges that show it.

    `allowed_by` names the other revisions of the contract that allow what came.
    """

    clause: str
    code: str
    title: str
    expected: str
    received: str
    hint: str
    exchanges: tuple[ExchangeRecord, ...] = ()
    allowed_by: tuple[str, ...] = ()

    @property
    def remark(self) -> str:
        """What people should know beside the hint; empty if nothing."""
        return f"matches revision {' and '.join(self.allowed_by)}" if self.allowed_by else ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check says of one of its clauses."""

    clause: str
    verdict: Verdict
    reason: str | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class SuiteInfo:
    """Which suite, and which contract: `digest` covers suite version, contract and selected clauses."""

    version: str
    contract: str
    digest: str


@dataclass(frozen=True, slots=True)
class TargetInfo:
    """The endpoint under test. `reference` says that it is the embedded reference target.

    `recorded` says that nothing was sent to it: traffic that others had with it was audited.
    """

    name: str
    endpoint: str
    region: str
    pipelines: tuple[str, ...]
    reference: bool
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class RunInfo:
    """How the run was set up. `started` is ISO 8601 in UTC; `nonce` is part of each token of the run."""

    started: str
    nonce: str
    seed: int
    workers: int
    suites: tuple[str, ...]
    prefixes: tuple[str, ...]
    strict: bool
    max_executions: int | None = None


@dataclass(frozen=True, slots=True)
class ClauseInfo:
    """A clause of the contract as the run knew it; `counts` says that a run without it is incomplete."""

    id: str
    level: str
    evidence: str
    activity: str
    suite: str
    statement: str
    source: str
    condition: str | None
    counts: bool
    selected: bool


@dataclass(frozen=True, slots=True)
class CheckInfo:
    """A check that the run is going to make: the clauses it judges, its law, the executions it may start."""

    id: str
    clauses: tuple[str, ...]
    law: str
    executions: int


@dataclass(frozen=True, slots=True)
class Header:
    """The first event: what is going to be judged."""

    event: ClassVar[str] = "header"
    suite: SuiteInfo
    target: TargetInfo
    run: RunInfo
    clauses: tuple[ClauseInfo, ...]
    checks: tuple[CheckInfo, ...]
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Intent:
    """A request that could start a build is about to be sent."""

    event: ClassVar[str] = "intent"
    exchange: str
    check: str
    at: float
    token: str | None
    pipeline: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an intent; `status` is None where no answer came, `image` is None where none was named.

    `record` is the whole evidence, so that a run that is killed loses none of it.
    """

    event: ClassVar[str] = "result"
    exchange: str
    at: float
    status: int | None
    image: str | None
    record: ExchangeRecord | None = None


@dataclass(frozen=True, slots=True)
class CheckFinished:
    """A check has judged its clauses. `exchanges` are all it sent; `notes` are findings that judge nothing."""

    event: ClassVar[str] = "check"
    id: str
    judgements: tuple[Judgement, ...]
    failures: tuple[FailureRecord, ...] = ()
    exchanges: tuple[ExchangeRecord, ...] = ()
    notes: tuple[str, ...] = ()
    executions: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Footer:
    """The last event. A stream without it was cut short.

    `exchanges` and `executions` are how many there were, where the stream does not hold each of them.
    """

    event: ClassVar[str] = "footer"
    finished: str
    seconds: float
    ending: Ending
    reason: str | None = None
    measured: Mapping[str, float] = field(default_factory=dict)
    exchanges: int | None = None
    executions: int | None = None


Event = Header | Intent | Result | CheckFinished | Footer


def to_json(event: Event) -> dict[str, Any]:
    """The JSON object of an event."""
    return {"event": event.event, **plain(event)}
