"""Exchanges made by hand: what an oracle would have seen."""

import itertools
import json
from typing import Any

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault, Request
from tests.support.calls import PIPELINE, image, start

JSON = ("Content-Type", "application/json")
REQUEST_ID = ("x-amzn-RequestId", "00000000-0000-0000-0000-000000000001")

_numbers = itertools.count(1)


def exchange(
    *outcomes: Answer | Fault,
    request: Request | None = None,
    reproduced: bool = False,
    stale: bool = False,
    at: float = 0.0,
) -> Exchange:
    """An exchange of one try for each outcome, a second after one another, each answered half a second later."""
    attempts = tuple(
        Attempt(at + number, 0.5, answer=outcome)
        if isinstance(outcome, Answer)
        else Attempt(at + number, 0.5, fault=outcome, stale=stale)
        for number, outcome in enumerate(outcomes)
    )
    return Exchange(
        f"x{next(_numbers):04d}", "some.check", request or start(), "http://target", (), attempts, reproduced
    )


def answer(status: int, body: bytes | dict[str, Any] = b"", *headers: tuple[str, str]) -> Answer:
    return Answer(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def success(token: str = "a-token", number: int = 1, *, status: int = 200, **changes: Any) -> Answer:
    """A success in form; a change to None leaves the member out."""
    members = {"clientToken": token, "imageBuildVersionArn": image(number), "requestId": f"id-{number}"} | changes
    return answer(status, {name: value for name, value in members.items() if value is not None}, JSON, REQUEST_ID)


def error(status: int, code: str | None = "ClientException", message: str | None = "It is wrong.") -> Answer:
    """An error in form, its code in the header."""
    headers = [JSON, REQUEST_ID] if code is None else [JSON, REQUEST_ID, ("X-Amzn-ErrorType", code)]
    return answer(status, {} if message is None else {"message": message}, *headers)


NOT_FOUND = error(404, "ResourceNotFoundException")
MISMATCH = error(400, "IdempotentParameterMismatchException")
THROTTLED = error(429, "CallRateLimitExceededException")
BAD_PARAMETER = error(400, "ClientException")
CRASH = error(500, "ServiceException")


def started(token: str = "a-token", number: int = 1, pipeline: str = PIPELINE, *, at: float = 0.0) -> Exchange:
    """A start that was a success."""
    return exchange(success(token, number), request=start(token, pipeline), at=at)


def invalid(*outcomes: Answer | Fault, violates: str = "token.too-long") -> Exchange:
    """An exchange whose request is invalid on purpose."""
    return exchange(*outcomes, request=start().breaking(violates))
