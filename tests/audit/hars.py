"""HAR files made by hand, entry by entry."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.calls import PIPELINE, image
from tests.support.exchanges import JSON, REQUEST_ID

OPERATION = "/StartImagePipelineExecution"
AWS = "https://imagebuilder.us-east-1.amazonaws.com"


def headers(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def entry(
    token: str = "a-token",
    pipeline: str = PIPELINE,
    *,
    status: int = 200,
    answer: Mapping[str, Any] | str | None = None,
    at: str = "2026-05-01T12:00:00.000Z",
    url: str = AWS + OPERATION,
    number: int = 1,
    code: str | None = None,
    request: Mapping[str, Any] | None = None,
    response: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """An entry as a browser writes it: a success unless another answer is given, each member to be replaced."""
    success = {"clientToken": token, "imageBuildVersionArn": image(number), "requestId": f"id-{number}"}
    body = answer if isinstance(answer, str) else json.dumps(success if answer is None else answer)
    error = [("X-Amzn-ErrorType", code)] if code else []
    sent = json.dumps({"clientToken": token, "imagePipelineArn": pipeline})
    return {
        "startedDateTime": at,
        "time": 12.5,
        "request": {
            "method": "PUT",
            "url": url,
            "headers": headers(JSON),
            "bodySize": len(sent),
            "postData": {"mimeType": "application/json", "text": sent},
            **(request or {}),
        },
        "response": {
            "status": status,
            "headers": headers(JSON, REQUEST_ID, *error),
            "content": {"size": len(body), "mimeType": "application/json", "text": body},
            **(response or {}),
        },
    }


def refusal(status: int, code: str, token: str = "a-token", pipeline: str = PIPELINE, **more: Any) -> dict[str, Any]:
    """An entry whose answer is an error in form."""
    return entry(token, pipeline, status=status, answer={"message": "No."}, code=code, **more)


def har(folder: Path, *entries: Mapping[str, Any], name: str = "traffic.har") -> Path:
    """The file."""
    path = folder / name
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), encoding="utf-8")
    return path
