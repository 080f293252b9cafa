"""CloudTrail records made by hand, by analogy: no public record of this operation was found."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.calls import OTHER_PIPELINE, PIPELINE, image

NAME = "StartImagePipelineExecution"
DENIED = "User: arn:aws:sts::123456789012:assumed-role/reader/job is not authorized to perform this"


def record(
    number: int,
    time: str,
    parameters: Mapping[str, Any] | None,
    elements: Mapping[str, Any] | None = None,
    *,
    code: str | None = None,
    message: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A record of a call; `more` replaces members of the frame."""
    made: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": {"type": "AssumedRole", "accountId": "123456789012"},
        "eventTime": f"2026-11-27T{time}Z",
        "eventSource": "imagebuilder.amazonaws.com",
        "eventName": NAME,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.10",
        "userAgent": "Boto3/1.44.8 md/Botocore#1.44.8",
        "requestParameters": parameters,
        "responseElements": elements,
        "requestID": f"request-{number}",
        "eventID": f"event-{number}",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": "123456789012",
        "eventCategory": "Management",
        "tlsDetails": {"clientProvidedHostHeader": "imagebuilder.us-east-1.amazonaws.com"},
    }
    made |= {"errorCode": code} if code else {}
    made |= {"errorMessage": message} if message else {}
    return made | more


def start(number: int, time: str, token: str, built: int, pipeline: str = PIPELINE) -> dict[str, Any]:
    """A record of a success, with the image of that number."""
    elements = {"requestId": f"request-{number}", "clientToken": token, "imageBuildVersionArn": image(built)}
    return record(number, time, {"clientToken": token, "imagePipelineArn": pipeline}, elements)


def refusal(number: int, time: str, token: str, code: str, pipeline: str = PIPELINE) -> dict[str, Any]:
    """A record of a refusal, with code and message."""
    parameters = {"clientToken": token, "imagePipelineArn": pipeline}
    return record(number, time, parameters, code=code, message="No.")


def conversation() -> list[dict[str, Any]]:
    """Nine calls that keep the contract, in the order of their times, and others beside them."""
    malformed = {"clientToken": "four", "imagePipelineArn": PIPELINE.replace("nightly", "Nightly") + "X"}
    return [
        start(1, "02:10:01", "one", 1),
        start(2, "02:10:03", "one", 1),
        start(3, "02:10:30", "two", 2, OTHER_PIPELINE),
        refusal(4, "02:11:00", "one", "IdempotentParameterMismatchException", OTHER_PIPELINE),
        refusal(5, "02:11:20", "three", "ResourceNotFoundException", f"{PIPELINE}-unknown"),
        # Some services' refusals have no errorMessage, and the message in responseElements.
        record(6, "02:11:40", malformed, {"message": "Not valid."}, code="InvalidParameterValueException"),
        record(7, "02:12:00", None, code="AccessDenied", message=DENIED),
        refusal(8, "02:12:05", "five", "CallRateLimitExceededException"),
        start(9, "02:12:06", "five", 3),
        refusal(10, "02:12:40", "six", "ServiceException"),
        record(11, "02:13:00", {"clientToken": "seven"}, {"requestId": "x"}, eventName="CreateImage"),
        record(12, "02:13:05", {"a": "b"}, eventName="GetObject", eventSource="s3.amazonaws.com"),
        start(1, "02:10:01", "one", 1),
    ]


def broken() -> list[dict[str, Any]]:
    """Calls that show three broken promises, in each revision of the contract."""
    return [
        start(21, "03:00:00", "one", 20),
        start(22, "03:00:02", "one", 21),
        start(23, "03:00:04", "one", 22, OTHER_PIPELINE),
        start(24, "03:00:20", "x" * 65, 23),
    ]


def log_file(folder: Path, records: Sequence[Mapping[str, Any]], name: str = "trail.json.gz") -> Path:
    """A log file as S3 holds it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(json.dumps({"Records": records}).encode(), mtime=0))
    return path


def lookup_events(folder: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    """What `aws cloudtrail lookup-events` prints, newest first."""
    events = [
        {"EventId": each["eventID"], "EventName": each["eventName"], "CloudTrailEvent": json.dumps(each)}
        for each in reversed(records)
    ]
    path = folder / "lookup-events.json"
    path.write_text(json.dumps({"Events": events}, indent=1), encoding="utf-8")
    return path


def eventbridge(folder: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    """Events of EventBridge, a line each."""
    lines = [
        json.dumps({"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": each}) for each in records
    ]
    path = folder / "events-of-a-bus.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def athena(folder: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    """Rows of Athena: names in lower case, objects as text."""
    rows = [
        {
            name.lower(): json.dumps(value) if isinstance(value, dict) else value
            for name, value in each.items()
            if value is not None
        }
        for each in records
    ]
    path = folder / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def lake(folder: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    """Rows of CloudTrail Lake: maps in its own spelling."""

    def spelt(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "{" + ", ".join(f"{name}={inner}" for name, inner in value.items()) + "}"

    path = folder / "lake.jsonl"
    rows = [{name: spelt(value) for name, value in each.items()} for each in records]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


FORMS = {
    "log file": log_file,
    "lookup-events": lookup_events,
    "EventBridge": eventbridge,
    "Athena": athena,
    "Lake": lake,
}
