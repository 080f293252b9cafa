"""The events of a run: one JSON object a line in `events.jsonl`, everything people read is folded from them.

Times are seconds: `at` counts from the start of the run, `seconds` is a duration.
Every event is `{"event": <name>, ...fields}`; `schemas/events.schema.json` publishes the shapes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import msgspec

from imagebuilder_reports.files import LARGEST
from imagebuilder_reports.plain import plain
from imagebuilder_reports.provisioned import Provisioned
from imagebuilder_reports.verdicts import Cause, Ending, Verdict

SCHEMA_VERSION = 1


WORKERS = "run.workers"
"""The figure of a footer that says how many workers made checks at the same time, where the header can't know."""


Number = Annotated[float, msgspec.Meta(gt=-LARGEST, lt=LARGEST)]
"""A number that is written and read as it is."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A part of what was recorded of an exchange: of these a stream may hold millions, so a library reads them.

    They hold texts, numbers and each other, so there are no cycles among them for anybody to look for.
    """


class Body(Record, frozen=True):
    """The bytes of a message: as `text` where they are UTF-8, else as `base64`; long ones as `zlib` in base64.

    Of an answer that is too long to be kept, `data` is only the beginning and `tail` the end, in the same encoding, and
    `sha256` the digest of all `size` bytes, in hexadecimal.
    """

    encoding: str
    data: str
    size: int
    tail: str | None = None
    sha256: str | None = None

    @property
    def is_cut(self) -> bool:
        """Whether it is not all there."""
        return self.tail is not None or self.sha256 is not None


class RequestRecord(Record, frozen=True):
    """What was sent, secrets redacted; `absolute` says that its first line had the whole URL."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: Body
    absolute: bool = False

    def __post_init__(self) -> None:
        if self.body.is_cut:
            raise ValueError("the body of a request is recorded whole, as it may be sent again")


class AttemptRecord(Record, frozen=True):
    """One sending of a request: an answer, or the `fault` of the transport that came instead.

    `stale` says that the connection had been idle, or was closed before the request came, so that its end can't be
    held against the target.
    """

    at: Number
    seconds: Number
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: Body | None = None
    fault: str | None = None
    stale: bool = False

    def __post_init__(self) -> None:
        if self.seconds < 0:
            raise ValueError(f"a sending that took {self.seconds} seconds can't have been")


class ExchangeRecord(Record, frozen=True):
    """One request and its answer, every try recorded.

    `label` says what the request is for; `violates` names the specific break of a request that is invalid on
    purpose, `form` the published client in whose form it was sent, if it was in any. `code` is the error code of the
    answer, `image` the image ARN that a success carried.
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
    form: str | None = None

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

    `allowed_by` names the other revisions of the contract that allow what came. Only the report has `shares`, the other
    clauses that the same server error breaks, and `answered_by`, who answered where it was hardly the target.
    """

    clause: str
    code: str
    title: str
    expected: str
    received: str
    hint: str
    exchanges: tuple[ExchangeRecord, ...] = ()
    allowed_by: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    answered_by: str = ""

    @property
    def remark(self) -> str:
        """What people should know beside the hint; empty if nothing."""
        remarks = (
            f"allowed by revision {' and '.join(self.allowed_by)}" if self.allowed_by else "",
            f"one cause with {', '.join(self.shares)}: the same server error" if self.shares else "",
            self.answered_by,
        )
        return "; ".join(filter(None, remarks))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check says of one of its clauses."""

    clause: str
    verdict: Verdict
    reason: str | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class SuiteInfo:
    """Which suite, and which contract: `digest` covers suite version, contract, selected clauses and checks."""

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
    """How the run was set up. `started` is ISO 8601 in UTC; `nonce` is part of each token of the run.

    `time_limit` and `retention` are in seconds; the latter is the age of a token that was asked for. `sdk` says what
    makes the calls of the suite `sdk`, with its versions, or why nothing does; None where there are none.
    `provisioned` is what was made on the target for the run; in a report, with what has become of it.
    """

    started: str
    nonce: str
    seed: int
    workers: int
    suites: tuple[str, ...]
    prefixes: tuple[str, ...]
    strict: bool
    max_executions: int | None = None
    time_limit: float | None = None
    retention: float | None = None
    thorough: bool = False
    sdk: str | None = None
    provisioned: tuple[Provisioned, ...] = ()


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
    """A check that the run is going to make: the clauses it judges, its law, the executions it may start.

    `deselected` says that it is not going to be made, as whoever started pytest left it out.
    """

    id: str
    clauses: tuple[str, ...]
    law: str
    executions: int
    deselected: bool = False


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
class RevisionsAsked:
    """Which revisions of the contract the first free answers fit, if any; `sentence` says it to people."""

    event: ClassVar[str] = "revisions"
    fits: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Intent:
    """A request that could start a build is about to be sent."""

    event: ClassVar[str] = "intent"
    exchange: str
    check: str
    at: float
    token: str | None
    pipeline: str | None


class Result(Record, frozen=True, tag_field="event", tag="result"):
    """What came of an intent; `status` is None where no answer came, `image` is None where none was named.

    `record` is the whole evidence, so that a run that is killed loses none of it.
    """

    event: ClassVar[str] = "result"
    exchange: str
    at: Number
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


Event = Header | RevisionsAsked | Intent | Result | CheckFinished | Footer


def to_json(event: Event) -> dict[str, Any]:
    """The JSON object of an event."""
    return {"event": event.event, **plain(event)}
