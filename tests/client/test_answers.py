"""Where an answer begins and when it is over, for requests one after the other and for those that race."""

import pytest

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange, Fault
from imagebuilder_conformance.client.race import race
from imagebuilder_conformance.target import Timeouts
from tests.support.calls import start, target_at
from tests.support.scripted import Garbage, Reply, ScriptedServer

from .conftest import Calling

pytestmark = pytest.mark.usefixtures("no_waiting")

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ANSWER = HEAD + b"Content-Length: 2\r\n\r\n{}"
HASTY = Timeouts(connect=20, read=0.3)


def sent(calling: Calling, action: Garbage | Reply, timeouts: Timeouts = HASTY, *, racing: bool) -> Exchange:
    with ScriptedServer.playing(action) as server:
        client = calling(target_at(server.url, timeouts=timeouts)).client
        if racing:
            return race(client, [start("a"), start("b")], check="c")[0]
        return client.send(start(), tries=1)


both_ways = pytest.mark.parametrize("racing", [False, True], ids=["alone", "racing"])


@both_ways
@pytest.mark.parametrize("interim", [b"100 Continue", b"102 Processing", b"103 Early Hints\r\nLink: </x>"])
def test_interim_answers_are_passed_over(calling: Calling, interim: bytes, *, racing: bool) -> None:
    exchange = sent(calling, Garbage(2 * (b"HTTP/1.1 " + interim + b"\r\n\r\n") + ANSWER), racing=racing)
    assert exchange.answer == Answer(200, (("Content-Type", "application/json"), ("Content-Length", "2")), b"{}")


@both_ways
def test_interim_answers_without_end_are_no_answer(calling: Calling, *, racing: bool) -> None:
    exchange = sent(calling, Garbage(b"", drip=b"HTTP/1.1 102 Processing\r\n\r\n"), racing=racing)
    assert exchange.fault is Fault.GARBLED


@both_ways
@pytest.mark.parametrize(
    "garbage",
    [
        Garbage(HEAD + b"Content-Length: 16000000\r\n\r\n", drip=b" "),
        Garbage(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", drip=b"1\r\n \r\n"),
        Garbage(HEAD + b"X: ", stalls=True),
    ],
    ids=["body", "chunks", "head"],
)
def test_an_answer_that_only_trickles_is_not_in_time(calling: Calling, garbage: Garbage, *, racing: bool) -> None:
    assert sent(calling, garbage, racing=racing).fault is Fault.TIMEOUT


@both_ways
@pytest.mark.parametrize(
    "garbage",
    [
        Garbage(HEAD + b"\r\n", drip=b" " * 65536),
        Garbage(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", drip=b"10000\r\n" + b" " * 65536 + b"\r\n"),
    ],
    ids=["until-closed", "chunks"],
)
def test_an_answer_without_end_is_none(calling: Calling, garbage: Garbage, *, racing: bool) -> None:
    assert sent(calling, garbage, Timeouts(connect=20, read=60), racing=racing).fault is Fault.GARBLED


@both_ways
def test_a_long_answer_is_one(calling: Calling, *, racing: bool) -> None:
    exchange = sent(calling, Reply(200, b" " * 10_000_000), Timeouts(connect=20, read=60), racing=racing)
    assert exchange.answer is not None
    assert exchange.answer.cut is not None
    assert exchange.answer.cut.size == 10_000_000


def members_of(value: bytes) -> object:
    return Answer(200, (), b'{"x": ' + value + b"}").members


def test_a_number_may_have_any_length() -> None:
    assert members_of(b"7") == {"x": 7}
    assert members_of(b"7" * 10_000) == {"x": float("inf")}


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_only_python_reads_is_not_json(word: bytes) -> None:
    assert members_of(word) is None


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n002\r\n{}\r\n0\r\n\r\n"
WHOLE_CHUNKS = len(CHUNKED) - len(b"\r\n\r\n")


@both_ways
@pytest.mark.parametrize(
    ("answer", "cut"),
    [(ANSWER, cut) for cut in range(len(ANSWER))] + [(CHUNKED, cut) for cut in range(WHOLE_CHUNKS)],
)
def test_an_answer_that_is_cut_is_none(calling: Calling, answer: bytes, cut: int, *, racing: bool) -> None:
    exchange = sent(calling, Garbage(answer[:cut]), Timeouts(connect=20, read=20), racing=racing)
    assert exchange.answer is None
    assert exchange.fault is (Fault.CUT if cut else Fault.CLOSED)


@both_ways
def test_what_is_no_http_is_not_taken_for_cut(calling: Calling, *, racing: bool) -> None:
    assert sent(calling, Garbage(b"220 mail.example ESMTP"), racing=racing).fault is Fault.GARBLED
