"""How the history checker grows with the history: time and memory for 1,000 to 1,000,000 calls.

    python benchmarks/history/growth.py [--largest N] [--json FILE]

Three histories of overlapping calls, with mismatches, refusals and unknown outcomes among them, are judged:

- right: what a correct target answers, a new token every eight calls, judged by `explain`;
- wrong: the same, but each hundredth token is broken, in four ways in turn, judged by `explain`;
- replays: 1,000 tokens however long the history, added to a `HistoryChecker` call by call.

Memory is the checker's peak, without the history where that is kept anyway (right, wrong). It is measured in a run of
its own, as measuring it makes everything slower. Time is the processor's, the best of three runs, so that a busy
machine shows little. k is the exponent of time ~ n^k from the line above, 1 being linear.
"""

import argparse
import gc
import json
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from math import log
from pathlib import Path
from random import Random
from time import process_time

from imagebuilder_conformance.idempotency import (
    Anomaly,
    Call,
    HistoryChecker,
    Mismatch,
    Outcome,
    Refused,
    Started,
    Unknown,
    explain,
)

SIZES = (1_000, 10_000, 100_000, 1_000_000)
CALLS_PER_TOKEN = 8
STEADY_TOKENS = 1_000
BROKEN_EVERY = 100
OWNER, OTHER = "pipeline/owner", "pipeline/other"

Judge = Callable[[Iterable[Call]], list[Anomaly]]


@dataclass(frozen=True)
class Measurement:
    """One line of the table. Memory in bytes."""

    history: str
    calls: int
    seconds: float
    peak_memory: int
    wrong_tokens: int


def right(size: int) -> Iterator[Call]:
    """A correct target's answers, a new token every few calls."""
    random = Random(size)
    for number in range(size):
        token, turn = divmod(number, CALLS_PER_TOKEN)
        yield _answered(random, number, token, first=turn == 0)


def wrong(size: int) -> Iterator[Call]:
    """The same with some tokens broken: the last call of each gets an answer that contradicts the first."""
    random = Random(size)
    for number in range(size):
        token, turn = divmod(number, CALLS_PER_TOKEN)
        if turn == CALLS_PER_TOKEN - 1 and token % BROKEN_EVERY == 0:
            pipeline, outcome = _broken(token)
            yield _overlapping(random, number, token, pipeline, outcome)
        else:
            yield _answered(random, number, token, first=turn == 0)


def replays(size: int) -> Iterator[Call]:
    """A correct target's answers for the same tokens again and again."""
    random = Random(size)
    for number in range(size):
        yield _answered(random, number, number % STEADY_TOKENS, first=number < STEADY_TOKENS)


def _answered(random: Random, number: int, token: int, *, first: bool) -> Call:
    # The owner comes first and is told so, or the mismatches had no cause and the broken answers nothing to contradict.
    pipeline = OWNER if first or random.random() < 0.75 else OTHER
    outcome: Outcome = Started(f"image/{token}") if pipeline == OWNER else Mismatch()
    if not first:
        outcome = random.choices((outcome, Unknown(), Refused("CallRateLimitExceededException")), (18, 1, 1))[0]
    return _overlapping(random, number, token, pipeline, outcome)


def _broken(token: int) -> tuple[str, Outcome]:
    image, another = Started(f"image/{token}"), Started(f"another image/{token}")
    ways: Sequence[tuple[str, Outcome]] = ((OWNER, another), (OTHER, another), (OTHER, image), (OWNER, Mismatch()))
    return ways[token // BROKEN_EVERY % len(ways)]


def _overlapping(random: Random, number: int, token: int, pipeline: str, outcome: Outcome) -> Call:
    # A thousand calls a second, each about a second long.
    at = number / 1_000
    return Call(f"e{number}", f"token/{token}", pipeline, at - random.random(), at + random.random(), outcome)


def stream(calls: Iterable[Call]) -> list[Anomaly]:
    """Judge call by call."""
    checker = HistoryChecker()
    for call in calls:
        checker.add(call)
    return checker.finish()


def seconds_of(judge: Judge, calls: Sequence[Call]) -> float:
    """The time to judge a history, the best of three."""
    return min(_once(judge, calls) for _ in range(3))


def _once(judge: Judge, calls: Sequence[Call]) -> float:
    # The collector would look through the history, which is not the checker's, over and over.
    gc.collect()
    gc.freeze()
    began = process_time()
    judge(calls)
    taken = process_time() - began
    gc.unfreeze()
    return taken


def peak_memory_of(judged: Callable[[], list[Anomaly]]) -> int:
    """The most bytes in use at once while a history is judged."""
    gc.collect()
    tracemalloc.start()
    try:
        judged()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def measure(name: str, size: int) -> Measurement:
    """Measure one history of this size, and make sure that its verdict is right."""
    make, judge = {"right": (right, explain), "wrong": (wrong, explain), "replays": (replays, stream)}[name]
    calls = list(make(size))
    found = len({anomaly.token for anomaly in judge(calls)})
    due = len({call.token for call in calls[CALLS_PER_TOKEN - 1 :: CALLS_PER_TOKEN * BROKEN_EVERY]})
    if found != (due if name == "wrong" else 0):
        raise SystemExit(f"Expected {due} wrong tokens in the {name} history of {size} calls, found {found}")
    seconds = seconds_of(judge, calls)
    # The stream makes its calls as it goes, so that what the checker keeps of them counts.
    judged = partial(stream, make(size)) if judge is stream else partial(judge, calls)
    return Measurement(name, size, seconds, peak_memory_of(judged), found)


def print_line(line: Measurement, before: Measurement | None) -> None:
    """Print one line of the table."""
    k = "" if before is None else f"{log(line.seconds / before.seconds) / log(line.calls / before.calls):.2f}"
    nanoseconds, mebibytes = line.seconds / line.calls * 1e9, line.peak_memory / 2**20
    print(
        f"{line.history:8} {line.calls:>9,} {line.seconds:>9.4f} {nanoseconds:>9.0f} {k:>5} "
        f"{mebibytes:>9.2f} {line.wrong_tokens:>12,}",
        flush=True,
    )


def main() -> None:
    """Measure everything and print it."""
    options = argparse.ArgumentParser(description="How the history checker grows with the history.")
    options.add_argument(
        "--largest", type=int, default=SIZES[-1], help="leave out longer histories (default: %(default)s)"
    )
    options.add_argument("--json", type=Path, metavar="FILE", help="write the measurements here too")
    chosen = options.parse_args()
    print(f"{'history':8} {'n':>9} {'seconds':>9} {'ns/event':>9} {'k':>5} {'peak MiB':>9} {'wrong tokens':>12}")
    lines = []
    for name in ("right", "wrong", "replays"):
        before = None
        for size in (size for size in SIZES if size <= chosen.largest):
            line = measure(name, size)
            print_line(line, before)
            lines.append(line)
            before = line
    if chosen.json is not None:
        chosen.json.write_text(json.dumps([asdict(line) for line in lines], indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
