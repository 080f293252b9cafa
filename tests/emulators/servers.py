"""Real emulators of AWS, started on a free port of this machine."""

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.command import environment, wait_until
from tests.support.ports import free_port


@dataclass(frozen=True)
class Emulator:
    """How an emulator is started: its program, the arguments and variables for a port, and what it answers the call."""

    name: str
    program: str
    arguments: Callable[[int], tuple[str, ...]]
    variables: Callable[[int], dict[str, str]]
    answer: str

    @property
    def requirements(self) -> Path:
        return Path(__file__).with_name(f"{self.name}.txt")


EMULATORS = (
    Emulator(
        "moto",
        "moto_server",
        lambda port: ("--host", "127.0.0.1", "--port", str(port)),
        lambda _: {},
        "500 without an error code",
    ),
    Emulator(
        "ministack",
        "ministack",
        lambda _: (),
        lambda port: {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)},
        "400 without an error code",
    ),
    Emulator(
        "localstack",
        "python",
        lambda _: ("-m", "localstack.runtime.main"),
        lambda port: {
            "GATEWAY_LISTEN": f"127.0.0.1:{port}",
            # Its other server takes packages that the extra does not bring.
            "GATEWAY_SERVER": "hypercorn",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "DISABLE_EVENTS": "1",
        },
        "501 InternalFailure",
    ),
)


@contextmanager
def running(emulator: Emulator, programs: Path, folder: Path) -> Iterator[str]:
    """The emulator, running; its files stay in the folder. Gives its URL."""
    port = free_port()
    own = {name: str(folder) for name in ("HOME", "TMPDIR", "LOCALSTACK_VOLUME", "S3_DATA_DIR")}
    log = folder / "log.txt"
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [programs / emulator.program, *emulator.arguments(port)],
            cwd=folder,
            env=environment(**own, **emulator.variables(port)),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            wait_until(lambda: _listens(port, process, log), f"{emulator.name} to listen")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _listens(port: int, process: "subprocess.Popen[bytes]", log: Path) -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"it ended with {process.returncode}{os.linesep}{log.read_text(errors='replace')[-2000:]}")
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
