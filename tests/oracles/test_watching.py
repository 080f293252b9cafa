"""Passive checks judge as the exchanges come, and hold of them only what may yet be evidence."""

import gc
import tracemalloc
from collections.abc import Iterator

import pytest

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS, retry_after_error
from imagebuilder_conformance.oracles.findings import Tally, failures
from imagebuilder_conformance.oracles.passive import Watch
from imagebuilder_conformance.oracles.successes import images_distinct, request_id_unique
from tests.support.calls import CONTRACT, PIPELINE
from tests.support.exchanges import CRASH, NOT_FOUND, error, exchange, started, success


def replays(rounds: int) -> Iterator[Exchange]:
    for _ in range(rounds):
        for number in range(5):
            yield started(f"token-{number}", number)
            yield exchange(NOT_FOUND)


def memory_of(watch: Watch, exchanges: Iterator[Exchange]) -> int:
    """Bytes that the watch holds once it saw the exchanges."""
    tracemalloc.start()
    try:
        for each in exchanges:
            watch.see(each)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_a_watch_finds_what_a_judge_of_all_exchanges_finds() -> None:
    seen = [started("one", 1), started("two", 1, f"{PIPELINE}-2"), exchange(error(400, None)), exchange(NOT_FOUND)]
    watch = Watch(PASSIVE_CHECKS, CONTRACT)
    for each in seen:
        watch.see(each)
    for check in PASSIVE_CHECKS:
        assert list(watch.found(check)) == list(Tally(check.judge(seen, CONTRACT)))
    assert failures(watch.found(images_distinct))


@pytest.mark.slow
def test_exchanges_that_show_nothing_new_cost_no_memory() -> None:
    few, many = (
        memory_of(Watch(PASSIVE_CHECKS, CONTRACT), replays(4)),
        memory_of(Watch(PASSIVE_CHECKS, CONTRACT), replays(200)),
    )
    # Some slack for what the interpreter itself sets aside meanwhile.
    assert many < few + 16_384


def test_a_failure_shows_the_first_that_had_the_request_id_and_the_one_that_has_it_too() -> None:
    first, replay, other = started("one", 1), started("one", 1), exchange(success("two", 2, requestId="id-1"))
    [failure] = failures(request_id_unique.judge([first, replay, other], CONTRACT))
    assert failure.exchanges == (first, other)


def test_a_server_error_is_remembered_whether_it_comes_before_the_images_or_after() -> None:
    crash, one, two = exchange(CRASH), started(number=1), started(number=2)
    for order in ([crash, one, two], [one, crash, two], [one, two, crash]):
        [failure] = Tally(failures(retry_after_error.judge(order, CONTRACT)))
        assert [each.id for each in failures([failure])[0].exchanges] == [one.id, two.id]
