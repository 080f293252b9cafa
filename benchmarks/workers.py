"""How long a run takes with several workers, against a target that makes every request wait.

    python -m benchmarks.workers [--rounds N] [--delay SECONDS] [--workers N ...]

Each run is a process of its own, from start to exit, and so is the target. The rounds are taken in turns, so that
what else the machine does falls on all alike.
"""

import argparse
from collections.abc import Sequence
from statistics import median

from benchmarks.measuring import Spread, table
from benchmarks.ours import OurRun, run_ours
from benchmarks.slow import slow_target

ROUNDS, DELAY, WORKERS = 3, 0.03, (1, 2, 4, 8, 16)


def measure(*, rounds: int = ROUNDS, delay: float = DELAY, workers: Sequence[int] = WORKERS) -> dict[int, list[OurRun]]:
    """The runs by the number of workers.

    Raises:
        RuntimeError: a run was not conformant.
    """
    runs: dict[int, list[OurRun]] = {number: [] for number in workers}
    with slow_target(delay) as url:
        for _ in range(rounds):
            for number in workers:
                run = run_ours(url, workers=number)
                if run.verdict != "conformant":
                    raise RuntimeError(f"{number} workers: {run.report['verdict_sentence']}")
                runs[number].append(run)
    return runs


def section(runs: dict[int, list[OurRun]]) -> str:
    """The figures as a part of a Markdown page; the ratios are to the fewest workers."""
    seconds = {number: [run.process.seconds for run in made] for number, made in runs.items()}
    base = median(seconds[min(seconds)])
    rows = [
        (
            number,
            Spread.of(seconds[number]).text(1),
            f"{base / median(seconds[number]):.2f}",
            Spread.of(run.process.cpu for run in made).text(1),
        )
        for number, made in runs.items()
    ]
    return table(("workers", "seconds, from start to exit", "times as fast", "seconds of a processor"), rows)


def times_as_fast(runs: dict[int, list[OurRun]]) -> dict[str, list[tuple[float, float]]]:
    """How many times as fast as the fewest workers, by workers."""
    seconds = {number: median(run.process.seconds for run in made) for number, made in runs.items()}
    base = seconds[min(seconds)]
    return {"core": [(number, base / each) for number, each in seconds.items()]}


def main() -> None:
    """Make the runs and print the figures."""
    options = argparse.ArgumentParser(description="Runs with several workers against a target that takes its time.")
    options.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="default: %(default)s")
    options.add_argument("--delay", type=float, default=DELAY, metavar="SECONDS", help="default: %(default)s")
    options.add_argument("--workers", type=int, nargs="+", default=WORKERS, metavar="N", help="default: %(default)s")
    chosen = options.parse_args()
    print(section(measure(rounds=chosen.rounds, delay=chosen.delay, workers=chosen.workers)))


if __name__ == "__main__":
    main()
