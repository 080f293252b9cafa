from pathlib import Path

import pytest

from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.messages import Answer, Attempt, Exchange, Fault, Request
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_reports.bodies import body_bytes
from imagebuilder_reports.events import ExchangeRecord, Result
from imagebuilder_reports.stream import EventWriter, read_events
from tests.support.calls import IMAGE, PIPELINE, REQUESTS, image, start, target_at
from tests.support.scripted import Reply, ScriptedServer

from .conftest import Calling

BODIES = {
    "empty": b"",
    "text": b'{"clientToken": "t"}',
    "text outside ASCII": '{"clientToken": "é😀\u2028"}'.encode(),
    "control characters": bytes(range(32)),
    "no UTF-8": b"\xff\xfe{\x00}\x00",
    "a lone surrogate": b"\xed\xa0\x80",
    "every byte": bytes(range(256)),
    "a megabyte": b'{"clientToken": "' + b"x" * 1_000_000 + b'"}',
    "a megabyte of everything": bytes(range(256)) * 4096,
    "with a byte order mark": b"\xef\xbb\xbf{}",
    "with line ends of all kinds": b"\r\n\n\r",
}


def recorded(request: Request, *attempts: Attempt) -> ExchangeRecord:
    return record(Exchange("x0001", "some.check", request, "http://127.0.0.1:1/", (), attempts), Redactor(()))


def written_and_read(kept: ExchangeRecord, folder: Path) -> ExchangeRecord:
    """The record after its way through `events.jsonl`."""
    path = folder / "events.jsonl"
    with EventWriter(path) as writer:
        writer.write(Result(kept.id, 0.0, None, None, kept))
    [event] = read_events(path)
    assert isinstance(event, Result)
    assert event.record is not None
    return event.record


@pytest.mark.parametrize("name", BODIES)
def test_every_body_comes_back_byte_for_byte(name: str, tmp_path: Path) -> None:
    body = BODIES[name]
    kept = recorded(REQUESTS.raw(body, "a body"), Attempt(0.0, 0.0, Answer(200, (), body)))
    read = written_and_read(kept, tmp_path)
    assert body_bytes(read.request.body) == body
    assert read.last.body is not None
    assert body_bytes(read.last.body) == body
    assert read.request.body.size == len(body)


@pytest.mark.parametrize("name", BODIES)
def test_every_body_goes_over_the_wire_and_is_recorded_as_it_went(calling: Calling, name: str) -> None:
    with ScriptedServer(lambda request: Reply(200, request.body)) as server:
        made = calling(target_at(server.url))
        exchange = made.send(REQUESTS.raw(BODIES[name], "a body"))
    assert server.received[0].body == BODIES[name]
    assert exchange.answer is not None
    assert exchange.answer.body == BODIES[name]
    kept = made.results[0].record
    assert kept is not None
    assert body_bytes(kept.request.body) == BODIES[name]


def test_text_stays_legible() -> None:
    assert recorded(start(), Attempt(0.0, 0.0, fault=Fault.CLOSED)).request.body.data.startswith('{"clientToken"')


def test_a_megabyte_takes_little_room() -> None:
    kept = recorded(REQUESTS.raw(BODIES["a megabyte"], "large"), Attempt(0.0, 0.0, fault=Fault.CLOSED))
    assert len(kept.request.body.data) < 20_000


def test_a_record_says_what_the_request_was_for_and_what_came() -> None:
    request = start("token-7").breaking("token.too-long")
    answer = Answer(400, (("X-Amzn-ErrorType", "ClientException:http://x"),), b'{"message": "no"}')
    kept = recorded(
        request,
        Attempt(1.0, 0.5, fault=Fault.TIMEOUT, detail="no answer in 10 s"),
        Attempt(2.0, 0.25, answer),
    )
    assert (kept.id, kept.check, kept.label) == ("x0001", "some.check", request.label)
    assert (kept.violates, kept.token, kept.pipeline) == ("token.too-long", "token-7", PIPELINE)
    assert (kept.code, kept.image) == ("ClientException", None)
    first, second = kept.attempts
    assert (first.at, first.seconds, first.status) == (1.0, 0.5, None)
    assert first.fault == "no answer in time: no answer in 10 s"
    assert (second.at, second.seconds, second.status, second.fault) == (2.0, 0.25, 400, None)
    assert second.headers == answer.headers


def test_a_success_is_recorded_with_its_image() -> None:
    kept = recorded(start(), Attempt(0.0, 0.0, Answer(200, (), f'{{"imageBuildVersionArn": "{IMAGE}"}}'.encode())))
    assert kept.image == IMAGE == image(1)


def test_the_url_and_the_headers_are_those_that_were_sent(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        made = calling(target_at(server.url))
        made.send(REQUESTS.raw(b"{}", "odd", method="POST", query="?a=%20b", headers={"X-Odd": "yes"}))
    kept = made.results[0].record
    assert kept is not None
    [received] = server.received
    assert (kept.request.method, kept.request.url) == ("POST", server.url + received.path)
    assert dict(kept.request.headers)["X-Odd"] == received.header("x-odd") == "yes"
