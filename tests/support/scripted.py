"""A loopback server that answers by a script, or not at all, and remembers what came."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedReader
from types import TracebackType
from typing import Self

# How often it is looked, and how long at most is waited, in seconds.
_MOMENT = 0.05
_LONGEST = 60.0
# More than there are connections.
_MANY = 1_000


@dataclass(frozen=True)
class Received:
    """A request as it came; `connection` counts from 1."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connection: int

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True)
class Reply:
    """An HTTP answer. The connection is closed after it if it, or the request, says so, unless it `lingers`."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    closes: bool = False
    lingers: bool = False

    def encoded(self) -> bytes:
        head = [f"HTTP/1.1 {self.status} Scripted", *(f"{name}: {value}" for name, value in self.headers)]
        head.append(f"Content-Length: {len(self.body)}")
        if self.closes:
            head.append("Connection: close")
        return "\r\n".join([*head, "", ""]).encode("latin-1") + self.body


@dataclass(frozen=True)
class Garbage:
    """Bytes that are sent as they are, before the connection is closed, or, if it stalls, left open.

    `drip` follows, again and again.
    """

    data: bytes
    stalls: bool = False
    drip: bytes = b""


@dataclass(frozen=True)
class Kept:
    """Bytes that are sent as they are, on a connection that is kept; `later` follows, when the server says so."""

    data: bytes
    later: bytes = b""


class HangUp:
    """Closes the connection without an answer."""


class Reset:
    """Resets the connection, as a system does where a request is left unread."""


class Silence:
    """Lets the client wait until the server stops."""


Action = Reply | Garbage | Kept | HangUp | Reset | Silence
Script = Callable[[Received], Action]


def in_turn(actions: Iterable[Action]) -> Script:
    """One action after the other; the last one for ever."""
    waiting = list(actions)
    lock = threading.Lock()

    def answer(_: Received) -> Action:
        with lock:
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return answer


@dataclass
class ScriptedServer:
    """Listens for as long as the `with` lasts. `received` are the requests in the order of their arrival.

    What comes later on a kept connection is sent `moment` seconds after the rest, or when `go_on` is called.
    """

    script: Script
    tls: ssl.SSLContext | None = None
    moment: float | None = None
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._going_on, self._gone_on = threading.Semaphore(0), threading.Semaphore(0)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._port = self._listener.getsockname()[1]

    @classmethod
    def playing(cls, *actions: Action) -> Self:
        return cls(in_turn(actions))

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self._port}"

    @property
    def connections(self) -> int:
        """How many connections were opened so far."""
        return self._connections

    def go_on(self) -> None:
        """Have what comes later on a kept connection sent; it is there when this returns."""
        self._going_on.release()
        assert self._gone_on.acquire(timeout=_LONGEST)

    def await_closed(self) -> None:
        """Wait until every connection that was opened has been closed."""
        while self._open:
            self._stopping.wait(_MOMENT)

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._going_on.release(_MANY)
        # Closing alone does not wake a thread that waits in accept.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            threads = list(self._threads)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join()

    def _spawn(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._connections += 1
                number = self._connections
            self._spawn(lambda accepted=accepted, number=number: self._serve(accepted, number))  # type: ignore[misc]  # bound at once

    def _serve(self, accepted: socket.socket, number: int) -> None:
        with suppress(OSError), accepted:
            connection = self.tls.wrap_socket(accepted, server_side=True) if self.tls else accepted
            with self._lock:
                self._open.add(connection)
            try:
                with connection:
                    self._answer_all(connection, number)
            finally:
                with self._lock:
                    self._open.discard(connection)

    def _answer_all(self, connection: socket.socket, number: int) -> None:
        with connection.makefile("rb") as stream:
            while not self._stopping.is_set():
                request = _read(stream, number)
                if request is None:
                    return
                with self._lock:
                    self.received.append(request)
                if not self._play(self.script(request), connection, request):
                    return

    def _play(self, action: Action, connection: socket.socket, request: Received) -> bool:
        """Do what the script says. Whether the connection is kept after it."""
        match action:
            case Reply():
                connection.sendall(action.encoded())
                return action.lingers or not (action.closes or _closes(request))
            case Kept():
                connection.sendall(action.data)
                if action.later:
                    self._going_on.acquire(timeout=self.moment)
                    connection.sendall(action.later)
                    self._gone_on.release()
                return not _closes(request)
            case Garbage():
                connection.sendall(action.data)
                while action.drip and not self._stopping.is_set():
                    connection.sendall(action.drip)
                if action.stalls:
                    self._stopping.wait()
            case HangUp():
                pass
            case Reset():
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case Silence():
                self._stopping.wait()
        return False


def _closes(request: Received) -> bool:
    return (request.header("connection") or "").lower() == "close"


def _read(stream: BufferedReader, number: int) -> Received | None:
    line = _line(stream)
    # What else may come is a client that speaks TLS here.
    if not line.endswith(" HTTP/1.1"):
        return None
    method, path, _ = line.split(" ", 2)
    headers = []
    while text := _line(stream):
        name, value = text.split(":", 1)
        headers.append((name, value.strip()))
    named = {name.lower(): value for name, value in headers}
    chunked = named.get("transfer-encoding") == "chunked"
    body = _chunked(stream) if chunked else stream.read(int(named.get("content-length", "0")))
    if not chunked and len(body) < int(named.get("content-length", "0")):
        return None
    return Received(method, path, tuple(headers), body, number)


def _line(stream: BufferedReader) -> str:
    return stream.readline().decode("latin-1").rstrip("\r\n")


def _chunked(stream: BufferedReader) -> bytes:
    body = b""
    while size := int(_line(stream), 16):
        body += stream.read(size)
        _line(stream)
    _line(stream)
    return body
