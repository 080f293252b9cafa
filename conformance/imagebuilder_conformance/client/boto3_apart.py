"""boto3 apart from the user's own AWS set-up: no variable, no file, no folder of models and no plugin reaches it.

A run imports this module for the boto3 that is installed beside it, and has another interpreter execute it for
`run --sdk-python`. So it imports the standard library and boto3 only, nothing of ours, and keeps to what Python 3.6
reads. Either way boto3 signs, fills in, retries and parses as it does for its users; whoever calls says before each
sending what goes along with it, and after it whether boto3 gets to see the answer.

Executed, it hears and says one JSON object a line: first its versions, then, call by call, what a `Wire` is asked,
and what came of the call in the end.
"""

import base64
import json
import os
import platform
import queue
import signal
import socket
import sys
import threading
import time
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Final

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.httpsession import URLLib3Session
    from botocore.session import Session

    Headers = Sequence[tuple[str, str]]

TRIES = 3
"""How often boto3 sends a call at most."""
MODE: "Final" = "standard"
"""Its retry mode. By default other releases have other modes, and other numbers of tries: see docs/clients.md."""

_FILES = frozenset(["config_file", "credentials_file"])
_PLUGINS = "BOTOCORE_EXPERIMENTAL__PLUGINS"
_MAKING = threading.Lock()


class Came(NamedTuple):
    """What came of a sending after so many seconds: an answer, or the name of a fault and its details."""

    seconds: float
    status: int = 0
    headers: "Headers" = ()
    body: bytes = b""
    fault: str = ""
    detail: str = ""


class Wire:
    """Who calls, asked about each sending. What it raises ends the call, and reaches the caller."""

    def sending(self, url: str, headers: "Headers", body: bytes) -> "Mapping[str, str]":
        """Boto3 is about to send this; gives the headers that go along with it."""
        raise NotImplementedError

    def came(self, headers: "Headers", came: Came) -> bool:
        """It was sent with these headers, and this came; gives whether boto3 does not get to see it."""
        raise NotImplementedError


class Boto3:
    """Makes calls through the boto3 that can be imported."""

    def __init__(self) -> None:
        self._settings: Mapping[str, Any] | None = None
        self._client: Any = None
        self._http: Any = None

    def versions(self) -> "dict[str, str]":
        """The versions of what calls. Raises whatever importing it raises."""
        import boto3
        import botocore

        return {
            "boto3": boto3.__version__,
            "botocore": botocore.__version__,
            "Python": platform.python_version(),
        }

    def call(self, settings: "Mapping[str, Any]", parameters: "Mapping[str, str]", wire: "Wire") -> "dict[str, Any]":
        """Make a call with these parameters: `output` is what boto3 gave, or `error` what it raised."""
        if settings != self._settings:
            self._client, self._http = _client(settings), _http_session(settings)
            self._settings = settings
        sender = _Sender(self._http, wire)
        self._client.meta.events.register(settings["event"], sender.send)
        try:
            output = self._client.start_image_pipeline_execution(**parameters)
        except Exception as error:  # noqa: BLE001  # whatever it is, the SDK's users would get it
            if sender.raised is not None:
                raise sender.raised from None
            return {"error": _seen(error)}
        finally:
            self._client.meta.events.unregister(settings["event"], sender.send)
        return {"output": {name: output[name] for name in output if name != "ResponseMetadata"}}

    def close(self) -> None:
        """Let go of nothing: it is this process that calls."""


class _Sender:
    """The network of one call, in the place of boto3's own. `raised` is what the wire raised, if it did."""

    def __init__(self, http: "URLLib3Session", wire: "Wire") -> None:
        self._http = http
        self._wire = wire
        self.raised: Exception | None = None

    def send(self, request: "AWSPreparedRequest", **_: object) -> "AWSResponse":
        """Send what boto3 has signed, once. boto3 decides whether to send again."""
        from botocore.exceptions import BotoCoreError, ConnectionClosedError

        url, body = str(request.url), request.body
        data = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""
        for name, value in self._ask(self._wire.sending, url, _pairs(request), data).items():
            request.headers[name] = value
        began = time.perf_counter()
        try:
            response = self._http.send(request)
        except BotoCoreError as error:
            came = Came(time.perf_counter() - began, fault=_fault(error), detail=str(error))
            self._ask(self._wire.came, _pairs(request), came)
            raise
        headers = [(name, value) for name, value in response.headers.items()]
        content = response.content
        came = Came(time.perf_counter() - began, response.status_code, headers, content)
        if self._ask(self._wire.came, _pairs(request), came):
            raise ConnectionClosedError(endpoint_url=url)
        return response

    def _ask(self, ask: "Any", *about: object) -> "Any":
        try:
            return ask(*about)
        except Exception as error:
            self.raised = error
            raise


def _client(settings: "Mapping[str, Any]") -> "Any":
    """A client of boto3 that the user's own AWS does not touch."""
    import boto3
    from botocore.config import Config

    with _no_plugins():
        return boto3.Session(botocore_session=_session_apart()).client(
            "imagebuilder",
            api_version=settings["api_version"],
            endpoint_url=settings["endpoint"],
            region_name=settings["region"],
            aws_access_key_id=settings["access_key_id"],
            aws_secret_access_key=settings["secret_access_key"],
            aws_session_token=settings["session_token"],
            config=Config(retries={"mode": MODE, "total_max_attempts": TRIES}),
        )


def _session_apart() -> "Session":
    """A session of botocore with its defaults, and with the service models that it brings itself."""
    from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
    from botocore.loaders import Loader
    from botocore.session import Session

    apart = {
        name: (None, None, os.devnull if name in _FILES else default, convert)
        for name, (_, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    session = Session(session_vars=apart)
    own_models = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    session.register_component("data_loader", own_models)
    return session


@contextmanager
def _no_plugins() -> "Iterator[None]":
    """Keep botocore from loading what a variable names into each client that is made."""
    with _MAKING:
        before = os.environ.get(_PLUGINS)
        os.environ[_PLUGINS] = "DISABLED"
        try:
            yield
        finally:
            if before is None:
                del os.environ[_PLUGINS]
            else:
                os.environ[_PLUGINS] = before


def _http_session(settings: "Mapping[str, Any]") -> "URLLib3Session":
    """The way to the network that boto3 itself takes, with the settings of the run."""
    from botocore.httpsession import URLLib3Session
    from botocore.utils import get_environ_proxies

    # botocore itself passes such values; the stubs have other types.
    options: dict[str, Any] = {
        "verify": settings["verify"],
        "proxies": {} if settings["direct"] else get_environ_proxies(settings["endpoint"]),
        "timeout": tuple(settings["timeouts"]),
        "socket_options": [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    }
    return URLLib3Session(**options)


def _seen(error: Exception) -> "dict[str, Any]":
    from botocore.exceptions import ClientError

    name = type(error).__name__
    if not isinstance(error, ClientError):
        return {"exception": name, "message": str(error)}
    told, metadata = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    return {
        "exception": name,
        "code": told.get("Code"),
        "message": told.get("Message"),
        "status": metadata.get("HTTPStatusCode"),
    }


def _fault(error: Exception) -> str:
    """The name of what came in place of an answer."""
    from botocore import exceptions

    faults: Sequence[tuple[type[Exception], str]] = (
        (exceptions.SSLError, "TLS"),
        (exceptions.ConnectTimeoutError, "TIMEOUT"),
        (exceptions.ReadTimeoutError, "TIMEOUT"),
        (exceptions.EndpointConnectionError, "REFUSED"),
        (exceptions.ProxyConnectionError, "REFUSED"),
        (exceptions.ConnectionClosedError, "CLOSED"),
    )
    return next((fault for kind, fault in faults if isinstance(error, kind)), "GARBLED")


def _pairs(request: "AWSPreparedRequest") -> "Headers":
    return [(name, _text(value)) for name, value in request.headers.items()]


def _text(value: "str | bytes") -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


class _StoppedError(Exception):
    """Who calls wants no more of a call."""


class _Pipe(Wire):
    """The way to whoever has started this process, and a `Wire` that asks there."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "wb")
        # What a library prints is no part of what is said.
        os.dup2(2, 1)
        self._heard: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        for line in sys.stdin.buffer:
            self._heard.put(line)
        # Who started this has ended, and so does this, whatever it waits for.
        os._exit(0)

    def next(self) -> "Any":
        return json.loads(self._heard.get().decode())

    def say(self, **said: object) -> None:
        self._out.write(json.dumps(said, default=str).encode() + b"\n")
        self._out.flush()

    def _ask(self, **said: object) -> "Any":
        self.say(**said)
        heard = self.next()
        if "stop" in heard:
            raise _StoppedError
        return heard["answer"]

    def sending(self, url: str, headers: "Headers", body: bytes) -> "Mapping[str, str]":
        more: Mapping[str, str] = self._ask(sending=[url, headers, _base64(body)])
        return more

    def came(self, headers: "Headers", came: Came) -> bool:
        seconds, status, answered, body, fault, detail = came
        return bool(self._ask(came=[headers, seconds, status, answered, _base64(body), fault, detail]))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _serve() -> None:
    """Make the calls that the process which started this one asks for, until it ends."""
    # This folder, whose modules are not for others to import.
    sys.path.pop(0)
    # An interrupt is for the process that leads, which ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe, boto3 = _Pipe(), Boto3()
    try:
        pipe.say(versions=boto3.versions())
    except Exception as error:  # noqa: BLE001  # an old release may fail on a new Python in any way
        pipe.say(unfit=f"{type(error).__name__}: {error}")
        return
    while True:
        asked = pipe.next()
        try:
            done = boto3.call(asked["settings"], asked["parameters"], pipe)
        except _StoppedError:
            done = {}
        pipe.say(done=done)


if __name__ == "__main__":
    try:
        _serve()
    except BaseException:  # noqa: BLE001  # there is nobody else who could tell
        traceback.print_exc()
    # The usual end would wait in vain for the thread that reads.
    os._exit(1)
