"""A run over the whole contract, with failures of several kinds: what the written forms are made for."""

from collections.abc import Iterator
from random import Random

from imagebuilder_reports.events import (
    AttemptRecord,
    CheckFinished,
    CheckInfo,
    ClauseInfo,
    Event,
    ExchangeRecord,
    FailureRecord,
    Intent,
    Judgement,
    RequestRecord,
    Result,
)
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Cause, Verdict
from imagebuilder_spec import Clause, load_contract

from .samples import ENDPOINT, PIPELINE, REDACTED, footer, header, image, text_body

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> {{7*7}} `code` | [a](http://evil.test) \x1b[31m"
)
URL = f"{ENDPOINT}/StartImagePipelineExecution"
OTHER_PIPELINE = PIPELINE.replace("nightly", "weekly")
BROKEN = {
    "request.client-token.max-length": "token.too-long-accepted",
    "errors.resource-not-found.status": "error.wrong-status",
    "idempotency.replay.same-image": "replay.another-image",
    "idempotency.concurrent.duplicates": "duplicates.several-images",
    "idempotency.mismatch.refused": "mismatch.accepted",
}
UNKEPT = {"response.request-id.header": "answer.no-request-id"}
INCONCLUSIVE = {"wire.recovery": "the target did not answer for a while"}


def answered(
    id_: str,
    check: str,
    label: str,
    at: float,
    *,
    seconds: float = 0.02,
    status: int = 200,
    token: str = "n0nce-000017",
    pipeline: str = PIPELINE,
    number: int | None = None,
    code: str | None = None,
    message: str = "No such pipeline.",
) -> ExchangeRecord:
    """An exchange with an answer in full."""
    body = (
        f'{{"requestId": "{id_}", "clientToken": "{token}", "imageBuildVersionArn": "{image(number)}"}}'
        if number is not None
        else f'{{"message": "{message}"}}'
    )
    headers = [("content-type", "application/json"), ("x-amzn-requestid", f"r-{id_}")]
    headers += [("x-amzn-errortype", code)] if code else []
    return ExchangeRecord(
        id=id_,
        check=check,
        label=label,
        request=RequestRecord(
            "PUT",
            URL,
            (("content-type", "application/json"), ("X-Amz-Date", "20251123T080000Z"), ("Authorization", REDACTED)),
            text_body(f'{{"clientToken": "{token}", "imagePipelineArn": "{pipeline}"}}'),
        ),
        attempts=(AttemptRecord(at, seconds, status, tuple(headers), text_body(body)),),
        token=token,
        pipeline=pipeline,
        code=code,
        image=image(number) if number is not None else None,
    )


def failure(clause: str, code: str, check: str) -> FailureRecord:
    """The failure of a clause, with the exchanges that show it."""
    exchanges: tuple[ExchangeRecord, ...]
    match clause:
        case "idempotency.replay.same-image":
            exchanges = (
                answered("f0001", check, "an original", 1.0, number=7),
                answered("f0002", check, "another token", 1.05, token="n0nce-000018", number=8),
                answered("f0003", check, "a replay", 2.6, seconds=0.031, number=9),
            )
        case "idempotency.concurrent.duplicates":
            exchanges = tuple(
                answered(f"f10{number}", check, "a duplicate", 3 + number / 500, seconds=0.03, number=20 + number % 2)
                for number in range(6)
            )
        case "idempotency.mismatch.refused":
            exchanges = (
                answered("f0201", check, "an original", 4.0, number=30),
                answered("f0202", check, "its token for another pipeline", 4.03, pipeline=OTHER_PIPELINE, number=31),
            )
        case _:
            answer = answered("f0301", check, f"a probe {HOSTILE}", 5.0, status=400, code="ClientException")
            exchanges = (answer,)
    return FailureRecord(
        clause=clause,
        code=code,
        title="The target does something else than it promised",
        expected="404 ResourceNotFoundException",
        received=f"400 ClientException: {HOSTILE}",
        hint="Look the pipeline up after validating, and answer 404 where there is none.",
        exchanges=exchanges,
    )


def whole_run(*, exchanges: int = 800, broken: bool = True, **changes: bool) -> list[Event]:
    """The events of a run over the contract; the suites auth and throttling are not selected."""
    clauses = [clause_info(clause) for clause in load_contract().clauses.values()]
    checks = [CheckInfo(f"check.{clause.id}", (clause.id,), f"{clause.statement}", 1) for clause in clauses]
    done = [finish(check, broken=broken) for check in checks if not check.id.startswith(("check.auth", "check.thr"))]
    sent = [event for record in traffic(exchanges) for event in around(record)]
    planned = [check for check in checks if check.id in {each.id for each in done}]
    measured = {"idempotency.replay.other-tokens": 42.0, "idempotency.replay.seconds": 1.62}
    return [header(clauses, planned, **changes), *sent, *done, footer(measured=measured)]


def whole_report(*, exchanges: int = 800, broken: bool = True, **changes: bool) -> Report:
    return fold(whole_run(exchanges=exchanges, broken=broken, **changes))


def clause_info(clause: Clause) -> ClauseInfo:
    members = ("id", "level", "evidence", "activity", "suite", "statement", "source", "condition", "counts")
    known = {name: getattr(clause, name) for name in members}
    return ClauseInfo(**known, selected=clause.suite == "core")


def finish(check: CheckInfo, *, broken: bool) -> CheckFinished:
    """What came of the only clause of a check."""
    [clause] = check.clauses
    contract = load_contract().clauses[clause]
    notes = (f"a body with a byte order mark was answered 400 {HOSTILE}",) if clause == "request.body.json" else ()
    if broken and clause in BROKEN | UNKEPT:
        verdict = Verdict.FAILED if clause in BROKEN else Verdict.WARNED
        found = failure(clause, (BROKEN | UNKEPT)[clause], check.id)
        return CheckFinished(check.id, (Judgement(clause, verdict),), (found,), seconds=0.2)
    if broken and clause in INCONCLUSIVE:
        judgement = Judgement(clause, Verdict.INCONCLUSIVE, INCONCLUSIVE[clause])
    elif contract.activity == "passive":
        judgement = Judgement(clause, Verdict.NOT_RUN, "the target did not show it", Cause.NEVER_SHOWN)
    elif contract.condition:
        judgement = Judgement(clause, Verdict.NOT_RUN, f"not so: {contract.condition}", Cause.CONDITION)
    else:
        judgement = Judgement(clause, Verdict.PASSED)
    return CheckFinished(check.id, (judgement,), notes=notes, executions=1, seconds=0.1)


def traffic(count: int) -> Iterator[ExchangeRecord]:
    """Exchanges as a run sends them: most are answered at once, some are slow, few are server errors."""
    random = Random(7)
    ids = list(load_contract().clauses)
    at = 0.0
    for number in range(count):
        seconds = random.lognormvariate(-4.2, 0.35) * (8 if random.random() < 0.01 else 1)
        check = f"check.{ids[number * len(ids) // count]}"
        kind = random.random()
        outcome = (
            {"number": number // 3}
            if kind < 0.3
            else {"status": 404, "code": "ResourceNotFoundException"}
            if kind < 0.5
            else {"status": 500, "code": "ServiceException"}
            if kind > 0.995
            else {"status": 400, "code": random.choice(["ClientException", "IdempotentParameterMismatchException"])}
        )
        token = f"n0nce-{number:06}"
        yield answered(f"x{number:05}", check, "a request", at, seconds=seconds, token=token, **outcome)
        at += seconds + 0.002


def around(record: ExchangeRecord) -> Iterator[Event]:
    last = record.last
    yield Intent(record.id, record.check, last.at, record.token, record.pipeline)
    yield Result(record.id, last.at + last.seconds, last.status, record.image, record)
