"""Requests that reach the target at the same time, clients that hang up, and those that wait before they send a body.

A barrier before sending leaves the requests milliseconds apart. Here each request is sent but for its last byte,
and the last bytes go out together.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from select import select
from threading import Barrier, BrokenBarrierError
from urllib.parse import urlsplit

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.budget import OverBudgetError
from imagebuilder_conformance.client.client import Client, TargetLostError
from imagebuilder_conformance.client.final_responses import FinalResponse
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault, Request
from imagebuilder_conformance.client.threads import threads
from imagebuilder_conformance.client.transport import classify, fault_of
from imagebuilder_conformance.client.wire import Recorder
from imagebuilder_conformance.target import Target

# Longer than any of the clients waits that wait at all.
_ASKED_WITHIN = 1.0

HUNG_UP = "the client hung up"
"""The detail of a fault that was the client's own doing."""


@dataclass(frozen=True, slots=True)
class _Shot:
    """A request on its own connection, all sent but the last bytes. `failed` is what came where that did not work."""

    exchange_id: str
    request: Request
    url: str
    headers: tuple[tuple[str, str], ...]
    connection: socket.socket | None
    last_bytes: bytes = b""
    failed: Attempt | None = None


def race(client: Client, requests: Sequence[Request], *, check: str, least: int = 2) -> list[Exchange]:
    """Send the requests so that they arrive together, once each, and give their exchanges in the same order.

    Under a budget only the first ones race, as many as it lets be under way, but `least` at the
    least. Raises `OverBudgetError` where it does not allow that, `TargetLostError` and `CredentialsLostError` as
    `Client.send` does, and `CredentialsRenewedError` where they can race again with other credentials.
    """
    # Looked at before any is loaded: requests that are loaded and never fired would keep their units.
    width = client.width(requests, least=least)
    if width < min(len(requests), least):
        raise OverBudgetError(f"the budget of {client.budget.limit} executions leaves no room for a race")
    requests = requests[:width]
    # A target that serves one connection at a time would wait for the kept one.
    client.transport.close()
    with ExitStack() as stack:
        shots = [_load(client, request, check, stack) for request in requests]
        client.pace.wait(len(shots))
        attempts = _fired(client, shots)
    exchanges = [_conclude(client, shot, check, attempt) for shot, attempt in zip(shots, attempts, strict=True)]
    client.expect_accepted(exchanges)
    return exchanges


def _fired(client: Client, shots: Sequence[_Shot]) -> list[Attempt]:
    """Send the last bytes together, and give what came.

    Whatever ends it before its time, such as an interrupt, or a thread that can't be started: none is waited for.
    """
    barrier = Barrier(len(shots))
    try:
        with threads(len(shots)) as pool:
            return list(pool.map(lambda shot: _fire(client, shot, barrier), shots))
    except BaseException:
        barrier.abort()
        for shot in shots:
            if shot.connection is not None:
                # Closing it would wake nobody who waits for an answer.
                with suppress(OSError):
                    shot.connection.shutdown(socket.SHUT_RDWR)
        raise


def hang_up(client: Client, request: Request, *, check: str, wait: float = 0.0) -> Exchange:
    """Send a request and close the connection before the answer, after `wait` seconds."""
    client.transport.close()
    client.pace.wait()
    with ExitStack() as stack:
        shot = _load(client, request, check, stack)
        at, began = client.clock(), time.perf_counter()
        if shot.connection is not None:
            # The target may have hung up first.
            with suppress(OSError):
                shot.connection.sendall(shot.last_bytes)
        time.sleep(wait)
    attempt = shot.failed or Attempt(at, time.perf_counter() - began, fault=Fault.CLOSED, detail=HUNG_UP)
    return _conclude(client, shot, check, attempt)


def ask_first(client: Client, request: Request, *, check: str) -> Exchange:
    """Send the head of a request with `Expect: 100-continue`, and its body once the target says something.

    Where it says nothing for a while the body is sent all the same, as RFC 9110 has it.
    """
    client.transport.close()
    client.pace.wait()
    request = replace(request, headers={**request.headers, "Expect": "100-continue"})
    with ExitStack() as stack:
        shot = _load(client, request, check, stack, kept=len(request.body))
        if shot.connection is not None:
            select([shot.connection], [], [], _ASKED_WITHIN)
        attempt = _fire(client, shot, Barrier(1))
    return _conclude(client, shot, check, attempt)


def _load(client: Client, request: Request, check: str, stack: ExitStack, *, kept: int = 1) -> _Shot:
    """Open a connection and send everything but the last bytes of the request."""
    prepared = client.transport.prepare(request)
    head = [f"{prepared.method} {prepared.path_url} HTTP/1.1"]
    headers = {**prepared.headers, "Content-Length": str(len(request.body)), "Connection": "close"}
    head += [f"{name}: {value}" for name, value in headers.items()]
    message = "\r\n".join([*head, "", ""]).encode("latin-1") + request.body
    exchange_id, url = client.announce(request, check), prepared.url or ""
    at, began = client.clock(), time.perf_counter()
    try:
        connection = stack.enter_context(_connect(client.target))
        connection.sendall(message[:-kept])
    except OSError as error:
        attempt = Attempt(at, time.perf_counter() - began, fault=classify(error), detail=str(error))
        if attempt.fault is not Fault.REFUSED:
            return _Shot(exchange_id, request, url, tuple(headers.items()), None, failed=attempt)
        lost = Exchange(exchange_id, check, request, url, tuple(headers.items()), (attempt,))
        raise TargetLostError(client.conclude(lost)) from error
    return _Shot(exchange_id, request, url, tuple(headers.items()), connection, message[-kept:])


def _connect(target: Target) -> socket.socket:
    parts = urlsplit(target.endpoint)
    host = parts.hostname or ""
    address = host, parts.port or (443 if parts.scheme == "https" else 80)
    connection = socket.create_connection(address, timeout=target.timeouts.connect)
    connection.settimeout(target.timeouts.read)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if parts.scheme == "http":
        return connection
    return _tls_context(target).wrap_socket(connection, server_hostname=host)


def _tls_context(target: Target) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=target.verify if isinstance(target.verify, str) else None)
    if target.verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _fire(client: Client, shot: _Shot, barrier: Barrier) -> Attempt:
    try:
        barrier.wait()
    except BrokenBarrierError:
        return Attempt(client.clock(), 0.0, fault=Fault.CLOSED, detail="it was never sent to its end")
    if shot.connection is None:
        return shot.failed or Attempt(client.clock(), 0.0, fault=Fault.CLOSED)
    at, began = client.clock(), time.perf_counter()
    recorder = Recorder()
    try:
        shot.connection.sendall(shot.last_bytes)
        response = FinalResponse(shot.connection, method=shot.request.method, recorder=recorder)
        response.begin()
        body = response.whole()
    except (OSError, http.client.HTTPException) as error:
        seconds, wire = time.perf_counter() - began, recorder.wire()
        return Attempt(at, seconds, fault=fault_of(error, wire), detail=str(error), wire=wire)
    answer = Answer(response.status, tuple(response.getheaders()), body)
    return Attempt(at, time.perf_counter() - began, answer=answer, wire=recorder.wire())


def _conclude(client: Client, shot: _Shot, check: str, attempt: Attempt) -> Exchange:
    return client.conclude(Exchange(shot.exchange_id, check, shot.request, shot.url, shot.headers, (attempt,)))
