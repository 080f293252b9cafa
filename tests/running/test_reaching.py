"""Why a target can't be reached is told, with what to do."""

import socket
from pathlib import Path

import pytest

from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault
from imagebuilder_conformance.running.reaching import no_answer, nothing_listens
from tests.support.calls import start, target_at
from tests.support.certificates import self_signed
from tests.support.command import here
from tests.support.ports import free_port
from tests.support.scripted import Reply, ScriptedServer


def lost(fault: Fault, detail: str = "") -> Exchange:
    return Exchange("x1", "a.check", start("a"), "http://target", (), (Attempt(0.0, 0.1, fault=fault, detail=detail),))


def test_a_host_that_nobody_knows_is_not_said_to_listen_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    sentence = nothing_listens(target_at("http://nowhere.example:8080"))
    assert sentence == (
        "the host 'nowhere.example' of http://nowhere.example:8080 has no address (name or service not known): "
        "look at its spelling"
    )


def test_where_nothing_listens_it_is_said() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert nothing_listens(target_at(url)) == f"nothing listens at {url}"


@pytest.mark.slow
def test_https_against_plain_http_is_named(tmp_path: Path) -> None:
    with ScriptedServer(lambda _: Reply(200, b"{}")) as server:
        url = server.url.replace("http://", "https://")
        done = here("run", "operation", "--endpoint-url", url, cwd=tmp_path)
    assert done.code == 3
    assert "plain HTTP is spoken there: say http://" in " ".join(done.out.split())


def test_plain_http_against_tls_is_named(tmp_path: Path) -> None:
    (tmp_path / "certificate").mkdir()
    context = self_signed(tmp_path / "certificate").server_context()
    with ScriptedServer(lambda _: Reply(200, b"{}"), tls=context) as server:
        url = server.url.replace("https://", "http://")
        done = here("run", "operation", "--endpoint-url", url, cwd=tmp_path)
    assert done.code == 3
    assert "TLS is spoken there: say https://" in " ".join(done.out.split())


def test_what_merely_hangs_up_is_not_said_to_speak_tls() -> None:
    with ScriptedServer(lambda _: Reply(200, b"{}")) as server:
        sentence = no_answer(target_at(server.url), lost(Fault.CLOSED))
    assert sentence == f"{server.url} does not answer: {lost(Fault.CLOSED)}"


def test_a_certificate_that_nobody_vouches_for_names_the_option() -> None:
    sentence = no_answer(target_at("https://localhost:1"), lost(Fault.TLS, "[SSL: CERTIFICATE_VERIFY_FAILED] no"))
    assert "--ca-bundle names the certificates to trust" in sentence
