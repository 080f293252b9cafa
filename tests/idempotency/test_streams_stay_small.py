"""The checker of a stream: tells a contradiction at once, waits with a mismatch, and forgets replays."""

import tracemalloc
from collections.abc import Iterator

from imagebuilder_conformance.idempotency import Call, HistoryChecker, Kind, Started

from .build import IMAGE, MISMATCH, OTHER, REFUSED, UNKNOWN, P, Q, history


def replays(rounds: int, tokens: int = 20) -> Iterator[Call]:
    """Replays, mismatches, refusals and unknown outcomes of the same few tokens, again and again."""
    for number in range(rounds):
        for token in range(tokens):
            at = float(number)
            for pipeline, outcome in ((P, Started(f"image/{token}")), (Q, MISMATCH), (Q, REFUSED), (P, UNKNOWN)):
                yield Call(f"e{number}-{token}", f"t{token}", pipeline, at, at + 0.5, outcome)


def memory_of(checker: HistoryChecker, calls: Iterator[Call]) -> int:
    """Bytes that the checker holds once it took the calls in."""
    tracemalloc.start()
    try:
        for call in calls:
            assert checker.add(call) == ()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_replays_cost_no_memory() -> None:
    few, many = HistoryChecker(), HistoryChecker()
    # Some slack for what the interpreter itself sets aside meanwhile.
    assert memory_of(many, replays(100)) < memory_of(few, replays(5)) + 4096
    assert few.finish() == many.finish() == []


def test_wrong_replays_cost_no_memory_either() -> None:
    checker = HistoryChecker()
    for number in range(1000):
        checker.add(Call(f"e{number}", "t", P, number, number, Started(f"image/{number}")))
    assert len(checker.finish()) == 1
    assert checker._images is not None
    assert len(checker._images) == 1


def test_a_contradiction_is_told_at_once_and_once() -> None:
    checker = HistoryChecker()
    first, second, third = history(("t", P, 0, 1, IMAGE), ("t", P, 2, 3, OTHER), ("t", P, 4, 5, OTHER))
    assert checker.add(first) == ()
    (anomaly,) = checker.add(second)
    assert anomaly.kind is Kind.TWO_IMAGES
    assert checker.add(third) == ()
    assert checker.finish() == [anomaly]


def test_a_mismatch_waits_for_the_call_that_explains_it() -> None:
    checker = HistoryChecker()
    mismatch, slow_start = history(("t", Q, 1, 2, MISMATCH), ("t", P, 0, 9, IMAGE))
    assert checker.add(mismatch) == ()
    assert [anomaly.kind for anomaly in checker.finish()] == [Kind.MISMATCH_WITHOUT_CAUSE]
    assert checker.add(slow_start) == ()
    assert checker.finish() == []
