"""A target that follows another revision than that of the run: as a host of AWS, and elsewhere.

The table of docs/running.md is that of these runs.
"""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.reference import DUMMY_CREDENTIALS
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import find_variation
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_spec import load_contract
from tests.project.places import ROOT
from tests.support.command import Finished, here, report_in

pytestmark = pytest.mark.slow

HOST = "imagebuilder.us-east-1.amazonaws.com"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": DUMMY_CREDENTIALS.access_key_id,
    "AWS_SECRET_ACCESS_KEY": DUMMY_CREDENTIALS.secret_access_key,
    "AWS_EC2_METADATA_DISABLED": "true",
}
FIRST = find_variation("existence-before-token").behaviour
TARGETS: dict[str, tuple[str, type[Behaviour]]] = {
    "follows `documented`": ("documented", Behaviour),
    "follows `current`": ("current", Behaviour),
    "follows `documented`, looks up first": ("documented", FIRST),
    "follows `current`, looks up first": ("current", FIRST),
}
# What a cell of the table says: the exit code, and what the verdict's sentence has.
CELLS = {
    "conformant": (0, "conformant: "),
    "stops: `--contract current`": (2, "say --contract current"),
    "not; conformant to current": (1, "; conformant to current"),
    "not; conformant to documented": (1, "; conformant to documented"),
}
ROW = re.compile(r"^\| (follows [^|]+?) \| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \|$", flags=re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "running.md").read_text(encoding="utf-8"))


@contextmanager
def target(name: str) -> Iterator[ReferenceServer]:
    revision, behaviour = TARGETS[name]
    with ReferenceServer(Settings(contract=load_contract(revision)), behaviour=behaviour) as server:
        yield server


@pytest.fixture(autouse=True)
def resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of AWS leads to this machine, and no name to any other."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        assert host in {HOST, "127.0.0.1", "localhost"}
        return real("127.0.0.1" if host == HOST else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def call(server: ReferenceServer, folder: Path, name: str, contract: str, *words: str, host: str) -> Finished:
    endpoint = f"http://{host}:{server.url.rsplit(':', 1)[1]}"
    pipelines = [word for arn in server.pipelines for word in ("--pipeline-arn", arn)]
    asked = ["--contract", contract] if contract else []
    return here(name, "--endpoint-url", endpoint, *pipelines, *asked, *words, cwd=folder, env=ENVIRONMENT)


def contract_of(cell: str) -> str:
    return "" if cell == "none" else cell.strip("`")


def test_the_table_has_every_target_by_every_contract() -> None:
    assert {row[0] for row in ROWS} == TARGETS.keys()
    assert {(row[0], row[1]) for row in ROWS} == {
        (name, contract) for name in TARGETS for contract in ("none", "`documented`", "`current`")
    }


@pytest.mark.parametrize(("name", "contract", "on_aws", "_"), ROWS)
def test_on_aws_it_is_as_the_table_says_and_no_more_is_built_than_planned(
    name: str, contract: str, on_aws: str, _: str, tmp_path: Path
) -> None:
    with target(name) as server:
        planned = json.loads(call(server, tmp_path, "plan", contract_of(contract), "--json", host=HOST).out)
        finished = call(server, tmp_path, "run", contract_of(contract), "--allow-aws", host=HOST)
        started = len(server.behaviour.store.images)
    code, words = CELLS[on_aws]
    sentence = report_in(tmp_path / "conformance-report")["verdict_sentence"]
    assert (finished.code, words in sentence) == (code, True), sentence
    assert started <= planned["executions"]
    if code == 2:
        assert started == 0
        assert "\n" not in sentence


@pytest.mark.parametrize(("name", "contract", "_", "elsewhere"), ROWS)
def test_elsewhere_too(name: str, contract: str, _: str, elsewhere: str, tmp_path: Path) -> None:
    # As every other clause is judged by either revision alike.
    words = ("request.client-token", "idempotency.token")
    with target(name) as server:
        finished = call(server, tmp_path, "run", contract_of(contract), *words, host="127.0.0.1")
    code, said = CELLS[elsewhere]
    sentence = report_in(tmp_path / "conformance-report")["verdict_sentence"]
    assert (finished.code, said in sentence) == (code, True), sentence


@pytest.mark.parametrize("name", TARGETS)
def test_the_head_of_a_run_and_the_plan_say_which_revision_the_answers_fit(name: str, tmp_path: Path) -> None:
    fits = () if "looks up first" in name else (TARGETS[name][0],)
    with target(name) as server:
        probed = json.loads(call(server, tmp_path, "plan", "", "--probe", "--json", host="127.0.0.1").out)
        shown = call(server, tmp_path, "plan", "", "--probe", host="127.0.0.1").out
        run = call(server, tmp_path, "run", "", "errors.resource-not-found.code", host="127.0.0.1").out
        started = len(server.behaviour.store.images)
    assert tuple(probed["revision"]["fits"]) == fits
    words = f"the answers fit {fits[0]}" if fits else "the answers fit no revision"
    assert words in shown
    assert words in " ".join(run.split())
    assert started == 0


def test_the_plan_asks_nothing_of_aws_without_the_word_for_it(tmp_path: Path) -> None:
    with target("follows `current`") as server:
        refused = call(server, tmp_path, "plan", "", "--probe", host=HOST)
        asked = call(server, tmp_path, "plan", "", "--probe", "--allow-aws", host=HOST)
        assert not server.behaviour.store.images
    assert refused.code == 2
    assert "--allow-aws" in refused.err
    assert asked.code == 0
    assert "the answers fit current" in asked.out


def test_there_is_nothing_to_ask_of_the_embedded_target(tmp_path: Path) -> None:
    finished = here("plan", "--probe", cwd=tmp_path)
    assert finished.code == 2
    assert "--endpoint-url" in finished.err
