"""A name of AWS that leads to the reference target on this machine: what a run does there, without any risk."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.reference import DUMMY_CREDENTIALS
from imagebuilder_conformance.reference.server import ReferenceServer
from tests.running.test_budgeted_runs import LEAST
from tests.support.command import Finished, here, report_in

HOST = "imagebuilder.us-east-1.amazonaws.com"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": DUMMY_CREDENTIALS.access_key_id,
    "AWS_SECRET_ACCESS_KEY": DUMMY_CREDENTIALS.secret_access_key,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of AWS that were looked up; each leads to this machine, and no name to any other."""
    names: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == HOST:
            names.append(host)
            return real("127.0.0.1", *args, **kwargs)
        assert host in {"127.0.0.1", "localhost"}
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return names


@pytest.fixture
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer() as server:
        yield server


def call(server: ReferenceServer, folder: Path, name: str, *arguments: str) -> Finished:
    endpoint = f"http://{HOST}:{server.url.rsplit(':', 1)[1]}"
    pipelines = [word for arn in server.pipelines for word in ("--pipeline-arn", arn)]
    return here(name, "--endpoint-url", endpoint, *pipelines, *arguments, cwd=folder, env=ENVIRONMENT)


def test_it_is_refused_without_a_word_and_nothing_is_sent(
    server: ReferenceServer, asked: list[str], tmp_path: Path
) -> None:
    finished = call(server, tmp_path, "run")
    assert finished.code == 2
    assert "--allow-aws" in finished.err
    assert asked == []
    assert not server.behaviour.store.images
    assert list(tmp_path.iterdir()) == []


def test_with_the_word_the_least_is_started_and_said_beforehand(
    server: ReferenceServer, asked: list[str], tmp_path: Path
) -> None:
    finished = call(server, tmp_path, "run", "--allow-aws")
    assert finished.code == 0, finished.text
    assert asked
    assert len(server.behaviour.store.images) == LEAST
    assert report_in(tmp_path / "conformance-report")["run"]["max_executions"] == LEAST
    said = " ".join(finished.out.split())
    assert said.startswith("plan: ")
    assert f"at most {LEAST} image builds" in said[: said.index("target")]


def test_the_plan_needs_no_word_and_sends_nothing(server: ReferenceServer, asked: list[str], tmp_path: Path) -> None:
    finished = call(server, tmp_path, "plan", "--json")
    assert finished.code == 0, finished.text
    planned = json.loads(finished.out)
    assert (planned["on_aws"], planned["executions"], planned["least"]) == (True, LEAST, LEAST)
    assert planned["policy"]["Statement"][0]["Resource"] == [
        "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/*"
    ]
    assert "request.client-token.characters" in planned["clauses"]
    assert asked == []
    assert not server.behaviour.store.images
    assert list(tmp_path.iterdir()) == []
