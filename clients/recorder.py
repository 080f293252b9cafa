"""A server of this machine that notes every request of a client, and treats all of them in one way."""

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from tests.support.scripted import Action, HangUp, Received, Reply, ScriptedServer, Silence


class Treatment(StrEnum):
    """What becomes of every request."""

    ANSWERED = "answered"
    THROTTLED = "429"
    FAILED = "500"
    DROPPED = "drop"
    SILENT = "silence"


@dataclass(frozen=True)
class Recording:
    """The server's URL, and its requests so far: when each came, in seconds of a clock of their own."""

    url: str
    requests: list[tuple[float, Received]]


@contextmanager
def recording(treatment: Treatment, target: str) -> Iterator[Recording]:
    """The server; the target at that URL answers where the treatment is an answer."""
    requests: list[tuple[float, Received]] = []

    def treat(request: Received) -> Action:
        requests.append((time.monotonic(), request))
        match treatment:
            case Treatment.ANSWERED:
                return _passed_on(request, target)
            case Treatment.THROTTLED:
                return _error(429, "CallRateLimitExceededException")
            case Treatment.FAILED:
                return _error(500, "ServiceException")
            case Treatment.DROPPED:
                return HangUp()
            case Treatment.SILENT:
                return Silence()

    with ScriptedServer(treat) as server:
        yield Recording(server.url, requests)


def _passed_on(request: Received, target: str) -> Reply:
    """What the target answers to the request as it came: some clients sign headers that a proxy would take out."""
    connection = http.client.HTTPConnection(urlsplit(target).netloc, timeout=20)
    try:
        connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, value)
        connection.endheaders(request.body)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    framing = ("connection", "content-length", "transfer-encoding")
    headers = tuple((name, value) for name, value in response.getheaders() if name.lower() not in framing)
    return Reply(response.status, body, headers)


def _error(status: int, code: str) -> Reply:
    headers = (("Content-Type", "application/json"), ("x-amzn-ErrorType", code), ("x-amzn-RequestId", "scripted"))
    return Reply(status, b'{"message":"As the situation wants it."}', headers)
