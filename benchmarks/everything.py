"""All benchmarks in one go, and the page that shows them: `benchmarks/run`.

    benchmarks/run [--quick] [--every-defect] [--note TEXT] [--page FILE]

It takes about half an hour of a machine that does nothing else. With --quick everything is measured once and small,
within two minutes, to see that it can be; such figures say little, and the page goes to the current folder.
"""

import argparse
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import (
    audit_growth,
    economy,
    false_alarms,
    mutation_score,
    per_exchange,
    run_growth,
    soak,
    start,
    workers,
)
from benchmarks.charts import Points, bars, lines
from benchmarks.measuring import exponent, machine, run_process, table
from benchmarks.sizes import EVERY_DEFECT, FULL, QUICK, Sizes

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
HISTORY = ROOT / "benchmarks" / "history" / "growth.py"


@dataclass(frozen=True, slots=True)
class Page:
    """Where the page goes; its pictures lie in a folder beside it that is named as it is."""

    path: Path

    def lines(self, name: str, through: Mapping[str, Points], **axes: Any) -> str:
        """Draw lines, and give what shows them on the page."""
        lines(self._picture(name), through, **axes)
        return self._shown(name, f"{axes['y']} by {axes['x']}")

    def bars(self, name: str, rows: Mapping[str, Sequence[float]], names: Sequence[str], title: str) -> str:
        """Draw bars, and give what shows them on the page."""
        bars(self._picture(name), rows, names)
        return self._shown(name, title)

    def _picture(self, name: str) -> Path:
        return self.path.with_suffix("") / f"{name}.svg"

    def _shown(self, name: str, title: str) -> str:
        return f"![{title}]({self._picture(name).relative_to(self.path.parent).as_posix()})"


def _economy(sizes: Sizes, _: Page) -> Iterator[str]:
    yield (
        "What it costs to judge the conformant reference target, from the start of the process to its exit. "
        f"Schemathesis draws {sizes.examples} examples. It has the same contract as an OpenAPI document, a pipeline "
        "that exists, a signer, and hooks that drop what it would blame wrongly; both sides sign every request. The "
        "embedded run pays for its target too. `core` replays a token after 1.5 seconds, and so takes no less."
    )
    yield economy.section(economy.measure(pairs=sizes.pairs, examples=sizes.examples))
    yield "[executions.md](executions.md) says why the least is the least."


def _start(sizes: Sizes, _: Page) -> Iterator[str]:
    yield (
        "`--help` knows the commands by name and imports none of them, so it takes what any click program takes. "
        "`list` reads the contract besides, 40 KB of TOML. The plugin is measured in a pytest of ten tests that have "
        "nothing to do with it, which is where it weighs most."
    )
    yield start.section(start.measure(rounds=sizes.start_rounds))


def _per_exchange(sizes: Sizes, _: Page) -> Iterator[str]:
    yield (
        "What the suite's client adds to a bare loop: records of what was sent and received, redaction, the budget and "
        "the journal of a run. It saves the look for proxies where the target is on this machine."
    )
    yield per_exchange.section(per_exchange.measure(exchanges=sizes.exchanges, blocks=sizes.blocks))


def _mutation(sizes: Sizes, page: Page) -> Iterator[str]:
    defects = mutation_score.chosen_defects(sizes.defects, seed=1)
    variations = mutation_score.chosen_variations(sizes.variations, seed=1)
    some = sizes.defects is not None
    yield (
        f"{len(defects)} of the catalogue's {mutation_score.count()} defects"
        f"{', of each area its share, drawn with a fixed seed' if some else ''}. The suite has found a defect "
        "only where a check of the clause that it breaks fails; for Schemathesis any report counts. The catalogue was "
        "written together with the suite, so a perfect score says that nothing known gets through, not that nothing "
        "can."
    )
    tried = mutation_score.measure(defects, examples=sizes.examples, fewer=sizes.fewer_examples)
    yield mutation_score.section(tried, mutation_score.measure(variations, examples=sizes.examples))
    names = ("the suite", "Schemathesis")
    title = "Share of the defects that are found, by area"
    yield page.bars("mutation-score", mutation_score.shares(tried), names, title)
    levels = ", ".join(map(str, (*sizes.fewer_examples, sizes.examples)))
    yield (
        "How soon? The suite's line rises where the first failure of the broken clause had shown, as its events say. "
        f"Schemathesis was run with {levels} examples."
    )
    yield mutation_score.curve(tried)
    yield page.lines(
        "mutation-score-by-requests",
        mutation_score.by_requests(tried),
        x="requests to a target",
        y="share of the defects found",
        stairs=True,
    )


def _false_alarms(sizes: Sizes, _: Page) -> Iterator[str]:
    yield "All suites on the conformant reference target, each run a process with a seed of its own."
    runs, loaded, pairs = sizes.false_alarms
    yield false_alarms.section(false_alarms.measure(runs=runs, loaded=loaded, pairs=pairs))


def _run_growth(sizes: Sizes, page: Page) -> Iterator[str]:
    yield (
        "What the suite's own work comes to in a run of so many exchanges, in microseconds for each: drawing tokens, "
        "and all of an exchange but the network (signing, journal, passive checks), then folding the events. The "
        "exponent k is that of time ~ nᵏ from the row above; 1 is linear."
    )
    measured = run_growth.measure(largest=sizes.run)
    yield run_growth.section(measured)
    yield page.lines("run-growth", run_growth.time_lines(measured), x="exchanges", y="seconds", logarithmic=True)
    yield page.lines("report-growth", run_growth.size_lines(measured), x="exchanges", y="MB", logarithmic=True)


def _history(sizes: Sizes, page: Page) -> Iterator[str]:
    measured = history_growth(sizes.history)
    yield (
        f"Histories of up to {sizes.history:,} overlapping calls: a correct target's, the same with broken tokens, "
        "and a thousand tokens replayed again and again. Memory is what the checker itself takes."
    )
    yield table(("history", "calls", "seconds", "k", "peak MiB"), _history_rows(measured))
    points: dict[str, list[tuple[float, float]]] = {}
    for line in measured:
        points.setdefault(line["history"], []).append((line["calls"], line["seconds"]))
    yield page.lines("history-growth", points, x="calls", y="seconds", logarithmic=True)


def history_growth(largest: int) -> list[dict[str, Any]]:
    """The measurements of `benchmarks/history/growth.py`, as it writes them."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "growth.json"
        process = run_process((sys.executable, HISTORY, "--largest", str(largest), "--json", result), folder=ROOT)
        if process.code != 0:
            raise RuntimeError(f"the growth of the history checker could not be measured:\n{process.output}")
        measured: list[dict[str, Any]] = json.loads(result.read_text(encoding="utf-8"))
    return measured


def _history_rows(measured: Sequence[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    before: dict[str, Any] | None = None
    for line in measured:
        k = ""
        if before is not None and before["history"] == line["history"]:
            k = f"{exponent((before['calls'], before['seconds']), (line['calls'], line['seconds'])):.2f}"
        yield line["history"], f"{line['calls']:,}", f"{line['seconds']:.4f}", k, f"{line['peak_memory'] / 2**20:.1f}"
        before = line


def _audit(sizes: Sizes, page: Page) -> Iterator[str]:
    yield (
        "Recordings in which each token is used twice, audited by a process of its own. Above 8 MB what must be "
        "remembered goes to the disk."
    )
    audits = audit_growth.measure(largest=sizes.audit)
    yield audit_growth.section(audits)
    yield page.lines("audit-growth", audit_growth.memory_line(audits), x="exchanges", y="MiB", logarithmic=True)


def _workers(sizes: Sizes, page: Page) -> Iterator[str]:
    yield (
        f"The suite `core` on a conformant target whose every answer takes {sizes.delay * 1000:.0f} ms. "
        "[workers.md](workers.md) says what is left, and whether the workers agree."
    )
    runs = workers.measure(rounds=sizes.worker_rounds, delay=sizes.delay, workers=sizes.workers)
    yield workers.section(runs)
    yield page.lines("workers", workers.times_as_fast(runs), x="workers", y="times as fast")


def _soak(sizes: Sizes, page: Page) -> Iterator[str]:
    yield (
        f"The reference target for {sizes.soak_seconds:.0f} seconds, and the defects that show under load only for "
        f"{sizes.defect_seconds:.0f} seconds each. [soak.md](soak.md) says what the users do."
    )
    soaks = soak.measure(sizes.soaked_defects, seconds=sizes.soak_seconds, defect_seconds=sizes.defect_seconds)
    yield soak.section(soaks)
    yield page.lines("soak-memory", soak.memory_lines(soaks[0]), x="seconds", y="MiB resident")
    yield (
        f"More workers, each with {soak.USERS // soak.WORKERS} users of its own, for {sizes.crew_seconds:.0f} seconds. "
        "Target, master and workers share the cores of this machine, so what grows is the waiting."
    )
    grown = soak.growth(sizes.crews, seconds=sizes.crew_seconds)
    yield soak.growth_section(grown)
    yield page.lines("soak-workers", soak.growth_line(grown), x="workers", y="exchanges a second")


Part = Callable[[Sizes, Page], Iterator[str]]

PARTS: Mapping[str, Part] = {
    "Economy: a run beside Schemathesis": _economy,
    "Start": _start,
    "Cost of an exchange": _per_exchange,
    "Mutation score beside Schemathesis": _mutation,
    "False alarms": _false_alarms,
    "Growth of a run and of its report": _run_growth,
    "Growth of the history checker": _history,
    "Growth of an audit": _audit,
    "Several workers": _workers,
    "Soaks": _soak,
}


def write(sizes: Sizes, page: Page, note: str = "") -> bool:
    """Measure everything, and write the page and its pictures; whether every part could be measured.

    The page is written after each part, so that a part that fails costs no other.
    """
    page.path.parent.mkdir(parents=True, exist_ok=True)
    written = ["# Benchmarks", "Written by `benchmarks/run`; do not edit. Every figure is measured anew each time."]
    written.append(_circumstances(sizes, note))
    complete = True
    for title, part in PARTS.items():
        began = time.monotonic()
        written.append(f"## {title}")
        try:
            written.extend(filter(None, part(sizes, page)))
        except Exception:  # noqa: BLE001  # the other parts may take half an hour
            complete = False
            traceback.print_exc()
            written.append("This could not be measured.")
        page.path.write_text("\n\n".join(written) + "\n", encoding="utf-8")
        print(f"{title}: {time.monotonic() - began:.0f} s", flush=True)
    return complete


def _circumstances(sizes: Sizes, note: str) -> str:
    measured = (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine()}, imagebuilder-conformance "
        f"{version('imagebuilder-conformance')}, Schemathesis {version('schemathesis')}, "
        f"Hypothesis {version('hypothesis')}."
    )
    quick = "Everything was measured once and small (`--quick`): these figures say little." if sizes is QUICK else ""
    ratios = (
        "Compiled modules are kept, as Python does unless told otherwise. Ratios are medians of ratios taken side by "
        "side, with the least and the greatest in brackets."
    )
    return " ".join(filter(None, (measured, quick, note, ratios)))


def main() -> None:
    """Measure everything and write the page."""
    options = argparse.ArgumentParser(prog="benchmarks/run", description="All benchmarks, and the page of them.")
    amount = options.add_mutually_exclusive_group()
    amount.add_argument("--quick", action="store_const", dest="sizes", const=QUICK, help="once and small: two minutes")
    amount.add_argument(
        "--every-defect", action="store_const", dest="sizes", const=EVERY_DEFECT, help="no sample: some hours"
    )
    options.add_argument("--note", default="", metavar="TEXT", help="a sentence on the machine, such as what else ran")
    options.add_argument("--page", type=Path, metavar="FILE", help="where the page goes; docs/benchmarks.md by default")
    chosen = options.parse_args()
    sizes: Sizes = chosen.sizes or FULL
    path: Path = chosen.page or (Path("benchmarks-quick.md") if sizes is QUICK else PAGE)
    if not write(sizes, Page(path.resolve()), chosen.note):
        raise SystemExit("not everything could be measured")


if __name__ == "__main__":
    main()
