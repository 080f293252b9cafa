"""One sending of one request: what the bytes were, what came back, how long it took."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from urllib3.exceptions import InvalidChunkLength, NewConnectionError

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.final_responses import Adapter, CutError, TooLongError
from imagebuilder_conformance.client.forms import form_of, put_in_form
from imagebuilder_conformance.client.messages import Attempt, Fault, Request
from imagebuilder_conformance.client.signing import aws4auth
from imagebuilder_conformance.client.wire import Wire
from imagebuilder_conformance.target import Target
from imagebuilder_reports.bodies import LONGEST
from imagebuilder_spec import FAULT_HEADER

# After so many seconds without a request a server may well have closed a kept connection.
_IDLE = 0.5
# So many bytes of a body are read at once.
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Sending:
    """What was sent and what came of it."""

    url: str
    headers: tuple[tuple[str, str], ...]
    attempt: Attempt


class Transport:
    """Sends requests over kept connections, one session a thread, without redirects, cookies or own retries."""

    def __init__(self, target: Target, signing_name: str, clock: Callable[[], float]) -> None:
        self._target = target
        self._signing_name = signing_name
        self._signer = aws4auth(signing_name)
        self._clock = clock
        self._local = threading.local()

    def prepare(self, request: Request) -> requests.PreparedRequest:
        """The signed request, ready to be sent by a session, a socket or in chunks."""
        headers = {"Content-Type": "application/json"} | dict(request.headers)
        if self._target.is_aws:
            # Whatever asks for it: AWS is no place for demanding faults.
            headers.pop(FAULT_HEADER, None)
        prepared = requests.Request(
            method=request.method,
            url=self._target.endpoint,
            data=request.body,
            headers={name: value for name, value in headers.items() if value is not None},
        ).prepare()
        # Added to what is prepared: requests would decode a letter that is percent-encoded on purpose.
        prepared.url = (prepared.url or "").rstrip("/") + request.path
        prepared.headers["Host"] = urlsplit(prepared.url or "").netloc
        if request.form is not None:
            put_in_form(prepared, form_of(request.form), self._target, self._signing_name)
        else:
            (request.sign or self._signer)(prepared, self._target)
        return prepared

    def send(self, request: Request) -> Sending:
        """Send once. Faults of the transport come back as an attempt, never as an exception."""
        prepared = self.prepare(request)
        if request.chunked:
            del prepared.headers["Content-Length"]
            prepared.headers["Transfer-Encoding"] = "chunked"
            prepared.body = iter(_chunks(request.body))  # type: ignore[assignment]  # requests sends iterables in chunks
        headers = tuple((str(name), str(value)) for name, value in prepared.headers.items())
        attempt = self._attempt(prepared, absolute=request.absolute)
        return Sending(url=prepared.url or "", headers=headers, attempt=attempt)

    def close(self) -> None:
        """Close this thread's connections."""
        for kept in ("session", "session_beside"):
            session = getattr(self._local, kept, None)
            if session is not None:
                session.close()
                delattr(self._local, kept)

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Send what this thread sends meanwhile over other connections, and keep both kinds for the next time."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self) -> None:
        for name in ("session", "last_answer"):
            here, beside = (self._local.__dict__.pop(each, None) for each in (name, f"{name}_beside"))
            for kept, value in ((name, beside), (f"{name}_beside", here)):
                if value is not None:
                    setattr(self._local, kept, value)

    def _attempt(self, prepared: requests.PreparedRequest, *, absolute: bool) -> Attempt:
        session, url = self._session(), prepared.url or ""
        adapter = _adapter(session, url)
        adapter.answers.begin(last="close" in prepared.headers.get("Connection", "").lower())
        adapter.absolute = absolute
        connections = adapter.connections
        at, began = self._clock(), time.perf_counter()
        try:
            settings = session.merge_environment_settings(url, {}, None, self._target.verify, None)
            response = session.send(
                prepared,
                timeout=(self._target.timeouts.connect, self._target.timeouts.read),
                allow_redirects=False,
                **settings | {"stream": True},
            )
            body = _whole_body(response)
        except (requests.RequestException, TooLongError, ValueError) as error:
            seconds = time.perf_counter() - began
            was_idle = adapter.connections == connections and began - self._last_answer() > _IDLE
            stale, wire = was_idle or adapter.answers.went_unread, adapter.answers.wire
            return Attempt(at, seconds, None, fault_of(error, wire), _innermost(error), stale, wire)
        answer = Answer(response.status_code, tuple(response.headers.items()), body)
        self._local.last_answer = time.perf_counter()
        return Attempt(at, time.perf_counter() - began, answer=answer, wire=adapter.answers.wire)

    def _last_answer(self) -> float:
        return float(getattr(self._local, "last_answer", 0.0))

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.headers.clear()
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            # On this machine no proxy is wanted, and looking for one in the environment takes time.
            session.trust_env = not self._target.is_loopback
            for scheme in ("http://", "https://"):
                session.mount(scheme, Adapter())
            self._local.session = session
        return session


def _adapter(session: requests.Session, url: str) -> Adapter:
    adapter = session.get_adapter(url)
    if not isinstance(adapter, Adapter):
        raise TypeError(f"expected our adapter, got {adapter!r}")
    return adapter


def _whole_body(response: requests.Response) -> bytes:
    """The body, decompressed. Raises `TooLongError`, and `RequestException` as reading does."""
    body = bytearray()
    for piece in response.iter_content(_PIECE):
        body += piece
        if len(body) > LONGEST:
            response.close()
            raise TooLongError
    return bytes(body)


# The first row that fits the exception or one of its causes decides.
_FAULTS: tuple[tuple[tuple[type[BaseException], ...], Fault], ...] = (
    ((ssl.SSLError, requests.exceptions.SSLError), Fault.TLS),
    ((NewConnectionError, ConnectionRefusedError), Fault.REFUSED),
    ((requests.Timeout, TimeoutError, urllib3.exceptions.TimeoutError), Fault.TIMEOUT),
    ((InvalidChunkLength,), Fault.GARBLED),
    ((IncompleteRead, CutError), Fault.CUT),
    ((RemoteDisconnected,), Fault.CLOSED),
    (
        (HTTPException, requests.exceptions.InvalidHeader, requests.exceptions.ContentDecodingError),
        Fault.GARBLED,
    ),
    # Of a chunk whose length is negative the standard library says no more than that.
    ((ValueError,), Fault.GARBLED),
)


def classify(error: BaseException) -> Fault:
    """The kind of fault that an exception of requests or of a socket stands for."""
    causes = list(_causes(error))
    for kinds, fault in _FAULTS:
        if any(isinstance(cause, kinds) for cause in causes):
            return fault
    return Fault.CLOSED


def fault_of(error: BaseException, wire: Wire | None) -> Fault:
    """The kind of fault, as `classify` has it; an end of the connection after an answer had begun cut that."""
    fault = classify(error)
    return Fault.CUT if fault is Fault.CLOSED and wire is not None and wire.head else fault


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and those inside it: requests and urllib3 wrap causes as arguments or as `reason`."""
    yield error
    for inner in (*error.args, getattr(error, "reason", None)):
        if isinstance(inner, BaseException):
            yield from _causes(inner)


def _innermost(error: BaseException) -> str:
    return str(list(_causes(error))[-1])


def _chunks(body: bytes, size: int = 16) -> Iterator[bytes]:
    """Pieces small enough that a server has to put them together."""
    for start in range(0, len(body), size):
        yield body[start : start + size]
