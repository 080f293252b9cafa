"""The operation as an ASGI application, without a framework."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from operation import PATH, RefusedError, invalid, parse, start, unknown_operation

Message = dict[str, Any]


async def app(scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[..., Awaitable[None]]) -> None:
    """Answer a request. The server is told by an exception that there is nothing to do at its start and end."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    status, members = answer(scope["method"], scope["path"], body)
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(members).encode()})


def answer(method: str, path: str, body: bytes) -> tuple[int, dict[str, str]]:
    """The status and the members of the answer."""
    try:
        if (method, path) != ("PUT", PATH):
            raise unknown_operation()
        return 200, start(parse(body))
    except RecursionError:
        refusal = invalid("The body is nested too deeply.")
    except RefusedError as refused:
        refusal = refused
    return refusal.status, refusal.members()
