"""What strict clients end with is told by its clause; what all of them read is not, however odd it looks."""

from collections.abc import Sequence

import pytest

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault
from imagebuilder_conformance.client.wire import Wire
from imagebuilder_conformance.oracles.findings import Held, failures
from imagebuilder_conformance.oracles.framing import framed
from tests.support.calls import CONTRACT, start

STATUS = b"HTTP/1.1 200 OK\r\n"
FIELDS = b"Content-Type: application/json\r\nContent-Length: 2\r\n"
CHUNKED = b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"


def with_wires(*wires: Wire, status: int = 200) -> Exchange:
    attempts = tuple(Attempt(0.0, 0.1, Answer(status, (), b"{}"), wire=wire) for wire in wires)
    return Exchange("x0001", "some.check", start(), "http://target", (), attempts)


def cut(*received: int | None, fault: Fault = Fault.CUT, fields: bytes = FIELDS) -> Exchange:
    """Tries that ended after so many bytes; None for one that was answered."""
    head = STATUS + fields + b"\r\n"
    attempts = [
        Attempt(0.0, 0.1, Answer(200, (), b"{}"), wire=Wire(head, received=len(head) + 2))
        if count is None
        else Attempt(0.0, 0.1, fault=fault, wire=Wire(head, received=count))
        for count in received
    ]
    return Exchange("x0001", "some.check", start(), "http://target", (), tuple(attempts))


def broken(*exchanges: Exchange) -> set[str]:
    return {failure.clause for failure in failures(framed.judge(exchanges, CONTRACT))}


def held(*exchanges: Exchange) -> set[str]:
    return {each.clause for each in framed.judge(exchanges, CONTRACT) if isinstance(each, Held)}


def head_with(line: bytes) -> Wire:
    return Wire(STATUS + FIELDS + line + b"\r\n\r\n")


@pytest.mark.parametrize(
    "wire",
    [
        Wire(STATUS + FIELDS + b"\r\n"),
        Wire(b"HTTP/1.1 200 \r\n" + FIELDS.lower() + b"\r\n"),
        Wire(b"HTTP/1.0 200 All is well, and more\r\nContent-Type: text/html\r\n\r\n"),
        Wire(b"HTTP/1.1 200 \xc3\x9cber\r\n" + FIELDS + b"\r\n"),
        Wire(b"HTTP/1.1 100 Continue\r\n\r\n" + STATUS + FIELDS + b"\r\n"),
        Wire(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nContent-Length: 7\r\n\r\n" + STATUS + FIELDS + b"\r\n"),
        Wire(STATUS + CHUNKED.upper() + b"\r\n", b"2\r\n0\r\n\r\n"),
        Wire(STATUS + CHUNKED + b"\r\n", b'0002;name="value"\r\n1F; last\r\n00\r\nX-Sum: a\r\n\r\n'),
        Wire(STATUS + b"Transfer-Encoding: gzip, chunked\r\n\r\n", b"2\r\n0\r\n\r\n"),
        Wire(STATUS + CHUNKED + b"\r\n", b"a\r\n0\r\n\r\n"),
        head_with(b"Content-Type:application/json"),
        head_with(b"X-Empty:"),
        head_with(b"X-Blanks: \t a \t "),
        head_with(b"X-Odd!#$%&'*+-.^_`|~: a"),
        head_with(b"X-Latin: caf\xe9"),
        head_with(b"X-Long: " + b"a" * 7 * 1024),
        head_with(b"\r\n".join([b"Set-Cookie: a=b"] * 90)),
        # The answer to something else: what becomes of an idle connection is no part of this one.
        Wire(STATUS + FIELDS + b"\r\n", before=b"HTTP/1.1 408 Request Timeout\r\n\r\n"),
        Wire(STATUS + FIELDS + b"\r\n", after=b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    ],
)
def test_what_all_clients_read_is_in_order(wire: Wire) -> None:
    exchange = with_wires(wire)
    assert broken(exchange) == set()
    assert "framing.line-ends" in held(exchange)


@pytest.mark.parametrize(
    ("clause", "wire"),
    [
        ("status-line", Wire(b"HTTP/1.1 200\r\n" + FIELDS + b"\r\n")),
        ("status-line", Wire(b"HTTP/1.1 20 OK\r\n" + FIELDS + b"\r\n")),
        ("line-ends", Wire((STATUS + FIELDS + b"\r\n").replace(b"\r\n", b"\n"))),
        ("line-ends", Wire(STATUS + FIELDS + b"X-A: b\n\r\n")),
        ("folding", head_with(b"X-A: b\r\n\tc")),
        ("field-names", head_with(b"X A: b")),
        ("field-names", head_with(b"X-A : b")),
        ("field-names", head_with(b"X-A")),
        ("field-names", head_with(b"X(A): b")),
        ("field-values", head_with(b"X-A: b\x01c")),
        ("field-values", head_with(b"X-A: b\rc")),
        ("field-values", head_with(b"X-A: b\x7f")),
        ("content-length.single", head_with(b"Content-Length: 2")),
        ("content-length.single", head_with(b"content-length: 3")),
        ("content-length.single", Wire(STATUS + b"Content-Length: 2, 2\r\n\r\n")),
        ("content-length.digits", Wire(STATUS + b"Content-Length: +2\r\n\r\n")),
        ("content-length.digits", Wire(STATUS + b"Content-Length: 0x2\r\n\r\n")),
        ("content-length.digits", Wire(STATUS + b"Content-Length:\r\n\r\n")),
        ("content-length.chunked", Wire(STATUS + CHUNKED + b"Content-Length: 2\r\n\r\n", b"2\r\n0\r\n\r\n")),
        ("head-size", head_with(b"X-Long: " + b"a" * 9_000)),
        ("head-size", head_with(b"\r\n".join([b"X-Long: " + b"a" * 1_000] * 17))),
        ("head-size", head_with(b"\r\n".join([b"X-A: b"] * 120))),
        ("chunks", Wire(STATUS + CHUNKED + b"transfer-encoding: Chunked\r\n\r\n", b"2\r\n0\r\n\r\n")),
        ("chunks", Wire(STATUS + b"Transfer-Encoding: chunked, chunked\r\n\r\n")),
        ("chunks", Wire(STATUS + CHUNKED + b"\r\n", b"+2\r\n0\r\n\r\n")),
        ("chunks", Wire(STATUS + CHUNKED + b"\r\n", b"0x2\r\n0\r\n\r\n")),
        ("chunks", Wire(STATUS + CHUNKED + b"\r\n", b" 2\r\n0\r\n\r\n")),
        ("chunks", Wire(STATUS + CHUNKED + b"\r\n", b"2 ;a=b\r\n0\r\n\r\n")),
        ("chunks", Wire(STATUS + CHUNKED + b"\r\n", b"2\n0\r\n\r\n")),
        ("chunks", Wire(STATUS + CHUNKED + b"\r\n", b"2\r\n0\r\nno field\r\n\r\n")),
        ("body.end", Wire(STATUS + FIELDS + b"\r\n", after=b"null")),
        ("body.end", Wire(STATUS + FIELDS + b"\r\n", before=b"null")),
    ],
)
def test_what_a_strict_client_ends_with_breaks_its_clause(clause: str, wire: Wire) -> None:
    assert broken(with_wires(wire)) == {f"framing.{clause}"}


def test_what_a_breach_is_told_by_stood_on_the_wire() -> None:
    wires = (
        Wire(STATUS + b"content-length: 2\r\nX-A: b\r\nContent-Length: 2\r\n\r\n"),
        Wire(STATUS + b"Content-Length: 2, 2\r\n\r\n"),
        Wire(STATUS + CHUNKED + b"content-Length: 2\r\n\r\n", b"2\r\n0\r\n\r\n"),
    )
    received = [each.received for wire in wires for each in failures(framed.judge([with_wires(wire)], CONTRACT))]
    assert received == [
        '"content-length: 2\\r\\nContent-Length: 2"',
        '"Content-Length: 2, 2"',
        '"content-Length: 2\\r\\nTransfer-Encoding: chunked"',
    ]


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_has_none(status: int) -> None:
    head = b"HTTP/1.1 %d Nothing\r\n\r\n" % status
    assert broken(with_wires(Wire(head, after=b"{}"), status=status)) == {"framing.body.none"}
    assert "framing.body.none" in held(with_wires(Wire(head), status=status))


def test_what_a_gateway_says_in_the_targets_place_is_not_the_targets() -> None:
    page = Attempt(0.0, 0.1, Answer(502, (), b"<html>"), wire=Wire(b"HTTP/1.1 502\n\n"))
    assert broken(Exchange("x0001", "some.check", start(), "http://target", (), (page,))) == set()


def test_what_never_came_whole_is_judged_as_far_as_it_came() -> None:
    head = STATUS + b"Content-Length: 2\r\nContent-Length: 3\r\nX-Ha"
    attempt = Attempt(0.0, 0.1, fault=Fault.GARBLED, wire=Wire(head, received=len(head)))
    assert broken(Exchange("x0001", "c", start(), "http://target", (), (attempt,))) >= {"framing.content-length.single"}
    half = Attempt(0.0, 0.1, fault=Fault.CUT, wire=Wire(STATUS + b"X-Ha", received=21))
    assert broken(Exchange("x0001", "c", start(), "http://target", (), (half,))) == set()


@pytest.mark.parametrize("fields", [FIELDS, CHUNKED])
@pytest.mark.parametrize("fault", [Fault.CUT, Fault.TIMEOUT])
def test_an_answer_that_always_ends_at_the_same_byte_is_shorter_than_it_says(fault: Fault, fields: bytes) -> None:
    assert broken(*[cut(100, 100, 100, fault=fault, fields=fields)] * 3) == {"framing.body.complete"}


@pytest.mark.parametrize(
    "exchanges",
    [
        [cut(100, 100, 100)] * 2,
        [cut(100, 100, 100)] * 3 + [cut(100, None)],
        [cut(100, 90, 100)] * 3,
        # Only the head came: it is late, and nobody knows how long it would be.
        [cut(len(STATUS + FIELDS) + 2, fault=Fault.TIMEOUT)] * 3,
        # It ends with the connection, which is reset for what the server did not read of the request.
        [cut(100, 100, 100, fields=b"Content-Type: text/html\r\n")] * 3,
    ],
)
def test_a_connection_that_breaks_is_not_held_against_the_target(exchanges: Sequence[Exchange]) -> None:
    assert broken(*exchanges) == set()
