"""Requests as bytes: targets in absolute form, clients that wait for 100 Continue, values over several lines."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from imagebuilder_conformance.reference.defects.catalogue import find_variation
from imagebuilder_conformance.reference.server import ReferenceServer

from .exchanges import JSON, PATH, body_of, signed

BODY = body_of()


@contextmanager
def connected(server: ReferenceServer) -> Iterator[socket.socket]:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as connection:
        yield connection


def head_of(
    target: str, headers: dict[str, str], *, version: str = "1.1", method: str = "PUT", length: int = len(BODY)
) -> bytes:
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {length}", "", ""]).encode()


def answer_of(connection: socket.socket) -> bytes:
    """One answer with its body, as long as it says."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += received(connection)
    head, _, body = read.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 1"):
        return read
    length = next(int(line.partition(b":")[2]) for line in head.lower().splitlines() if b"content-length" in line)
    while len(body) < length:
        body += received(connection)
    return head + b"\r\n\r\n" + body


def received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    assert data, "the connection was closed before the answer was whole"
    return data


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def exchange(server: ReferenceServer, request: bytes) -> bytes:
    with connected(server) as connection:
        connection.sendall(request)
        return answer_of(connection)


# Targets in absolute form


@pytest.mark.parametrize("scheme", ["http", "HTTP", "https"])
def test_a_target_in_absolute_form_is_the_one_of_its_path(server: ReferenceServer, scheme: str) -> None:
    target = f"{scheme}://{urlsplit(server.url).netloc}{PATH}"
    assert status_of(exchange(server, head_of(target, signed(server.url + PATH, BODY)) + BODY)) == 200
    other = head_of(f"{target}/", signed(f"{server.url}{PATH}/", BODY))
    assert status_of(exchange(server, other + BODY)) == 404


def test_its_query_is_signed_as_any(server: ReferenceServer) -> None:
    target = f"{server.url}{PATH}?b=2&a=1"
    headers = signed(target, BODY)
    assert status_of(exchange(server, head_of(target, headers) + BODY)) == 200
    assert status_of(exchange(server, head_of(target.replace("a=1", "a=2"), headers) + BODY)) == 403


def test_the_host_of_a_target_counts_and_not_the_header(server: ReferenceServer) -> None:
    # Signed for one host: what the target says must be that one, what the header says may be any.
    target, headers = server.url + PATH, signed(server.url + PATH, BODY)
    assert status_of(exchange(server, head_of(target, {**headers, "Host": "other.test"}) + BODY)) == 200
    assert status_of(exchange(server, head_of(f"http://other.test{PATH}", headers) + BODY)) == 403


def test_a_host_without_a_path_is_no_operation(server: ReferenceServer) -> None:
    assert status_of(exchange(server, head_of(server.url, signed(server.url, BODY)) + BODY)) == 404


def test_the_operations_on_images_take_it_too(server: ReferenceServer) -> None:
    target = f"{server.url}/GetImage?imageBuildVersionArn=none"
    headers = signed(target, BODY, method="GET")
    assert b"ResourceNotFoundException" in exchange(server, head_of(target, headers, method="GET") + BODY)


# Expect: 100-continue


def expecting(server: ReferenceServer, **headers: str) -> dict[str, str]:
    return {**signed(server.url + PATH, BODY), "Expect": "100-continue", **headers}


def test_who_waits_is_told_to_go_on_once_before_the_body_is_sent(server: ReferenceServer) -> None:
    with connected(server) as connection:
        for _ in range(2):
            connection.sendall(head_of(PATH, expecting(server)))
            assert answer_of(connection) == b"HTTP/1.1 100 Continue\r\n\r\n"
            for part in (BODY[:10], BODY[10:]):
                connection.sendall(part)
            assert status_of(answer_of(connection)) == 200


def test_who_does_not_wait_is_answered_all_the_same(server: ReferenceServer) -> None:
    with connected(server) as connection:
        connection.sendall(head_of(PATH, expecting(server)) + BODY)
        statuses = [status_of(answer_of_next(connection)) for _ in range(2)]
        assert statuses == [100, 200]


def answer_of_next(connection: socket.socket) -> bytes:
    """One answer, when two may come in one piece: byte by byte."""
    read = b""
    while not read.endswith(b"\r\n\r\n"):
        read += connection.recv(1)
    return read


def test_who_is_refused_is_told_so_after_the_body(server: ReferenceServer) -> None:
    with connected(server) as connection:
        connection.sendall(head_of(PATH, expecting(server, Authorization="nonsense")))
        assert status_of(answer_of(connection)) == 100
        connection.sendall(BODY)
        assert status_of(answer_of(connection)) == 403


def test_who_is_refused_before_the_body_is_read_sends_none() -> None:
    with (
        ReferenceServer(behaviour=find_variation("body-large-413").behaviour) as server,
        connected(server) as connection,
    ):
        connection.sendall(head_of(PATH, expecting(server), length=64 * 1024 * 1024))
        assert status_of(answer_of(connection)) == 413


def test_a_client_of_http_1_0_is_told_nothing(server: ReferenceServer) -> None:
    with connected(server) as connection:
        connection.sendall(head_of(PATH, expecting(server), version="1.0"))
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(5)
        connection.sendall(BODY)
        assert status_of(answer_of(connection)) == 200


# Values over several lines


def test_a_value_over_several_lines_is_signed_as_one(server: ReferenceServer) -> None:
    for sent, status in (("one\r\n  two\r\n\tthree", 200), ("one\r\n  twp\r\n\tthree", 403)):
        headers = signed(server.url + PATH, BODY, headers={**JSON, "X-Amz-Note": "one two three"})
        assert status_of(exchange(server, head_of(PATH, {**headers, "X-Amz-Note": sent}) + BODY)) == status
