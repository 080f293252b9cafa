import json
import socket
from urllib.parse import urlsplit

import pytest

from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.throttle import TokenBucket
from imagebuilder_spec import load_contract, validator_for

from .exchanges import PATH, Client, body_of


def test_a_success_follows_the_contract(client: Client) -> None:
    reply = client.start()
    validator_for(load_contract().response_schema).validate(reply.document)
    assert reply.status == load_contract().operation.success_status
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-amzn-RequestId"] == reply.document["requestId"]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH", "OPTIONS", "BREW", "put"])
def test_another_method_is_an_unknown_operation(client: Client, method: str) -> None:
    reply = client.exchange(body_of(), method=method)
    assert (reply.status, reply.code) == (405, "UnknownOperationException")
    assert reply.document["message"]
    assert client.start().document["imageBuildVersionArn"].endswith("/1")


def test_a_head_request_has_no_body(client: Client) -> None:
    reply = client.exchange(b"", method="HEAD")
    assert (reply.status, reply.body) == (405, b"")
    assert client.start().status == 200


@pytest.mark.parametrize(
    "target",
    ["/", f"{PATH}/", f"{PATH}/x", f"/v1{PATH}", PATH.lower(), f"/{PATH}", f"{PATH}%20", "/%53" + PATH[2:], "*"],
)
def test_another_path_is_an_unknown_operation(client: Client, target: str) -> None:
    reply = client.exchange(body_of(), target=target, headers={})
    assert (reply.status, reply.code) == (404, "UnknownOperationException")
    assert client.start().document["imageBuildVersionArn"].endswith("/1")


@pytest.mark.parametrize("data", [b"hello\r\n\r\n", b"\x16\x03\x01\x00\xa5", b"PUT / HTTP/1.1\r\nbad header\r\n\r\n"])
def test_bytes_that_are_not_http_are_answered_in_json_too(server: ReferenceServer, data: bytes) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as connection:
        connection.sendall(data)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"x-amzn-ErrorType: MalformedHttpRequestException" in head
    assert json.loads(body)["message"]


def test_requests_sent_without_waiting_are_answered_in_their_order(server: ReferenceServer) -> None:
    address = urlsplit(server.url)
    request = b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /3 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as connection:
        connection.sendall(request % 1 + request % 2 + last)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert [answer.index(b"GET /%d" % number) for number in (1, 2, 3)] == sorted(
        answer.index(b"GET /%d" % number) for number in (1, 2, 3)
    )


def test_a_bucket_lets_a_burst_pass_and_then_the_rate() -> None:
    now = 0.0
    bucket = TokenBucket(2, clock=lambda: now)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    now = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 60.0
    assert [bucket.take() for _ in range(3)] == [True, True, False]


def test_a_rate_below_one_lets_single_requests_pass() -> None:
    now = 0.0
    bucket = TokenBucket(0.5, clock=lambda: now)
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 2.0
    assert bucket.take()
