import hashlib
import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault, Request
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_reports.bodies import body_bytes
from imagebuilder_reports.events import Body, ExchangeRecord, RequestRecord, Result
from imagebuilder_reports.legible import show_body
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
    assert body_bytes(read.last.body) == body[: len(body_bytes(read.last.body))]
    assert read.last.body.is_cut == (len(body) > 65_536)
    assert (read.request.body.size, read.last.body.size) == (len(body), len(body))
    assert read.last.body.is_cut or body_bytes(read.last.body) == body


@pytest.mark.parametrize("name", BODIES)
def test_every_body_goes_over_the_wire_and_is_recorded_as_it_went(calling: Calling, name: str) -> None:
    with ScriptedServer(lambda request: Reply(200, request.body)) as server:
        made = calling(target_at(server.url))
        exchange = made.send(REQUESTS.raw(BODIES[name], "a body"))
    assert server.received[0].body == BODIES[name]
    answer = exchange.answer
    assert answer is not None
    assert answer.body == BODIES[name] or (answer.cut and answer.cut.size == len(BODIES[name]))
    kept = made.results[0].record
    assert kept is not None
    assert body_bytes(kept.request.body) == BODIES[name]


@pytest.mark.parametrize(
    "body",
    [
        b'{"pad": "' + b"x" * 3_000_000 + b'", "clientToken": "t", "requestId": "r", "nested": {"much": [1, 2]}}',
        ('{"clientToken": "t", "pad": "' + "\u65e5" * 1_000_000 + '", "requestId": "r", "nested": {}}').encode(),
        b'{"clientToken": "t", "requestId": "r", "nested": {}'
        + b"".join(b', "%d": 1' % n for n in range(99_999))
        + b"}",
    ],
    ids=["at the end", "outside ASCII", "many"],
)
def test_of_a_long_answer_ends_length_and_digest_are_kept_and_it_is_judged_by_all_of_it(
    body: bytes,
) -> None:
    attempt = Attempt(0.0, 0.0, Answer(200, (("X-Long", "v" * 60_000),), body))
    assert attempt.answer is not None
    assert len(pickle.dumps(attempt)) < 120_000
    members = attempt.answer.members
    assert members is not None
    assert (members["clientToken"], attempt.answer.request_id, members["nested"]) == ("t", "r", {})
    kept = recorded(start(), attempt).last
    assert kept.body is not None
    assert kept.body.tail is not None
    assert kept.body.encoding == "text"
    assert body.decode().startswith(kept.body.data)
    assert body.decode().endswith(kept.body.tail)
    assert (kept.body.size, kept.body.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert len(kept.headers[0][1]) < 10_000
    assert f"{len(body):,} bytes in all" in show_body(kept.body)


def test_two_long_texts_are_never_taken_for_one() -> None:
    images = {
        Answer(200, (), json.dumps({"imageBuildVersionArn": f"{IMAGE}{'0' * 90_000}{n}{'0' * 90_000}"}).encode())
        .bounded()
        .image
        for n in range(3)
    }
    assert len(images) == 3


def test_no_secret_is_left_where_a_long_answer_is_cut() -> None:
    secret = "a-secret-that-must-not-be-seen"
    for place in range(16_384 - len(secret), 16_384 + 1):
        for body in (b"." * place + secret.encode() + b"." * 90_000, b"." * 90_000 + secret.encode() + b"." * place):
            answer = Attempt(0.0, 0.0, Answer(200, (), body))
            kept = record(Exchange("x", "c", start(), "u", (), (answer,)), Redactor((secret,))).last.body
            assert kept is not None
            assert "a-secr" not in kept.data + (kept.tail or "")
            assert "be-seen" not in kept.data + (kept.tail or "")


def test_a_request_is_recorded_whole_or_not_at_all() -> None:
    with pytest.raises(ValueError, match="recorded whole"):
        RequestRecord("PUT", "u", (), Body("text", "{", 90_000, "}", "0" * 64))


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


def test_a_record_says_that_the_first_line_had_the_whole_url() -> None:
    attempt = Attempt(1.0, 0.5, fault=Fault.CLOSED)
    assert recorded(replace(start(), absolute=True), attempt).request.absolute
    assert not recorded(start(), attempt).request.absolute


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
