import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.messages import Answer, Call, Connection
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.target import Credentials
from imagebuilder_spec import FAULT_HEADER, FaultDemand
from tests.support.calls import DUMMY, PIPELINE, REQUESTS, start, target_at
from tests.support.runs import serving
from tests.support.scripted import Reply, ScriptedServer

from .conftest import Calling


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_answers_and_are_not_followed(calling: Calling, status: int) -> None:
    with ScriptedServer.playing(Reply(200)) as elsewhere:
        away = Reply(status, b"", (("Location", elsewhere.url + "/StartImagePipelineExecution"),))
        with ScriptedServer.playing(away) as server:
            exchange = calling(target_at(server.url)).send()
    assert exchange.answer is not None
    assert exchange.answer.status == status
    assert elsewhere.received == []
    assert len(server.received) == 1


def test_cookies_are_not_kept(calling: Calling) -> None:
    baked = Reply(200, b"{}", (("Set-Cookie", "session=1; Path=/"), ("Set-Cookie", "other=2")))
    with ScriptedServer.playing(baked) as server:
        made = calling(target_at(server.url))
        for _ in range(3):
            made.send()
    assert len(server.received) == 3
    assert all(request.header("cookie") is None for request in server.received)


def test_a_proxy_is_not_used_on_this_machine(calling: Calling, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer.playing(Reply(502)) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with ScriptedServer.playing(Reply(200)) as server:
            assert calling(target_at(server.url)).send().is_success
    assert proxy.received == []


def test_a_netrc_does_not_replace_the_signature(
    calling: Calling, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with ScriptedServer.playing(Reply(200)) as server:
        calling(target_at(server.url.replace("127.0.0.1", "localhost"))).send()
    assert (server.received[0].header("authorization") or "").startswith("AWS4-HMAC-SHA256")


def test_only_what_the_protocol_asks_for_is_sent(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        calling(target_at(server.url)).send()
    [received] = server.received
    assert (received.method, received.path) == ("PUT", "/StartImagePipelineExecution")
    assert {name.lower() for name, _ in received.headers} <= {
        "host",
        "content-type",
        "content-length",
        "authorization",
        "x-amz-date",
        "x-amz-content-sha256",
        "accept-encoding",
        "connection",
        "user-agent",
    }
    assert received.header("content-type") == "application/json"
    assert received.header("host") == server.url.removeprefix("http://")


def test_headers_replace_the_usual_ones_and_none_leaves_one_out(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        made = calling(target_at(server.url))
        made.send(REQUESTS.raw(b"{}", "", headers={"Content-Type": "text/plain"}))
        made.send(REQUESTS.raw(b"{}", "", headers={"Content-Type": None}))
    assert [request.header("content-type") for request in server.received] == ["text/plain", None]


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "PUT"])
def test_any_method_carries_its_body(calling: Calling, method: str) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        calling(target_at(server.url)).send(REQUESTS.raw(b'{"a": 1}', "", method=method))
    assert (server.received[0].method, server.received[0].body) == (method, b'{"a": 1}')


def test_an_endpoint_may_have_a_path_and_a_slash_behind_it(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        calling(target_at(f"{server.url}/stage/")).send()
    assert server.received[0].path == "/stage/StartImagePipelineExecution"


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 1000])
def test_a_chunked_body_arrives_in_pieces_and_whole(calling: Calling, size: int) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        made = calling(target_at(server.url))
        exchange = made.send(REQUESTS.raw(b"x" * size, "in chunks", chunked=True))
    [received] = server.received
    assert exchange.is_success
    assert received.header("transfer-encoding") == "chunked"
    assert received.header("content-length") is None
    assert received.body == b"x" * size


# The reference target verifies signatures by an implementation of its own.


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(start("plain"), id="plain"),
        pytest.param(start("t é😀 \n/"), id="a token outside ASCII"),
        pytest.param(REQUESTS.raw(start("query").body, "", query="?x=1&a=b%20c&x=0"), id="a query string"),
        pytest.param(REQUESTS.raw(start("chunked").body, "", chunked=True), id="in chunks"),
        pytest.param(
            REQUESTS.raw(start("charset").body, "", headers={"Content-Type": "application/json; charset=utf-8"}),
            id="a charset",
        ),
        pytest.param(
            REQUESTS.raw(
                json.dumps({"clientToken": "raw é", "imagePipelineArn": PIPELINE}, ensure_ascii=False).encode(), ""
            ),
            id="raw UTF-8",
        ),
    ],
)
def test_signatures_hold_before_the_reference_target(
    calling: Calling, reference: ReferenceServer, request_: object
) -> None:
    exchange = calling(target_at(reference.url)).send(request_)  # type: ignore[arg-type]  # parametrized
    assert str(exchange).startswith("200 "), exchange
    assert exchange.image is not None


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (Credentials(DUMMY.access_key_id, "another secret"), "InvalidSignatureException"),
        (Credentials("AKIASTRANGER00000000", DUMMY.secret_access_key), "UnrecognizedClientException"),
    ],
)
def test_wrong_credentials_do_not(
    calling: Calling, reference: ReferenceServer, credentials: Credentials, code: str
) -> None:
    answer = calling(target_at(reference.url, credentials=credentials)).send().answer
    assert answer is not None
    assert (answer.status, answer.code) == (403, code)


def test_a_session_token_is_sent_and_signed(calling: Calling) -> None:
    credentials = Credentials(DUMMY.access_key_id, DUMMY.secret_access_key, "a-session-token")
    with ScriptedServer.playing(Reply(200)) as server:
        calling(target_at(server.url, credentials=credentials)).send()
    [received] = server.received
    assert received.header("x-amz-security-token") == "a-session-token"
    assert "x-amz-security-token" in (received.header("authorization") or "")


def test_threads_sign_and_send_beside_one_another(calling: Calling, reference: ReferenceServer) -> None:
    made = calling(target_at(reference.url))

    def several(worker: int) -> list[str | None]:
        images = [made.send(start(f"thread-{worker}-{turn}")).image for turn in range(10)]
        made.client.transport.close()
        return images

    with ThreadPoolExecutor(8) as pool:
        images = [image for group in pool.map(several, range(8)) for image in group]
    assert None not in images
    assert len(set(images)) == 80
    assert len({event.exchange for event in made.intents}) == 80


@pytest.mark.parametrize(
    ("host", "sent"),
    [
        ("imagebuilder.us-east-1.amazonaws.com", None),
        ("imagebuilder.cn-north-1.amazonaws.com.cn", None),
        ("127.0.0.1:1", "ServiceException"),
    ],
)
def test_a_demand_for_a_fault_is_taken_off_a_request_to_aws(calling: Calling, host: str, sent: str | None) -> None:
    request = start().demanding(FaultDemand("ServiceException"))
    prepared = calling(target_at(f"https://{host}")).client.transport.prepare(request)
    assert prepared.headers.get(FAULT_HEADER) == sent


@pytest.mark.parametrize(
    "path",
    ["//StartImagePipelineExecution", "/%53tartImagePipelineExecution", "/StartImagePipelineExecution/", "/a?b=%2F"],
)
def test_a_path_is_sent_as_it_is(calling: Calling, path: str) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        exchange = calling(target_at(server.url)).send(REQUESTS.raw(b"", "a path", path=path))
    assert server.received[0].path == path
    assert exchange.url == server.url + path


def test_what_is_sent_beside_goes_over_another_connection_and_both_are_kept(calling: Calling) -> None:
    used: list[Connection] = []

    class Watching(Behaviour):
        async def answer(self, call: Call) -> Answer:
            used.append(call.connection)
            return await super().answer(call)

    with serving(Watching) as server:
        made = calling(target_at(server.url))
        made.send()
        for _ in range(2):
            with made.client.transport.beside():
                made.send()
            made.send()
    here, beside, *again = used
    assert here is not beside
    assert again == [here, beside, here]


@pytest.mark.parametrize(
    "request_",
    [
        replace(start(), form="aws-sdk-js-2"),
        replace(start(), headers={"connection": "Close"}),
        replace(start(), headers={"Connection": "close"}, chunked=True),
    ],
    ids=["a form that does so", "in other letters", "in chunks"],
)
def test_nothing_follows_a_request_that_asked_for_the_end_of_the_connection(
    calling: Calling, request_: Request
) -> None:
    # Its answer need not say so, and a server may read what follows and close without an answer, as Mojolicious does.
    with ScriptedServer.playing(Reply(200, lingers=True)) as server:
        made = calling(target_at(server.url))
        for each in (start(), request_, start(), start()):
            assert made.send(each).is_success
    assert [each.connection for each in server.received] == [1, 1, 2, 2]
