"""How an answer is read: past the interim ones before it, to its end, and not for ever.

Python's client takes any 1xx but 100 for the answer, its timeout starts anew with each byte that comes, and a
connection that ends within the head counts as the end of the head. Here the answer is the first one that is final, and
it is whole within the read timeout, or there is none.
"""

import http.client
import io
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from weakref import WeakMethod, ref

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from imagebuilder_conformance.client.closings import went_unread
from imagebuilder_conformance.client.wire import Recorder, Wire
from imagebuilder_reports.bodies import LONGEST

# What ends a head; where the connection ends it instead, nothing is read.
_BLANK = (b"\r\n", b"\n")
_VERSION = b"HTTP/"
# So many bytes that came behind an answer are looked at.
_LATE = 4_096
# More of them than a server has reason to send.
_INTERIM = 20


class TooLongError(http.client.HTTPException):
    """The body of an answer is longer than `LONGEST`."""

    def __init__(self) -> None:
        super().__init__(f"the answer is longer than {LONGEST} bytes")


class CutError(http.client.HTTPException):
    """The connection ended in the middle of an answer."""

    def __init__(self) -> None:
        super().__init__("the answer was cut")


class FinalResponse(http.client.HTTPResponse):
    """The first final answer on a connection.

    Reading raises `TimeoutError` where it is not whole in time, that is within the socket's timeout, and `CutError`
    where the connection ends within the head or the line before a chunk. `recorder` takes its bytes down. `last` says
    that the request asked for the end of the connection: no other one may follow (RFC 9112, 9.6), whatever the answer
    says of it.
    """

    def __init__(
        self, sock: socket.socket, *args: Any, recorder: Recorder | None = None, last: bool = False, **options: Any
    ) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self._last = last
        self.recorder = recorder or Recorder()
        self._lines = _WholeLines(
            _Timed(sock, sock.gettimeout(), self.recorder), self.recorder, WeakMethod(self._is_whole)
        )
        self.fp = self._lines

    def begin(self) -> None:
        """Read the heads up to that of the final answer. Raises `HTTPException` where none comes."""
        for _ in range(_INTERIM):
            super().begin()
            if self._lines.last not in _BLANK:
                raise CutError
            if not 100 <= self.status < 200 or self.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                self.will_close |= self._last
                self.recorder.end_of_head()
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

    def _is_whole(self) -> bool:
        """Whether the answer is over, and something behind it would be no part of it."""
        if self.chunked:
            return self.recorder.has_chunks and self._lines.last in _BLANK
        return self.length == 0


class _WholeLines(io.BufferedReader):
    """Reads lines, the latest of which is `last`. Raises `CutError` for one that the end of the connection cuts.

    When it is closed it looks at what lies behind the answer, if that `is_whole`.
    """

    last = b""

    def __init__(self, raw: "_Timed", recorder: Recorder, is_whole: WeakMethod[Callable[[], bool]]) -> None:
        super().__init__(raw)
        self._timed, self._recorder, self._is_whole = raw, recorder, is_whole

    def readline(self, size: int | None = -1) -> bytes:
        """The next line, as it is. What is no HTTP from the first line on is not cut, it is something else."""
        began = bool(self.last)
        line = super().readline(size)
        self.last = line
        self._recorder.line(line)
        is_http = began or line.startswith(_VERSION) or _VERSION.startswith(line)
        if line and is_http and not line.endswith(b"\n") and len(line) != size:
            raise CutError
        return line

    def close(self) -> None:
        """Let go of the connection. What lies behind the answer is taken from it: nobody could read it as one."""
        # Held weakly: of what holds each other only the collector lets go, and the socket would stay open until then.
        is_whole = self._is_whole()
        if not self.closed and is_whole is not None and is_whole():
            with self._timed.without_waiting():
                self._recorder.behind(self.peek(1))
        super().close()


class _Timed(io.RawIOBase):
    """Reads from a socket, and not beyond a time, if there is one: each read has what is left of it."""

    def __init__(self, sock: socket.socket, seconds: float | None, recorder: Recorder) -> None:
        self._recorder = recorder
        self._socket = sock
        self._stream = sock.makefile("rb", buffering=0)
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def readable(self) -> bool:
        """It is."""
        return True

    @contextmanager
    def without_waiting(self) -> Iterator[None]:
        """Read meanwhile only what is there already; that nothing is, or that it can't be read, is no error."""
        timeout, deadline, self._deadline = self._socket.gettimeout(), self._deadline, None
        try:
            self._socket.settimeout(0)
            with suppress(OSError, ValueError):
                yield
        finally:
            self._deadline = deadline
            with suppress(OSError):
                self._socket.settimeout(timeout)

    def readinto(self, buffer: Any) -> int | None:
        """Read what is there, or wait for it. Raises `TimeoutError` when the time is over."""
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the answer was not whole in time")
            self._socket.settimeout(left)
        try:
            count = self._stream.readinto(buffer)
        except ConnectionResetError:
            # A system resets a connection that is closed while something lies on it, or comes, that nobody has read.
            self._recorder.unread = self._recorder.is_idle_end
            raise
        self._recorder.received += count or 0
        if count == 0 and self._recorder.is_idle_end:
            self._recorder.unread = went_unread(self._socket)
        return count

    def close(self) -> None:
        """Let go of the socket, which closes when everybody has."""
        self._stream.close()
        super().close()


class Answers:
    """What the connections of an adapter take down: the answer read last, and what came late."""

    def __init__(self) -> None:
        self._latest: Recorder | None = None
        self._late = b""
        self._last = False
        # Weakly: whoever holds a socket keeps it open.
        self._answered: Callable[[], socket.socket | None] = lambda: None

    @property
    def wire(self) -> Wire | None:
        """What framed the answer to the last request; None where nothing came that could be one."""
        return None if self._latest is None else self._latest.wire()

    @property
    def went_unread(self) -> bool:
        """Whether the target had closed the connection before it could read the last request."""
        return self._latest is not None and self._latest.unread

    def begin(self, *, last: bool) -> None:
        """Forget the latest one: another request is sent, which may ask to be the last one on its connection."""
        self._latest, self._late, self._last = None, b"", last

    def read(self, sock: socket.socket, *args: Any, **options: Any) -> FinalResponse:
        """The answer on a connection."""
        self._latest = Recorder(self._late, follows=self._answered() is sock)
        self._answered = ref(sock)
        return FinalResponse(sock, *args, recorder=self._latest, last=self._last, **options)

    def look(self, sock: socket.socket) -> None:
        """Take what lies on a connection that is done with."""
        with suppress(OSError, ValueError):
            sock.settimeout(0)
            self._late = sock.recv(_LATE)


class _Kept:
    """A connection that is used again only if nothing lies on it, and that notes what does."""

    sock: socket.socket | None

    def __init__(self, *args: Any, answers: Answers, **options: Any) -> None:
        super().__init__(*args, **options)
        self.response_class = answers.read
        self._answers = answers

    @property
    def is_connected(self) -> bool:
        """Whether it can be used: it is asked before each request, and closed if not."""
        connected: bool = super().is_connected  # type: ignore[misc]  # urllib3's connection comes next
        if self.sock is not None and not connected:
            self._answers.look(self.sock)
        return connected


class _PlainConnection(_Kept, HTTPConnection):  # type: ignore[misc]  # urllib3 has a class where a function will do
    pass


class _TlsConnection(_Kept, HTTPSConnection):  # type: ignore[misc]  # as above
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class Adapter(HTTPAdapter):
    """What `requests` sends by: one connection a host, no retries of its own, answers read as above."""

    def __init__(self) -> None:
        self.answers = Answers()
        self.absolute = False
        """Whether the first line of a request has the whole URL, as that to a proxy has."""
        super().__init__(max_retries=0, pool_maxsize=1)

    @property
    def connections(self) -> int:
        """How many connections it has opened so far."""
        # Not connection_from_url: requests keeps its pools by TLS settings too, and that would look at another one.
        pools = self.poolmanager.pools
        return sum(pools[key].num_connections for key in pools.keys())  # noqa: SIM118  # it can't be iterated

    def request_url(self, request: PreparedRequest, proxies: Any) -> str:
        """The path as it is, where no proxy wants the whole URL: requests takes a doubled slash out (till 2.33)."""
        if self.absolute:
            return request.url or ""
        url = super().request_url(request, proxies)
        return request.path_url if url.startswith("/") else url

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of this module."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(_PlainPool, answers=self.answers),
            "https": partial(_TlsPool, answers=self.answers),
        }
