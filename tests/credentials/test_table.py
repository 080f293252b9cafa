"""Which key signs by the kind of credentials, and what comes of its end: the table of docs/running.md, row by row."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import AssumeRoleProvider, SSOProvider
from botocore.tokens import SSOTokenProvider

from imagebuilder_conformance.reference import DEFAULT_PIPELINES, DUMMY_CREDENTIALS
from imagebuilder_reports.verdicts import Ending
from tests.emulators.servers import EMULATORS, running
from tests.project.places import ROOT
from tests.support.command import Finished, here, report_in
from tests.support.environments import expect_ci, python_environment
from tests.support.keyed import Keyed, keyed

from .kinds import KINDS, ON_MOTO, Machine, file, role_with_code, services

HOST = "imagebuilder.us-east-1.amazonaws.com"
MOTO = next(each for each in EMULATORS if each.name == "moto")
SIGNS, DUMMY, STOPS = "signs", "the dummy signs", "exit 2"
GOES_ON, ENDS, NEVER = "goes on with others", "the run ends", "not at all"
ROW = re.compile(r"^\| ([^|]+?) \| (signs|exit 2) \| ([^|]+?) \| ([^|]+?) \|$", flags=re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "running.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def sts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """STS as moto has it, in a process of its own."""
    expect_ci(MOTO.name)
    with running(MOTO, python_environment(MOTO.requirements), tmp_path_factory.mktemp("moto")) as url:
        yield url


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    # botocore has looked for its home when it was imported.
    cache = str(tmp_path / "home" / ".aws" / "sso" / "cache")
    for provider in (SSOTokenProvider, SSOProvider):
        monkeypatch.setattr(provider, "_SSO_TOKEN_CACHE_DIR", cache)
    with services() as server:
        yield Machine(tmp_path / "home", server)


@pytest.fixture(autouse=True)
def resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of AWS leads to this machine, and no name to any other. Nobody waits for a service that is not there."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        assert host in {HOST, "127.0.0.1", "localhost"}
        return real("127.0.0.1" if host == HOST else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    # There is a terminal, and somebody types a code, where nothing is said to the contrary.
    monkeypatch.setattr(AssumeRoleProvider.__init__, "__defaults__", (lambda _: "123456", None, None))


def set_up(name: str, machine: Machine, request: pytest.FixtureRequest) -> tuple[str, ...]:
    if KINDS[name] in ON_MOTO:
        machine.variables["AWS_ENDPOINT_URL_STS"] = request.getfixturevalue("sts")
    return KINDS[name](machine)


@contextmanager
def target(lasts: int, machine: Machine | None = None) -> Iterator[tuple[str, Keyed]]:
    """The port of a target whose first key ends, and what it has seen. The shared file has other keys by then."""
    renew = () if machine is None else (lambda: machine.keys("AKIATEAM000000000001"),)
    with keyed(type("Lasting", (Keyed,), {"lasts": lasts, "on_end": renew})) as server:
        yield server.url.rsplit(":", 1)[1], server.behaviour


def run(machine: Machine, port: str, *words: str, host: str = HOST, folder: Path) -> Finished:
    pipelines = [word for arn in DEFAULT_PIPELINES for word in ("--pipeline-arn", arn)]
    # Over http, as there is no certificate of AWS's here.
    meant = ("--allow-aws", "--allow-insecure-token")
    endpoint = ("--endpoint-url", f"http://{host}:{port}")
    arguments = ("run", "request.image-pipeline-arn", *endpoint, *pipelines, *meant, *words)
    return here(*arguments, cwd=folder, env=machine.variables)


def signers(seen: Keyed) -> set[str]:
    return set(seen.served) - {""}


def test_the_table_has_every_kind() -> None:
    assert [row[0] for row in ROWS] == list(KINDS)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "on_aws", "_", "__"), ROWS)
def test_on_aws(
    name: str, on_aws: str, _: str, __: str, machine: Machine, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    words = set_up(name, machine, request)
    with target(10_000) as (port, seen):
        finished = run(machine, port, *words, folder=tmp_path)
    assert "Traceback" not in finished.text
    assert "recognisable" not in finished.text
    if on_aws == STOPS:
        assert finished.code == 2, finished.text
        assert not seen.served
        return
    assert finished.code == 0, finished.text
    [key] = signers(seen)
    assert key != DUMMY_CREDENTIALS.access_key_id
    assert f"credentials    {key} from " in finished.out


@pytest.mark.parametrize(("name", "_", "elsewhere", "__"), ROWS)
def test_elsewhere(
    name: str, _: str, elsewhere: str, __: str, machine: Machine, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    words = set_up(name, machine, request)
    with target(10_000) as (port, seen):
        finished = run(machine, port, *words, host="127.0.0.1", folder=tmp_path)
    assert finished.code == (2 if elsewhere == STOPS else 0), finished.text
    used = {SIGNS: False, DUMMY: True, STOPS: None}[elsewhere]
    assert [key == DUMMY_CREDENTIALS.access_key_id for key in signers(seen)] == ([] if used is None else [used])
    if elsewhere == DUMMY:
        # Nobody was even asked, and no program called.
        assert not machine.services.received
        assert not (machine.home / "count").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "_", "__", "end"), [row for row in ROWS if row[3] != NEVER])
def test_when_it_ends(
    name: str, _: str, __: str, end: str, machine: Machine, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    words = set_up(name, machine, request)
    is_file = KINDS[name] is file
    with target(12, machine if is_file else None) as (port, seen):
        finished = run(machine, port, *words, folder=tmp_path)
    report = report_in(tmp_path / "conformance-report")
    assert not any(check["failures"] for check in report["checks"])
    assert "recognisable" not in (tmp_path / "conformance-report" / "events.jsonl").read_text(encoding="utf-8")
    assert finished.code == (0 if end == GOES_ON else 3), finished.text
    assert report["run"]["ending"] == (Ending.COMPLETED if end == GOES_ON else Ending.INTERRUPTED)
    assert len(signers(seen)) == (2 if end == GOES_ON else 1)


def test_a_file_that_has_no_others_by_then_ends_the_run(machine: Machine, tmp_path: Path) -> None:
    words = file(machine)
    with target(12) as (port, seen):
        finished = run(machine, port, *words, folder=tmp_path)
    assert finished.code == 3
    assert "no others" in finished.out
    assert len(signers(seen)) == 1


def test_a_code_is_asked_for_once(machine: Machine, sts: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "123456"

    monkeypatch.setattr(AssumeRoleProvider.__init__, "__defaults__", (ask, None, None))
    machine.variables["AWS_ENDPOINT_URL_STS"] = sts
    words = role_with_code(machine)
    with target(12) as (port, _):
        run(machine, port, *words, folder=tmp_path)
    assert len(asked) == 1
