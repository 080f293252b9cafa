"""All benchmarks in one go, and the page that shows them: `benchmarks/run`.

    benchmarks/run [--full] [--largest N] [--note TEXT] [--page FILE]

Without --full a sample of the defects is tried and the longest histories are left out.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from math import log
from pathlib import Path
from typing import Any

from benchmarks import economy, false_alarms, mutation_score, per_exchange
from benchmarks.charts import bars, log_lines
from benchmarks.measuring import machine, run_process, table

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
GROWTH = ROOT / "benchmarks" / "history" / "growth.py"
SHORT, LONG = 100_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured, and where the page goes."""

    full: bool
    largest: int
    note: str
    page: Path

    @property
    def pictures(self) -> Path:
        """The folder of the page's pictures, beside it and named as it is."""
        return self.page.with_suffix("")


def write(options: Options) -> None:
    """Measure everything and write the page and its pictures."""
    options.pictures.mkdir(parents=True, exist_ok=True)
    parts = []
    for part in _parts(options):
        print(part, end="\n\n", flush=True)
        parts.append(part)
    options.page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _parts(options: Options) -> Iterator[str]:
    yield "# Benchmarks"
    yield "Written by `benchmarks/run`; do not edit. Every figure is measured anew each time, side by side."
    yield _circumstances(options)
    yield "## Economy: a run beside Schemathesis"
    yield (
        "What it costs to judge the conformant reference target, from the start of the process to its exit. "
        "Schemathesis has the same contract as an OpenAPI document, a pipeline that exists, a signer, and hooks that "
        "drop what it would blame wrongly; both sides sign every request. The embedded run pays for its "
        "target too."
    )
    yield economy.section(economy.measure())
    yield "## Mutation score beside Schemathesis"
    yield from _mutation(options)
    yield "## False alarms"
    yield "All suites on the conformant reference target, each run a process with a seed of its own."
    yield false_alarms.section(false_alarms.measure())
    yield "## Cost of an exchange"
    yield (
        "What the suite's client adds to a bare loop: records of what was sent and received, redaction, the budget and "
        "the journal of a run. It saves the look for proxies where the target is on this machine."
    )
    yield per_exchange.section(per_exchange.measure())
    yield "## Growth of the history checker"
    yield from _growth(options)


def _circumstances(options: Options) -> str:
    measured = (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine()}, imagebuilder-conformance "
        f"{version('imagebuilder-conformance')}, Schemathesis {version('schemathesis')}, "
        f"Hypothesis {version('hypothesis')}."
    )
    ratios = "Ratios are medians of ratios taken side by side, with the least and the greatest in brackets."
    return " ".join(filter(None, (measured, options.note, ratios)))


def _mutation(options: Options) -> Iterator[str]:
    sample = None if options.full else mutation_score.SAMPLE
    defects = mutation_score.chosen_defects(sample, seed=1)
    variations = mutation_score.chosen_variations(None if options.full else mutation_score.VARIATIONS, seed=1)
    yield (
        f"{len(defects)} of the catalogue's {mutation_score.count()} defects"
        f"{'' if options.full else ', of each area its share, drawn with a fixed seed'}. The suite has found a defect "
        "only where a check of the clause that it breaks fails; for Schemathesis any report counts. The catalogue was "
        "written together with the suite, so a perfect score says that nothing known gets through, not that nothing "
        "can."
    )
    tried = mutation_score.measure(defects)
    yield mutation_score.section(tried, mutation_score.measure(variations))
    picture = options.pictures / "mutation-score.svg"
    picture.write_text(bars(mutation_score.shares(tried), ("the suite", "Schemathesis")), encoding="utf-8")
    yield f"![Share of the defects that are found, by area]({_link(options, picture)})"


def _growth(options: Options) -> Iterator[str]:
    lines = growth(options.largest)
    yield (
        f"Histories of up to {options.largest:,} overlapping calls: a correct target's, the same with broken tokens, "
        "and a thousand tokens replayed again and again. The exponent k is that of time ~ nᵏ from the line above; "
        "1 is linear."
    )
    yield table(("history", "calls", "seconds", "k", "peak memory"), _growth_rows(lines))
    picture = options.pictures / "history-growth.svg"
    points: dict[str, list[tuple[float, float]]] = {}
    for line in lines:
        points.setdefault(line["history"], []).append((line["calls"], line["seconds"]))
    picture.write_text(log_lines(points, x="calls", y="seconds"), encoding="utf-8")
    yield f"![Seconds by calls, both axes logarithmic]({_link(options, picture)})"


def growth(largest: int) -> list[dict[str, Any]]:
    """The measurements of `benchmarks/history/growth.py`, as it writes them."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "growth.json"
        arguments: list[str | Path] = [sys.executable, GROWTH, "--largest", str(largest), "--json", result]
        process = run_process(arguments, folder=ROOT)
        if process.code != 0:
            raise RuntimeError(f"the growth of the history checker could not be measured:\n{process.output}")
        lines: list[dict[str, Any]] = json.loads(result.read_text(encoding="utf-8"))
    return lines


def _growth_rows(lines: Sequence[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    before: dict[str, Any] | None = None
    for line in lines:
        k = ""
        if before is not None and before["history"] == line["history"]:
            k = f"{log(line['seconds'] / before['seconds']) / log(line['calls'] / before['calls']):.2f}"
        memory = f"{line['peak_memory'] / 2**20:.1f} MiB"
        yield line["history"], f"{line['calls']:,}", f"{line['seconds']:.4f}", k, memory
        before = line


def _link(options: Options, picture: Path) -> str:
    return picture.relative_to(options.page.parent).as_posix()


def main() -> None:
    """Measure everything and write the page."""
    options = argparse.ArgumentParser(prog="benchmarks/run", description="All benchmarks, and the page of them.")
    options.add_argument("--full", action="store_true", help="every defect, and histories up to a million calls")
    options.add_argument("--largest", type=int, metavar="N", help=f"calls of the longest history; {SHORT:,} by default")
    options.add_argument("--note", default="", metavar="TEXT", help="a sentence on the machine, such as what else ran")
    options.add_argument("--page", type=Path, default=PAGE, metavar="FILE", help="where the page goes")
    chosen = options.parse_args()
    largest = chosen.largest or (LONG if chosen.full else SHORT)
    write(Options(full=chosen.full, largest=largest, note=chosen.note, page=chosen.page.resolve()))


if __name__ == "__main__":
    main()
