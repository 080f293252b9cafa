"""A way to a target that loses, cuts and holds up what passes, and now and then answers by itself."""

import http.client
import random
import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from tests.support.scripted import Action, Garbage, HangUp, Received, Reply, Script

_OF_THE_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date"})
_PAGE = b"<html>\r\n<head><title>%d</title></head>\r\n<body>The server is not available.</body>\r\n</html>\r\n"
_PAGE_HEADERS = (("Server", "a-balancer/2.0"), ("Content-Type", "text/html"))


class Way:
    """What may become of a request on its way: `seed` decides which byte an answer is cut at, and which page comes."""

    def __init__(self, url: str, seed: int) -> None:
        self._url = urlsplit(url)
        self._random = random.Random(seed)  # no secret
        self._lock = threading.Lock()

    def chance(self) -> float:
        """The next number of the seed, from 0 to 1."""
        with self._lock:
            return self._random.random()

    def below(self, limit: int) -> int:
        """The next whole number of the seed, from 0 to below the limit."""
        return int(self.chance() * limit)

    def pass_on(self, request: Received) -> Reply | HangUp:
        """What the target answers."""
        connection = http.client.HTTPConnection(self._url.netloc, timeout=20)
        try:
            connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers:
                if name.lower() not in _OF_THE_CONNECTION:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            return HangUp()
        finally:
            connection.close()
        headers = tuple(
            (name, value) for name, value in response.getheaders() if name.lower() not in _OF_THE_CONNECTION
        )
        return Reply(response.status, body, headers)

    def page(self) -> Reply:
        """The page of a balancer."""
        status = (502, 503)[self.below(2)]
        return Reply(status, _PAGE % status, _PAGE_HEADERS)


def _lost_request(way: Way, request: Received) -> Action:  # noqa: ARG001  # the troubles' shape
    return HangUp()


def _lost_answer(way: Way, request: Received) -> Action:
    way.pass_on(request)
    return HangUp()


def _cut_in_head(way: Way, request: Received) -> Action:
    whole = _bytes_of(way.pass_on(request))
    return Garbage(whole[: way.below(whole.find(b"\r\n\r\n") + 4)])


def _cut_in_body(way: Way, request: Received) -> Action:
    whole = _bytes_of(way.pass_on(request))
    head = whole.find(b"\r\n\r\n") + 4
    return Garbage(whole[: head + way.below(len(whole) - head)])


def _stalled_request(way: Way, request: Received) -> Action:  # noqa: ARG001  # the troubles' shape
    return Garbage(b"", stalls=True)


def _stalled_answer(way: Way, request: Received) -> Action:
    whole = _bytes_of(way.pass_on(request))
    return Garbage(whole[: way.below(len(whole))], stalls=True)


def _page_before(way: Way, request: Received) -> Action:  # noqa: ARG001  # the troubles' shape
    return way.page()


def _page_after(way: Way, request: Received) -> Action:
    way.pass_on(request)
    return way.page()


def _bytes_of(action: Reply | HangUp) -> bytes:
    return action.encoded() if isinstance(action, Reply) else b""


TROUBLES: Mapping[str, Callable[[Way, Received], Action]] = {
    "lost requests": _lost_request,
    "lost answers": _lost_answer,
    "answers cut in the head": _cut_in_head,
    "answers cut in the body": _cut_in_body,
    "requests that stall": _stalled_request,
    "answers that stall": _stalled_answer,
    "pages before the target acts": _page_before,
    "pages after the target has acted": _page_after,
}
"""What may go wrong, by its name."""


def bad_network(url: str, trouble: str, *, rate: float, seed: int) -> Script:
    """A script for a server in front of the target at `url`: `rate` of the requests meet the trouble."""
    way, meet = Way(url, seed), TROUBLES[trouble]

    def script(request: Received) -> Action:
        return meet(way, request) if way.chance() < rate else way.pass_on(request)

    return script
