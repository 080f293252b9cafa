"""Small event streams, built from what a test cares about; everything else has a plain default."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from imagebuilder_reports.events import (
    AttemptRecord,
    Body,
    CheckFinished,
    CheckInfo,
    ClauseInfo,
    Event,
    ExchangeRecord,
    FailureRecord,
    Footer,
    Header,
    Intent,
    Judgement,
    RequestRecord,
    Result,
    RunInfo,
    SuiteInfo,
    TargetInfo,
)
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.stream import EventWriter
from imagebuilder_reports.verdicts import Cause, Ending, Verdict

REGION = "eu-west-1"
ENDPOINT = "http://127.0.0.1:4566"
PIPELINE = f"arn:aws:imagebuilder:{REGION}:123456789012:image-pipeline/nightly"
REDACTED = "[redacted]"


def image(number: int) -> str:
    return f"arn:aws:imagebuilder:{REGION}:123456789012:image/nightly/1.0.0/{number}"


def clause(id_: str, level: str = "MUST", **changes: Any) -> ClauseInfo:
    """A clause that a run selected; it counts where an unconditional, active MUST would."""
    counts = level == "MUST" and not changes.get("condition") and changes.get("activity") != "passive"
    members: dict[str, Any] = {
        "evidence": "documented",
        "activity": "active",
        "suite": "core",
        "statement": f"What {id_} promises is kept.",
        "source": '"A quotation."',
        "condition": None,
        "counts": counts,
        "selected": True,
    }
    return ClauseInfo(id=id_, level=level, **(members | changes))


def judged(clause_id: str, verdict: Verdict, reason: str | None = None, cause: Cause | None = None) -> Judgement:
    return Judgement(clause_id, verdict, reason, cause)


def finished(check_id: str, *judgements: Judgement, **changes: Any) -> CheckFinished:
    return CheckFinished(check_id, judgements, **changes)


def check(id_: str, *clauses: str) -> CheckInfo:
    return CheckInfo(id_, clauses, f"The law of {id_}.", 1)


def header(clauses: Iterable[ClauseInfo], checks: Iterable[CheckInfo], **changes: Any) -> Header:
    """A header; `strict`, `reference` and `prefixes` may be changed."""
    return Header(
        suite=SuiteInfo("0.1.0", "documented", "d" * 64),
        target=TargetInfo("a target", ENDPOINT, REGION, (PIPELINE,), changes.pop("reference", False)),
        run=RunInfo(
            started="2025-11-23T08:00:00.000+00:00",
            nonce="n0nce",
            seed=1,
            workers=1,
            suites=("core",),
            prefixes=changes.pop("prefixes", ()),
            strict=changes.pop("strict", False),
            **changes,
        ),
        clauses=tuple(clauses),
        checks=tuple(checks),
    )


def footer(ending: Ending = Ending.COMPLETED, reason: str | None = None, **changes: Any) -> Footer:
    return Footer("2025-11-23T08:00:09.000+00:00", 9.0, ending, reason, **changes)


def events_of(
    clauses: Iterable[ClauseInfo],
    done: Iterable[CheckFinished],
    *,
    planned: Iterable[CheckInfo] = (),
    between: Iterable[Event] = (),
    end: Footer | None = footer(),  # noqa: B008  # frozen
    **changes: Any,
) -> list[Event]:
    """The events of a run: each check that is done was planned for what it judges; `planned` adds others."""
    done = list(done)
    announced = [check(each.id, *(judgement.clause for judgement in each.judgements)) for each in done]
    ended = [end] if end else []
    return [header(clauses, [*announced, *planned], **changes), *between, *done, *ended]


def run_of(verdicts: Mapping[str, Verdict], *, level: str = "MUST", **changes: Any) -> list[Event]:
    """A run in which each clause has a check of its own that gave it this verdict."""
    return events_of(
        [clause(clause_id, level) for clause_id in verdicts],
        [finished(f"check.{clause_id}", judged(clause_id, verdict)) for clause_id, verdict in verdicts.items()],
        **changes,
    )


def report_of(verdicts: Mapping[str, Verdict], **changes: Any) -> Report:
    return fold(run_of(verdicts, **changes))


def text_body(text: str) -> Body:
    return Body("text", text, len(text.encode()))


def exchange(id_: str = "x0001", *, status: int | None = 200, at: float = 0.5, **changes: Any) -> ExchangeRecord:
    """A signed start and its answer; members of the record, its `headers` and its request's `body` may be changed."""
    headers = changes.pop("headers", (("content-type", "application/json"), ("Authorization", REDACTED)))
    body = changes.pop("body", text_body(f'{{"clientToken": "token-{id_}"}}'))
    answer = AttemptRecord(at, 0.02, status, (("content-type", "application/json"),), text_body("{}"))
    lost = AttemptRecord(at, 0.02, fault="no answer in time")
    members: dict[str, Any] = {
        "check": "check.start",
        "label": "a valid request",
        "request": RequestRecord("PUT", f"{ENDPOINT}/StartImagePipelineExecution", headers, body),
        "attempts": (lost if status is None else answer,),
        "token": f"token-{id_}",
        "pipeline": PIPELINE,
    }
    return ExchangeRecord(id=id_, **(members | changes))


def failure(clause_id: str, *exchanges: ExchangeRecord, **changes: Any) -> FailureRecord:
    members: dict[str, Any] = {
        "code": "start.wrong-status",
        "title": "A start is answered with the wrong status",
        "expected": "200",
        "received": "201",
        "hint": "Answer a start with 200.",
    }
    return FailureRecord(clause=clause_id, exchanges=exchanges, **(members | changes))


def sent(id_: str, token: str | None = "a") -> Intent:
    return Intent(id_, "check.start", 0.1, token, PIPELINE)


def came(id_: str, status: int | None = 200, image_arn: str | None = None, **changes: Any) -> Result:
    return Result(id_, 0.2, status, image_arn, **changes)


def write_stream(path: Path, events: Iterable[Event]) -> Path:
    with EventWriter(path) as writer:
        for event in events:
            writer.write(event)
    return path
