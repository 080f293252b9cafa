"""uvicorn's HTTP/1.1 connection, with what the reference target needs beside it."""

import asyncio
import json
import uuid

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class ReferenceProtocol(H11Protocol):
    """Hands its transport to the application, and answers a message that is not HTTP in AWS's form.

    An ASGI application has no means to drop a connection without an answer, and some defects must.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Put the transport where the application finds it: `scope["state"]["transport"]`."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}

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
