"""Installs a client and has it make a call in a situation; what it sent and what its user gets is an `Outcome`."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from imagebuilder_conformance.reference import DEFAULT_PIPELINES, DUMMY_CREDENTIALS
from stacks.serving import Installed
from tests.project.places import ROOT
from tests.support.absent import give_up
from tests.support.command import environment
from tests.support.environments import node_environment, python_environment
from tests.support.scripted import Received

from .recorder import Treatment, recording
from .table import HERE, Client

_DRIVERS = HERE / "drivers"
_OWN_REQUIREMENTS = HERE / "requirements"
_FOLDERS = {".py": "python", ".mjs": "node", ".go": "go", ".java": "java", ".php": "php", ".rb": "ruby"}
# Where Debian's packages of Go libraries are.
_GO = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "-p=1"}
# A client that sends nothing more for so long waits for ever; the longest distance of a retry seen is 16 seconds.
_QUIET = 30.0
_LONGEST = 150.0


@dataclass(frozen=True)
class Situation:
    """A call and what becomes of it. A token of `None` is left out."""

    name: str
    token: str | None
    treatment: Treatment = Treatment.ANSWERED
    pipeline: str = DEFAULT_PIPELINES[0]


@dataclass(frozen=True)
class Outcome:
    """What was sent, with the time of each, and what the user gets: `ok`, the error's name, how it is told apart."""

    requests: tuple[Received, ...]
    times: tuple[float, ...]
    ok: bool
    error: str
    by: str
    ended: bool

    @property
    def tokens(self) -> list[str | None]:
        """The token of each request."""
        return [json.loads(request.body).get("clientToken") for request in self.requests]


# Longer than any revision allows.
LONG = "a-token-that-is-too-long-" + "x" * 104
ANSWERED = (
    Situation("given", "a-token-of-the-callers"),
    Situation("missing", None),
    Situation("empty", ""),
    Situation("long", LONG),
    Situation("unknown", "a-token-of-an-unknown-pipeline", pipeline=f"{DEFAULT_PIPELINES[0]}-unknown"),
)
REFUSED = tuple(
    Situation(str(treatment), "a-token-of-the-callers", treatment)
    for treatment in Treatment
    if treatment is not Treatment.ANSWERED
)


@cache
def installed(client: Client) -> Installed:
    """Install what a client needs, or skip where it is not this machine's to install."""
    match client.group:
        case "python":
            own = _OWN_REQUIREMENTS / f"{client.environment}.txt"
            return Installed(programs=python_environment(own if own.exists() else _of_the_tests(client)))
        case "node":
            return Installed(modules=node_environment(_DRIVERS / "node") / "node_modules")
    for program in (client.start[0], *(word.partition("=")[2] for word in client.start[2:] if "=" in word)):
        if shutil.which(program) is None:
            give_up(f"expected `{program}`, got none: install Debian's {client.packages[0]}", os.environ)
    return Installed()


def _of_the_tests(client: Client) -> Path:
    """The requirements of a client that a test calls too."""
    return ROOT / "tests" / "sdks" / f"{client.environment}.txt"


def call(client: Client, situation: Situation, target: str) -> Outcome:
    """Have a client call; the target answers where the situation wants an answer."""
    members = {"imagePipelineArn": situation.pipeline}
    if situation.token is not None:
        members["clientToken"] = situation.token
    with recording(situation.treatment, target) as server:
        words = [*command(client), server.url, json.dumps(members)]
        with subprocess.Popen(
            words, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            began = last = time.monotonic()
            seen = 0
            while process.poll() is None and time.monotonic() < min(last + _QUIET, began + _LONGEST):
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.05)
                if len(server.requests) > seen:
                    seen, last = len(server.requests), time.monotonic()
            ended = process.poll() is not None
            if not ended:
                process.kill()
            out, err = process.communicate()
        requests = tuple(server.requests)
    said = _said(client, situation, out.decode(), err.decode()) if ended else {}
    return Outcome(
        tuple(request for _, request in requests),
        tuple(at for at, _ in requests),
        bool(said.get("ok")),
        str(said.get("error", "")),
        str(said.get("by", "")),
        ended,
    )


def _said(client: Client, situation: Situation, out: str, err: str) -> dict[str, object]:
    lines = [line for line in out.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"{client.name}, {situation.name}: expected its driver to print an object, got {out}{err}")
    read: dict[str, object] = json.loads(lines[-1])
    return read


def command(client: Client) -> Sequence[str]:
    """The words that start its driver, but for the last two."""
    has = installed(client)
    program, driver, *options = client.start
    words = [option.replace("@BIN@", str(has.programs)) for option in options]
    source = _DRIVERS / _FOLDERS[Path(driver).suffix] / driver
    match source.suffix:
        case ".go":
            return [str(_built(source)), *words]
        case ".mjs":
            # Beside the modules that it imports, where it was copied to.
            source = (has.modules or source).parent / driver
    return [has.program(program), str(source), *words]


@cache
def _built(source: Path) -> Path:
    binary = ROOT / ".tox" / "environments" / f"go-{source.stem}"
    binary.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["go", "build", "-o", str(binary), str(source)], env=os.environ | _GO, check=True)
    return binary


def _environment() -> dict[str, str]:
    return environment(
        AWS_ACCESS_KEY_ID=DUMMY_CREDENTIALS.access_key_id,
        AWS_SECRET_ACCESS_KEY=DUMMY_CREDENTIALS.secret_access_key,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )
