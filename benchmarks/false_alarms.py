"""Whether the suite ever blames a conformant target: many seeds, a loaded machine, two runs at once on one target.

    python -m benchmarks.false_alarms [--runs N] [--loaded N] [--pairs N] [--burners N] [--first-seed N]

Each run is a process of its own, on an embedded reference target, with all suites. Every clause that is broken,
inconclusive or in error is printed with what the report says of it; the exit code is 1 if there is one.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.burners import burning
from benchmarks.measuring import Spread, table
from benchmarks.ours import OurRun, run_ours
from benchmarks.targets import counted_target

RUNS, LOADED, PAIRS = 20, 20, 5


@dataclass(frozen=True, slots=True)
class Circumstance:
    """Runs under one circumstance, each with its seed."""

    name: str
    runs: dict[int, OurRun]

    @property
    def alarms(self) -> dict[int, OurRun]:
        """The runs that were not conformant, or where a clause is anything but passed or not run, by seed."""
        return {seed: run for seed, run in self.runs.items() if run.verdict != "conformant" or run.trouble}


def measure(
    *, runs: int = RUNS, loaded: int = LOADED, pairs: int = PAIRS, burners: int | None = None, first_seed: int = 1
) -> list[Circumstance]:
    """Make the runs, circumstance by circumstance; `burners` is twice the cores unless given."""
    seeds = iter(range(first_seed, first_seed + runs + loaded + 2 * pairs))
    burners = 2 * (os.cpu_count() or 1) if burners is None else burners
    alone = _embedded("one after the other", [next(seeds) for _ in range(runs)])
    with burning(burners):
        busy = _embedded(f"beside {burners} processes that burn", [next(seeds) for _ in range(loaded)])
    return [alone, busy, _at_once([(next(seeds), next(seeds)) for _ in range(pairs)])]


def _embedded(name: str, seeds: Sequence[int]) -> Circumstance:
    return Circumstance(name, {seed: run_ours(suite="all", seed=seed) for seed in seeds})


def _at_once(pairs: Sequence[tuple[int, int]]) -> Circumstance:
    runs: dict[int, OurRun] = {}
    for pair in pairs:
        with counted_target() as target, ThreadPoolExecutor(2) as pool:
            both = [pool.submit(run_ours, target.server.url, suite="all", seed=seed) for seed in pair]
            runs.update(zip(pair, (future.result() for future in both), strict=True))
    return Circumstance("two at once on one target", runs)


def section(circumstances: Sequence[Circumstance]) -> str:
    """The figures as a part of a Markdown page."""
    rows = [
        (
            each.name,
            len(each.runs),
            len(each.alarms),
            Spread.of(run.process.seconds for run in each.runs.values()).text(1),
        )
        for each in circumstances
        if each.runs
    ]
    lines = [line for each in circumstances for line in _alarm_lines(each)]
    return "\n\n".join([table(("runs", "number", "false alarms", "seconds a run"), rows), "\n".join(lines)]).strip()


def _alarm_lines(circumstance: Circumstance) -> Iterator[str]:
    for seed, run in circumstance.alarms.items():
        yield f"- {circumstance.name}, seed {seed}: {run.report['verdict_sentence']}"
        yield from (f"  - {line}" for line in run.trouble)


def main() -> None:
    """Make the runs and print what came of them."""
    options = argparse.ArgumentParser(description="Runs on a conformant target, where any blame is a false alarm.")
    options.add_argument("--runs", type=int, default=RUNS, metavar="N", help="in a row (default: %(default)s)")
    options.add_argument("--loaded", type=int, default=LOADED, metavar="N", help="under load (default: %(default)s)")
    options.add_argument("--pairs", type=int, default=PAIRS, metavar="N", help="two at once (default: %(default)s)")
    options.add_argument("--burners", type=int, metavar="N", help="processes that load; twice the cores by default")
    options.add_argument("--first-seed", type=int, default=1, metavar="N", help="default: %(default)s")
    chosen = options.parse_args()
    circumstances = measure(
        runs=chosen.runs,
        loaded=chosen.loaded,
        pairs=chosen.pairs,
        burners=chosen.burners,
        first_seed=chosen.first_seed,
    )
    print(section(circumstances))
    raise SystemExit(any(each.alarms for each in circumstances))


if __name__ == "__main__":
    main()
