"""The reference target as a server on loopback: in a thread of its own, or in the foreground."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from uvicorn import Config
from uvicorn.server import ServerState

from imagebuilder_conformance.reference.app import ReferenceApp
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.credentials import Credentials
from imagebuilder_conformance.reference.protocol import ReferenceProtocol
from imagebuilder_conformance.reference.settings import Settings

HOST = "127.0.0.1"

# An idle connection that is closed just as its client uses it again looks like a broken target.
_KEEP_ALIVE_SECONDS = 600
# How long answers that are under way may take once the server stops.
_GRACE_SECONDS = 0.5


class ReferenceServer:
    """A reference target that listens on loopback from a daemon thread, for as long as the `with` lasts.

    Args:
        settings: pipelines, credentials, rate limit; by default two pipelines and required signatures.
        behaviour: how it answers; a defect or a variation in place of the contract kept.
        port: 0 takes a free one.

    Raises:
        OSError: on entering, if the port is taken.
    """

    def __init__(
        self, settings: Settings | None = None, *, behaviour: type[Behaviour] = Behaviour, port: int = 0
    ) -> None:
        self.settings = settings or Settings()
        self.behaviour = behaviour(self.settings)
        self._port = port
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="imagebuilder-reference", daemon=True)

    @property
    def url(self) -> str:
        """Where the target listens, such as `http://127.0.0.1:50123`."""
        return _url(self._port)

    @property
    def credentials(self) -> Credentials:
        """The access key that the target knows."""
        return self.settings.credentials

    @property
    def pipelines(self) -> tuple[str, ...]:
        """The ARNs of the pipelines that exist."""
        return self.settings.pipelines

    @property
    def region(self) -> str:
        """The region that signatures must name."""
        return self.settings.region

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001 - whatever it is, the thread that waits must hear of it
            self._failure = error
            self._ready.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        await _serve(self.behaviour, self._port, self._stop, ready=self._announce)

    def _announce(self, port: int) -> None:
        self._port = port
        self._ready.set()


def serve_forever(
    settings: Settings | None = None,
    *,
    behaviour: type[Behaviour] = Behaviour,
    port: int = 0,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Run a reference target in the foreground until SIGINT, SIGTERM or SIGHUP; `ready` gets its URL once it listens.

    Raises:
        OSError: if the port is taken.
    """

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        hang_up = getattr(signal, "SIGHUP", signal.SIGTERM)
        for number in {signal.SIGINT, signal.SIGTERM, hang_up}:
            # Not loop.add_signal_handler: Windows has none.
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        await _serve(behaviour(settings or Settings()), port, stop, ready=lambda bound: ready(_url(bound)))

    asyncio.run(main())


async def _serve(behaviour: Behaviour, port: int, stop: asyncio.Event, *, ready: Callable[[int], None]) -> None:
    # uvicorn's connections on a server of our own: uvicorn's looks ten times a second whether it should stop.
    state = ServerState()
    config = Config(
        ReferenceApp(behaviour),
        http=ReferenceProtocol,
        ws="none",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )
    config.load()
    frame = behaviour.frame if behaviour.reframes else None
    # A host name and not a socket: only then asyncio switches Nagle's algorithm off (TCP_NODELAY), without
    # which each exchange waits 40 ms for a delayed acknowledgement.
    server = await asyncio.get_running_loop().create_server(
        lambda: ReferenceProtocol(config=config, server_state=state, app_state={}, frame=frame),
        HOST,
        port,
        backlog=2048,
    )
    ready(server.sockets[0].getsockname()[1])
    await stop.wait()
    server.close()
    await _wind_up(state)


async def _wind_up(state: ServerState) -> None:
    connections: list[Any] = list(state.connections)
    for connection in connections:
        connection.shutdown()
    if state.tasks:
        await asyncio.wait(state.tasks, timeout=_GRACE_SECONDS)
    for connection in connections:
        connection.transport.abort()
    # Closing is scheduled, not done; one turn of the loop carries it out.
    await asyncio.sleep(0)


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"
