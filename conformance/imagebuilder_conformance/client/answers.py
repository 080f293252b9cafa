"""How an answer is read: past the interim ones before it, and not for ever.

Python's client takes any 1xx but 100 for the answer, and its timeout starts anew with each byte that comes. Here
the answer is the first one that is final, and it is whole within the read timeout, or there is none.
"""

import http.client
import io
import socket
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

LONGEST = 16 * 1024 * 1024
"""How many bytes an answer's body may have."""

# More of them than a server has reason to send.
_INTERIM = 20


class TooLongError(http.client.HTTPException):
    """The body of an answer is longer than `LONGEST`."""

    def __init__(self) -> None:
        super().__init__(f"the answer is longer than {LONGEST} bytes")


class FinalResponse(http.client.HTTPResponse):
    """The first final answer on a connection.

    Reading raises `TimeoutError` where it is not whole in time, that is within the socket's timeout.
    """

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        timeout = sock.gettimeout()
        if timeout is not None:
            self.fp.close()
            self.fp = io.BufferedReader(_Timed(sock, timeout))

    def begin(self) -> None:
        """Read the heads up to that of the final answer. Raises `HTTPException` where none comes."""
        for _ in range(_INTERIM):
            super().begin()
            if not 100 <= self.status < 200 or self.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                return
            # So that it begins again.
            self.headers = None  # type: ignore[assignment]  # as in __init__
        raise http.client.HTTPException(f"{_INTERIM} interim answers and no final one")

    def whole(self) -> bytes:
        """The body. Raises `TooLongError`, and `IncompleteRead` where less comes than was announced."""
        if (self.length or 0) > LONGEST:
            raise TooLongError
        # With an amount, a body that is cut short would pass for a whole one.
        body = self.read() if self.length is not None else self.read(LONGEST + 1)
        if len(body) > LONGEST:
            raise TooLongError
        return body


class _Timed(io.RawIOBase):
    """Reads from a socket, and not beyond a time: each read has what is left of it."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._socket = sock
        self._stream = sock.makefile("rb", buffering=0)
        self._deadline = time.monotonic() + seconds

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what is there, or wait for it. Raises `TimeoutError` when the time is over."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer was not whole in time")
        self._socket.settimeout(left)
        return self._stream.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket, which closes when everybody has."""
        self._stream.close()
        super().close()


class _PlainConnection(HTTPConnection):
    response_class = FinalResponse


class _TlsConnection(HTTPSConnection):
    response_class = FinalResponse


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class Adapter(HTTPAdapter):
    """What `requests` sends by: one connection a host, no retries of its own, answers read as above."""

    def __init__(self) -> None:
        super().__init__(max_retries=0, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of this module."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}
