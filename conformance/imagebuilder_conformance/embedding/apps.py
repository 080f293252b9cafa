"""Applications of the caller's, served on a free port of this machine by well-kept servers."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from imagebuilder_conformance.configuration.usage import UsageError

_HOST = "127.0.0.1"
# How long a server may take to begin or to end, in seconds.
_PATIENCE = 10.0
_log = logging.getLogger(__name__)


@contextmanager
def serving_wsgi(app: Callable[..., Any]) -> Iterator[str]:
    """The URL of a WSGI application.

    Raises:
        UsageError: Werkzeug is not installed.
    """
    _expect("werkzeug", "wsgi")
    from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

    class Handler(WSGIRequestHandler):
        # Connections are kept, as clients expect today.
        protocol_version = "HTTP/1.1"

        def log_request(self, *_: object) -> None:
            """Say nothing: Werkzeug would set up a log of its own."""

    class Server(ThreadedWSGIServer):
        daemon_threads = True

        def log(self, type: str, message: str, *arguments: object) -> None:  # noqa: A002  # Werkzeug's signature
            _log.log(logging.getLevelName(type.upper()), message.rstrip(), *arguments)

    server = Server(_HOST, 0, app, Handler)
    thread = threading.Thread(target=server.serve_forever, name="a WSGI application", daemon=True)
    thread.start()
    try:
        yield f"http://{_HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(_PATIENCE)
        server.server_close()


@contextmanager
def serving_asgi(app: Callable[..., Any]) -> Iterator[str]:
    """The URL of an ASGI application.

    Raises:
        UsageError: uvicorn is not installed, or the application does not start.
    """
    _expect("uvicorn", "asgi")
    import uvicorn

    with socket.create_server((_HOST, 0), backlog=128) as listening:
        # Logging is the caller's own, and so is the event loop of other threads.
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, loop="asyncio"))
        thread = threading.Thread(target=server.run, args=([listening],), name="an ASGI application", daemon=True)
        thread.start()
        end = time.monotonic() + _PATIENCE
        while not server.started and thread.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        try:
            if not server.started:
                raise UsageError(f"expected the ASGI application to start within {_PATIENCE:g} s, it did not")
            yield f"http://{_HOST}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)


def _expect(module: str, name: str) -> None:
    if find_spec(module) is None:
        raise UsageError(f"{name}=… takes {module}, which is not installed; the extra `apps` brings it")
