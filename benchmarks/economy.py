"""What a run of the suite costs beside a run of Schemathesis: whole processes by the clock, in turn.

    python -m benchmarks.economy [--pairs N] [--examples N]

Each round runs the suite on its embedded target, as users start it, then Schemathesis on a reference target in this
process, then the suite on such a target too, and once more with the least executions. Ratios are taken round by round,
so that a slow minute of the machine falls on both sides. Schemathesis's processor seconds leave out its target's, and
so do those of the suite on a target outside; those of the embedded run include it.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.measuring import Process, Spread, table
from benchmarks.ours import OurRun, run_ours
from benchmarks.schemathesis_side.runner import EXAMPLES, SchemathesisRun, run_schemathesis
from benchmarks.targets import counted_target
from imagebuilder_conformance.running.costs import least_executions
from imagebuilder_conformance.running.selection import select
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.suites import active_checks
from imagebuilder_spec import Suite, load_contract

PAIRS = 5


@dataclass(frozen=True, slots=True)
class Round:
    """One of each, one after the other."""

    embedded: OurRun
    schemathesis: SchemathesisRun
    outside: OurRun
    thrifty: OurRun


def measure(*, pairs: int = PAIRS, examples: int = EXAMPLES) -> list[Round]:
    """Run the rounds.

    Raises:
        RuntimeError: one of the runs blamed the conformant target, so that its time says nothing.
    """
    return [_round(number, examples) for number in range(1, pairs + 1)]


def _round(seed: int, examples: int) -> Round:
    # A target of its own for each run: none finds the tokens of another.
    embedded = run_ours()
    with counted_target() as target:
        schemathesis = run_schemathesis(target, examples=examples, seed=seed)
    with counted_target() as target:
        outside = run_ours(target.server.url)
    thrifty = run_ours(max_executions=_least())
    if schemathesis.alarmed:
        raise RuntimeError(f"Schemathesis blamed the conformant target: {schemathesis.findings}")
    for ours in (embedded, outside, thrifty):
        if ours.verdict != "conformant":
            raise RuntimeError(f"the suite found the conformant target {ours.verdict}: {'; '.join(ours.trouble)}")
    return Round(embedded, schemathesis, outside, thrifty)


def _least() -> int:
    contract = load_contract()
    return least_executions(select(Settings(None, suites=(Suite.CORE,)), contract, active_checks()))


def section(rounds: list[Round]) -> str:
    """The figures as a part of a Markdown page."""
    return "\n\n".join(_paragraphs(rounds))


def _paragraphs(rounds: list[Round]) -> Iterator[str]:
    first = rounds[0]
    yield table(
        ("whole process", "seconds", "processor seconds", "requests", "builds started"),
        (
            _row("`run --suite core`, embedded target", [each.embedded.process for each in rounds], first.embedded),
            _row("`run --suite core`, target outside", [each.outside.process for each in rounds], first.outside),
            _row("with the least executions, embedded", [each.thrifty.process for each in rounds], first.thrifty),
            (
                "Schemathesis, target outside",
                *_times([each.schemathesis.process for each in rounds]),
                Spread.of(each.schemathesis.requests for each in rounds).text(0),
                "not counted",
            ),
        ),
    )
    yield table(
        ("ratio, round by round", "by the clock", "by the processor"),
        (
            ("embedded / Schemathesis", *_ratios(rounds, lambda each: each.embedded.process)),
            ("outside / Schemathesis", *_ratios(rounds, lambda each: each.outside.process)),
        ),
    )
    yield f"Medians of {len(rounds)} rounds, with the least and the greatest. Neither side blamed the target."
    yield table(
        ("frugality", "clauses judged", "exchanges", "builds started", "clauses an exchange", "clauses a build"),
        (_frugality("`run --suite core`", first.embedded), _frugality("with the least executions", first.thrifty)),
    )


def _frugality(name: str, run: OurRun) -> tuple[object, ...]:
    exchanges, executions = f"{run.judged / run.exchanges:.2f}", f"{run.judged / run.executions:.2f}"
    return name, run.judged, run.exchanges, run.executions, exchanges, executions


def _row(name: str, processes: list[Process], run: OurRun) -> tuple[object, ...]:
    return name, *_times(processes), run.exchanges, run.executions


def _times(processes: list[Process]) -> tuple[str, str]:
    return (
        Spread.of(process.seconds for process in processes).text(),
        Spread.of(process.cpu for process in processes).text(),
    )


def _ratios(rounds: list[Round], ours: Callable[[Round], Process]) -> tuple[str, str]:
    clock = Spread.of(ours(each).seconds / each.schemathesis.process.seconds for each in rounds)
    processor = Spread.of(ours(each).cpu / each.schemathesis.process.cpu for each in rounds)
    return clock.text(), processor.text()


def main() -> None:
    """Measure and print the tables."""
    options = argparse.ArgumentParser(description="Time and requests of a run, beside Schemathesis.")
    options.add_argument("--pairs", type=int, default=PAIRS, metavar="N", help="rounds (default: %(default)s)")
    options.add_argument(
        "--examples", type=int, default=EXAMPLES, metavar="N", help="Schemathesis's examples (default: %(default)s)"
    )
    chosen = options.parse_args()
    print(section(measure(pairs=chosen.pairs, examples=chosen.examples)))


if __name__ == "__main__":
    main()
