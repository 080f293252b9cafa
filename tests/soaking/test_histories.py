"""What workers stream to their master, and what the master makes of it."""

import itertools
import json
from collections.abc import Iterator

import pytest

from imagebuilder_conformance.auditing.spilling import Spill
from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault
from imagebuilder_conformance.oracles.findings import Failure, failures
from imagebuilder_conformance.soaking.clocks import Estimate
from imagebuilder_conformance.soaking.entries import entry_of, exchange_of
from imagebuilder_conformance.soaking.plan import Plan, shapes
from imagebuilder_conformance.soaking.tribunal import Tribunal
from tests.support.calls import CONTRACT, OTHER_PIPELINE, PIPELINE, REQUESTS, image

SHAPES, PLACEHOLDER = shapes(CONTRACT, "abcdefgh", seed=1)
PLAN = Plan("abcdefgh", SHAPES, PLACEHOLDER, (PIPELINE, OTHER_PIPELINE), CONTRACT.revision, None, 1.0)
URL = "http://127.0.0.1:1/StartImagePipelineExecution"
HEADERS = (("content-type", "application/json"), ("x-amzn-RequestId", "r"))
IDS = itertools.count(1)


@pytest.fixture
def tribunal() -> Iterator[Tribunal]:
    with Spill() as spill:
        yield Tribunal(CONTRACT, spill)


def started(number: int, build: int, at: float, *, other: bool = False, seconds: float = 0.01) -> Exchange:
    id_ = f"x{next(IDS)}"
    body = {"requestId": id_, "clientToken": PLAN.token(number), "imageBuildVersionArn": image(build)}
    answer = Answer(200, HEADERS, json.dumps(body).encode())
    return sent(number, Attempt(at, seconds, answer=answer), other=other, id_=id_)


def mismatch(number: int, at: float, *, other: bool, seconds: float = 0.01) -> Exchange:
    headers = (*HEADERS, ("x-amzn-ErrorType", "IdempotentParameterMismatchException"))
    return sent(number, Attempt(at, seconds, answer=Answer(400, headers, b'{"message": "no"}')), other=other)


def sent(number: int, attempt: Attempt, *, other: bool = False, id_: str | None = None) -> Exchange:
    request = REQUESTS.start(PLAN.token(number), PLAN.pipeline(number, other=other))
    return Exchange(id_ or f"x{next(IDS)}", "soak", request, URL, (), (attempt,))


def broken(tribunal: Tribunal) -> list[Failure]:
    return [failure for check in tribunal.checks for failure in failures(tribunal.found(check))]


def test_no_two_tokens_of_a_plan_are_equal_and_all_are_legal() -> None:
    tokens = [PLAN.token(number) for number in range(5000)]
    assert len(set(tokens)) == len(tokens)
    assert {len(token) for token in tokens} <= set(CONTRACT.token_lengths)
    assert Plan.from_json(PLAN.to_json()) == PLAN


@pytest.mark.parametrize(
    "exchange",
    [
        started(3, 1, 2.0),
        sent(4, Attempt(1.0, 2.0, fault=Fault.TIMEOUT, detail="too late", stale=True), other=True),
        sent(5, Attempt(1.0, 2.0, answer=Answer(500, (), b"\xff\x00 no text"))),
    ],
    ids=["a success", "no answer", "an answer that is no text"],
)
def test_an_exchange_survives_its_journey_and_is_put_on_the_masters_clock(exchange: Exchange) -> None:
    number = next(each for each in (3, 4, 5) if PLAN.token(each) == exchange.request.token)
    other = exchange.request.pipeline != PLAN.pipeline(number)
    entry = json.loads(json.dumps(entry_of(exchange, number, other=other)))
    back = exchange_of(entry, PLAN, REQUESTS, URL, Estimate(100.0, 0.5))
    assert back.request == exchange.request
    assert back.answer == exchange.answer
    assert (back.fault, back.attempts[0].detail) == (exchange.fault, exchange.attempts[0].detail)
    assert back.started_at == exchange.started_at + 100.0


def test_a_conformant_history_of_two_workers_breaks_nothing_and_is_forgotten(tribunal: Tribunal) -> None:
    for each in (started(0, 1, 1.0), started(0, 1, 1.001), mismatch(0, 2.0, other=True), started(0, 1, 3.0)):
        tribunal.see(each, 0.001)
    assert tribunal.open_tokens == 1
    tribunal.conclude(PLAN.token(0), PLAN.pipelines)
    assert broken(tribunal) == []
    assert (tribunal.open_tokens, tribunal.counters.judged, tribunal.counters.images) == (0, 1, 1)


def test_two_images_of_a_token_on_two_workers_are_found_with_both_exchanges(tribunal: Tribunal) -> None:
    one, other = started(0, 1, 1.0), started(0, 2, 5.0)
    tribunal.see(one, 0.0)
    tribunal.see(other, 0.0)
    assert [failure.clause for failure in broken(tribunal)] == ["idempotency.replay.same-image"]
    assert [each.id for each in broken(tribunal)[0].exchanges] == [one.id, other.id]


def test_calls_that_may_have_overlapped_by_the_clocks_uncertainty_are_told_as_a_race(tribunal: Tribunal) -> None:
    tribunal.see(started(0, 1, 1.0), 0.2)
    tribunal.see(started(0, 2, 1.3), 0.2)
    assert [failure.clause for failure in broken(tribunal)] == ["idempotency.concurrent.duplicates"]


def test_an_image_of_two_tokens_is_found_long_after_the_first_of_them_was_forgotten(tribunal: Tribunal) -> None:
    tribunal.see(started(0, 1, 1.0), 0.0)
    tribunal.conclude(PLAN.token(0), PLAN.pipelines)
    tribunal.see(started(2, 1, 900.0), 0.0)
    assert {failure.clause for failure in broken(tribunal)} == {"idempotency.token.distinct"}
    assert all(len(failure.exchanges) == 2 for failure in broken(tribunal))


def test_a_mismatch_without_a_cause_is_told_once_the_whole_history_is_there(tribunal: Tribunal) -> None:
    tribunal.see(mismatch(0, 1.0, other=True), 0.0)
    tribunal.see(started(0, 1, 5.0), 0.0)
    assert broken(tribunal) == []
    tribunal.conclude(PLAN.token(0), PLAN.pipelines)
    assert [failure.clause for failure in broken(tribunal)] == ["idempotency.concurrent.mismatch"]


def test_a_cause_that_the_clocks_leave_possible_excuses_a_mismatch(tribunal: Tribunal) -> None:
    tribunal.see(mismatch(0, 1.0, other=True), 0.5)
    tribunal.see(started(0, 1, 1.2), 0.5)
    tribunal.conclude(PLAN.token(0), PLAN.pipelines)
    assert broken(tribunal) == []


def test_a_lost_worker_may_have_been_the_cause_of_a_mismatch(tribunal: Tribunal) -> None:
    tribunal.see(mismatch(0, 1.0, other=True), 0.0)
    tribunal.whole = False
    tribunal.conclude(PLAN.token(0), PLAN.pipelines)
    assert broken(tribunal) == []
