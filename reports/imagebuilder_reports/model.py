"""The report: the shapes of `report.json`, published as `schemas/report.schema.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imagebuilder_reports.events import (
    SCHEMA_VERSION,
    ClauseInfo,
    ExchangeRecord,
    FailureRecord,
    Judgement,
    RunInfo,
    SuiteInfo,
    TargetInfo,
)
from imagebuilder_reports.gate import Gate
from imagebuilder_reports.legible import capped
from imagebuilder_reports.plain import plain
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """A later run that judged some clauses anew: when it started, ISO 8601 in UTC, which they are, and how it ended.

    What it was to judge and did not come to is not among them.
    """

    started: str
    clauses: tuple[str, ...]
    ending: Ending
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport(RunInfo):
    """How the run was set up and how it ended. `finished` and `seconds` are None where the stream broke off.

    `reruns` are the later runs of which the report has taken over verdicts, the oldest first.
    """

    finished: str | None
    seconds: float | None
    ending: Ending
    reason: str | None
    reruns: tuple[Rerun, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseReport(ClauseInfo):
    """A clause and what came of it. `reason` and `cause` are those of the judgement that decided."""

    verdict: Verdict
    reason: str | None
    cause: Cause | None
    checks: tuple[str, ...]

    @property
    def area(self) -> str:
        """The first segment of the id, such as `idempotency`."""
        return self.id.split(".", 1)[0]

    @property
    def exercised(self) -> bool:
        """Whether the target showed what it makes of the clause."""
        return self.verdict.judges


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A check and what came of it. `deselected` says that pytest was told to leave it out."""

    id: str
    clauses: tuple[str, ...]
    law: str
    verdict: Verdict
    judgements: tuple[Judgement, ...]
    failures: tuple[FailureRecord, ...]
    notes: tuple[str, ...]
    executions: int
    seconds: float
    deselected: bool = False


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """An exchange in short; `at`, `seconds` and `status` are those of its last try."""

    id: str
    check: str
    label: str
    at: float
    seconds: float
    status: int | None
    code: str | None
    tries: int

    @classmethod
    def of(cls, record: ExchangeRecord) -> "ExchangeRow":
        """The row of a recorded exchange."""
        return cls(
            id=record.id,
            check=record.check,
            label=record.label,
            at=record.last.at,
            seconds=record.last.seconds,
            status=record.last.status,
            # The whole is in the stream; a target may make it as long as it likes.
            code=record.code and capped(record.code),
            tries=len(record.attempts),
        )


@dataclass(frozen=True, slots=True)
class Execution:
    """An image build that the run started; `image` is None where the outcome is unknown.

    `sent` is when its request was sent first, `answered` when the last answer to it came, ISO 8601 in UTC; None where
    nobody knows any more.
    """

    exchange: str
    token: str | None
    pipeline: str | None
    image: str | None
    sent: str | None = None
    answered: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What the run comes to in numbers; `clauses` counts them by verdict, each verdict named."""

    exchanges: int
    executions: int
    clauses: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run says of its target, and everything it rests on; `gate` is what a baseline makes of it."""

    verdict: RunVerdict
    verdict_sentence: str
    suite: SuiteInfo
    target: TargetInfo
    run: RunReport
    totals: Totals
    clauses: tuple[ClauseReport, ...]
    checks: tuple[CheckReport, ...]
    exchanges: tuple[ExchangeRow, ...]
    executions: tuple[Execution, ...]
    measured: Mapping[str, float]
    gate: Gate | None = None
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        known = {clause.id for clause in self.clauses}
        if unknown := {failure.clause for failure in self.failures} - known:
            raise ValueError(f"a failure is of the clause {min(unknown)!r}, which is not among the clauses")

    @property
    def failures(self) -> tuple[FailureRecord, ...]:
        """Every broken promise, in the order of the checks."""
        return tuple(failure for check in self.checks for failure in check.failures)

    @property
    def rerun_at(self) -> Mapping[str, str]:
        """When each clause that was judged anew by a later run was so last: the start of that run."""
        return {clause: rerun.started for rerun in self.run.reruns for clause in rerun.clauses}

    def clause(self, clause_id: str) -> ClauseReport:
        """The clause of this id.

        Raises:
            KeyError: The run's contract has no such clause.
        """
        for clause in self.clauses:
            if clause.id == clause_id:
                return clause
        raise KeyError(clause_id)


def report_to_json(report: Report) -> dict[str, Any]:
    """The JSON object of a report, `schema_version` first."""
    members = plain(report)
    return {"schema_version": members.pop("schema_version"), **members}
