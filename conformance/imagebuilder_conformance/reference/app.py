"""The ASGI application: turns a connection's events into calls, and answers into events."""

import logging
import re

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.errors import Fault, HangUp
from imagebuilder_conformance.reference.images import ImageOperations
from imagebuilder_conformance.reference.messages import Answer, Call, Connection

logger = logging.getLogger(__name__)

_ABSOLUTE = re.compile("https?://([^/?]*)", re.IGNORECASE)


class ReferenceApp:
    """Serves one behaviour over HTTP."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.images = ImageOperations(behaviour)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        call = await self._call(scope, receive)
        try:
            answer = await self._answer(call)
            await self.behaviour.deliver(answer, send)
        except HangUp:
            call.connection.abort()
            await _until_disconnected(receive)

    async def _call(self, scope: Scope, receive: Receive) -> Call:
        target = scope["raw_path"].decode("ascii")
        path, headers = _origin_form(target, Headers(scope=scope))
        body, oversized = await self._body(headers, receive)
        connection: Connection = scope["state"]["transport"]
        return Call(
            method=scope["method"],
            path=path,
            query=scope["query_string"].decode("ascii"),
            headers=headers,
            body=body,
            oversized=oversized,
            request_id=self.behaviour.new_request_id(),
            connection=connection,
            spelled=scope["state"].get("spelled", ()),
            absolute=path != target,
        )

    async def _body(self, headers: Headers, receive: Receive) -> tuple[bytes, bool]:
        """The body, and whether it is too large."""
        limit = self.behaviour.body_limit
        if self.behaviour.refuses_unread and int(headers.get("content-length", 0)) > limit:
            return b"", True
        return await _read(receive, limit)

    async def _answer(self, call: Call) -> Answer:
        try:
            return self.images.answer(call) if self.images.serves(call) else await self.behaviour.answer(call)
        except HangUp:
            raise
        except Exception:
            logger.exception("The reference target failed to answer %s %s", call.method, call.path)
            return self.behaviour.refuse(call, Fault("ServiceException", "The reference target failed; see its log."))


def _origin_form(target: str, headers: Headers) -> tuple[str, Headers]:
    """The path of a target, and the headers: a target with a host says it in place of `Host` (RFC 9112, 3.2.2)."""
    found = _ABSOLUTE.match(target)
    if found is None:
        return target, headers
    others = [(name, value) for name, value in headers.raw if name != b"host"]
    return target[found.end() :] or "/", Headers(raw=[(b"host", found[1].encode("ascii")), *others])


async def _read(receive: Receive, limit: int) -> tuple[bytes, bool]:
    """The body up to the limit, and whether it was longer. The rest is read too, so that the connection lives on."""
    body = bytearray()
    length = 0
    while True:
        event = await receive()
        chunk = event.get("body", b"")
        length += len(chunk)
        if length <= limit:
            body += chunk
        if not event.get("more_body", False):
            return bytes(body), length > limit


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
