"""uvicorn's HTTP/1.1 connection, with what the reference target needs beside it."""

import asyncio
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_BEGINNING = re.compile(rb"[A-Z]+ ")
_SPELLED = re.compile(r"\r\n([^:\r\n]+):")


class _Reframing:
    """A transport on which each answer is put together by `frame`; the rest is the real one's."""

    def __init__(self, transport: asyncio.Transport, frame: Callable[[bytes, bytes], bytes]) -> None:
        self._transport = transport
        self._frame = frame
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write what was framed: the head comes first and by itself, the body as a whole."""
        if data.startswith(b"HTTP/"):
            self._head = data
            return
        head, self._head = self._head, b""
        framed = self._frame(head, data) if head else data
        self._transport.write(framed)
        if head and b"\nconnection: close" in framed:
            self._transport.close()


class ReferenceProtocol(H11Protocol):
    """Hands its transport to the application, and answers a message that is not HTTP in AWS's form.

    An ASGI application has no means to drop a connection without an answer, and some defects must. `frame` puts the
    bytes of an answer together, if one is given.
    """

    def __init__(self, *args: Any, frame: Callable[[bytes, bytes], bytes] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._frame = frame

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Put the transport where the application finds it: `scope["state"]["transport"]`."""
        if self._frame is not None:
            transport = _Reframing(transport, self._frame)  # type: ignore[assignment]  # what it has not it passes on
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}

    def data_received(self, data: bytes) -> None:
        """Note how the names of the headers are spelled, which the application is not told: `spelled` beside it."""
        if _BEGINNING.match(data):
            self.app_state["spelled"] = tuple(_SPELLED.findall(data.partition(b"\r\n\r\n")[0].decode("latin-1")))
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Refuse bytes that are not HTTP, with a JSON body instead of uvicorn's plain text."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self._refuse(msg)
        self.transport.close()

    def _refuse(self, message: str) -> None:
        body = json.dumps({"message": message}).encode()
        headers = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            "connection": "close",
            "x-amzn-ErrorType": "MalformedHttpRequestException",
            "x-amzn-RequestId": str(uuid.uuid4()),
        }
        for event in (
            h11.Response(status_code=400, headers=list(headers.items()), reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
