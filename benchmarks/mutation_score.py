"""How many of the catalogue's defects are found, by the suite and by Schemathesis, and whom they blame for nothing.

    python -m benchmarks.mutation_score [--sample N] [--variations N] [--seed S] [--examples N ...]

The suite is scored twice. `self-test` counts a defect as found only where a check of the clause that it breaks fails,
and looks in the area of that clause. The whole run looks everywhere, as Schemathesis has to, and gives the requests
and the time that compare; for the few rate-limited defects it keeps to their clause, since everything would take
minutes. For Schemathesis any report counts as finding, whatever it says. All of it runs one after the other, each
on a target of its own.

Schemathesis runs once for each number of examples, which gives its score by the requests that it sends. That of the
suite follows from one run: its events say after how many exchanges a failure of the clause had shown.
"""

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.measuring import Spread, run_process, table
from benchmarks.ours import COMMAND, OurRun, run_ours
from benchmarks.schemathesis_side.runner import EXAMPLES, SchemathesisRun, run_schemathesis
from benchmarks.targets import counted_target
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.reference.defects.registry import Defect, Variation

SAMPLE = 24
VARIATIONS = 8
FEWER_EXAMPLES = (10, 50, 100)
_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Trial:
    """What both made of one entry. `requests` are those that reached the target in a whole run of the suite.

    `fewer` are Schemathesis's runs with fewer examples, the fewest first.
    """

    entry: Defect | Variation
    self_test: bool
    ours: OurRun
    requests: int
    schemathesis: SchemathesisRun
    fewer: tuple[SchemathesisRun, ...] = ()

    @property
    def found_by_whole_run(self) -> bool:
        """Whether a whole run found the clause broken that the defect breaks."""
        return isinstance(self.entry, Defect) and self.entry.breaks in self.ours.found

    @property
    def blamed_by_whole_run(self) -> bool:
        """Whether a whole run blamed a variation for what it may do."""
        return not self.ours.found <= set(self.entry.warns if isinstance(self.entry, Variation) else ())


def stratified(groups: Mapping[str, Sequence[str]], size: int, seed: int) -> list[str]:
    """`size` names, from each group its share; where the names suffice, at least one from each.

    The same for the same seed.
    """
    names = sum(map(len, groups.values()))
    if size >= names:
        return [name for group in groups.values() for name in group]
    source = random.Random(seed)
    shares = {key: size * len(group) / names for key, group in groups.items()}
    least = 1 if size >= len(groups) else 0
    counts = {key: max(least, int(share)) for key, share in shares.items()}
    while (missing := size - sum(counts.values())) != 0:
        step = 1 if missing > 0 else -1
        # The group that is furthest from its share gives or takes next.
        movable = [key for key in groups if step > 0 or counts[key] > least]
        furthest = max(movable, key=lambda key: step * (shares[key] - counts[key]))
        counts[furthest] += step
    return [name for key, group in groups.items() for name in sorted(source.sample(list(group), counts[key]))]


def chosen_defects(size: int | None, seed: int) -> list[Defect]:
    """A sample of the defects, area by area; all of them for None."""
    defects = catalogue.defects()
    areas: dict[str, list[str]] = {}
    for defect in defects.values():
        areas.setdefault(defect.area, []).append(defect.name)
    return [defects[name] for name in stratified(areas, len(defects) if size is None else size, seed)]


def count() -> int:
    """How many defects the catalogue has."""
    return len(catalogue.defects())


def chosen_variations(size: int | None, seed: int) -> list[Variation]:
    """A sample of the variations that hold in every suite; all of those for None."""
    every = {name: each for name, each in catalogue.variations().items() if each.rate_limit is None}
    return [every[name] for name in stratified({"": list(every)}, len(every) if size is None else size, seed)]


def measure(
    entries: Sequence[Defect | Variation],
    *,
    examples: int = EXAMPLES,
    fewer: Sequence[int] = (),
    told: Callable[[Trial], None] = lambda _: None,
) -> list[Trial]:
    """Try the entries, and tell of each as it is done. Schemathesis draws `examples`, and each number in `fewer`."""
    right = _self_test([entry.name for entry in entries])
    trials = []
    for entry in entries:
        trials.append(_trial(entry, examples, fewer, self_test=right[entry.name]))
        told(trials[-1])
    return trials


def _self_test(names: Sequence[str]) -> dict[str, bool]:
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "self-test.json"
        process = run_process([COMMAND, "self-test", *names, "--json", result], folder=Path(folder))
        if not result.exists():
            raise RuntimeError(f"the self-test left no result (exit code {process.code}):\n{process.output}")
        trials = json.loads(result.read_text(encoding="utf-8"))["trials"]
    return {trial["name"]: bool(trial["as_it_should_be"]) for trial in trials}


def _trial(entry: Defect | Variation, examples: int, fewer: Sequence[int], *, self_test: bool) -> Trial:
    prefixes = ("throttling", entry.breaks) if isinstance(entry, Defect) and entry.rate_limit is not None else ()
    with counted_target(entry.name) as target:
        settings = target.server.settings
        ours = run_ours(
            target.server.url,
            suite="all",
            prefixes=prefixes,
            contract=entry.revision,
            # A target that verifies no signature can't know who may start nothing.
            denied=settings.denied if settings.verify_signatures else None,
        )
        requests = target.requests
    *before, schemathesis = (_schemathesis(entry, number) for number in (*fewer, examples))
    return Trial(entry, self_test, ours, requests, schemathesis, tuple(before))


def _schemathesis(entry: Defect | Variation, examples: int) -> SchemathesisRun:
    with counted_target(entry.name) as target:
        return run_schemathesis(target, examples=examples, contract=entry.revision)


def by_requests(defects: Sequence[Trial]) -> dict[str, list[tuple[float, float]]]:
    """The share of the defects that have been found, by how many requests had been sent to each target.

    For Schemathesis there is a point for each number of examples, at the median of its requests.
    """
    own = sorted(
        trial.ours.found_after[trial.entry.breaks]
        for trial in defects
        if isinstance(trial.entry, Defect) and trial.entry.breaks in trial.ours.found_after
    )
    theirs = []
    for runs in zip(*((*trial.fewer, trial.schemathesis) for trial in defects), strict=True):
        requests = median(run.requests for run in runs)
        theirs.append((float(requests), sum(run.alarmed for run in runs) / len(defects)))
    suite = [(float(requests), number / len(defects)) for number, requests in enumerate(own, 1)]
    return {"the suite": [(0.0, 0.0), *suite], "Schemathesis": [(0.0, 0.0), *theirs]}


def curve(defects: Sequence[Trial]) -> str:
    """The requests to a target after which so many of the defects are found, as a table."""
    lines = by_requests(defects)
    rows = [(f"{share:.0%}", *(_needed(line, share) for line in lines.values())) for share in _SHARES]
    return table(("defects found", *(f"requests of {name}" for name in lines)), rows)


def _needed(line: Sequence[tuple[float, float]], share: float) -> str:
    return next((f"{requests:,.0f}" for requests, found in line if found >= share), "never")


def section(defects: Sequence[Trial], variations: Sequence[Trial]) -> str:
    """The figures as a part of a Markdown page."""
    return "\n\n".join(_paragraphs(defects, variations))


def _paragraphs(defects: Sequence[Trial], variations: Sequence[Trial]) -> Iterator[str]:
    yield table(
        ("", "defects found", "variations blamed", "requests a target", "seconds a target"),
        (
            (
                "`self-test` (by its clause)",
                _share(trial.self_test for trial in defects),
                _share(not trial.self_test for trial in variations),
                "",
                "",
            ),
            (
                "`run --suite all` (by its clause)",
                _share(trial.found_by_whole_run for trial in defects),
                _share(trial.blamed_by_whole_run for trial in variations),
                Spread.of(trial.requests for trial in defects).text(0),
                Spread.of(trial.ours.process.seconds for trial in defects).text(1),
            ),
            (
                "Schemathesis (by any report)",
                _share(trial.schemathesis.alarmed for trial in defects),
                _share(trial.schemathesis.alarmed for trial in variations),
                Spread.of(trial.schemathesis.requests for trial in defects).text(0),
                Spread.of(trial.schemathesis.process.seconds for trial in defects).text(1),
            ),
        ),
    )
    yield table(("area", "defects", "`self-test`", "`run --suite all`", "Schemathesis"), _by_area(defects))
    missed = [trial.entry.name for trial in defects if not trial.self_test or not trial.found_by_whole_run]
    yield f"Missed by the suite: {_names(missed)}."
    yield f"Missed by Schemathesis: {_names(t.entry.name for t in defects if not t.schemathesis.alarmed)}."
    blamed = [f"`{t.entry.name}` ({_names(t.schemathesis.findings)})" for t in variations if t.schemathesis.alarmed]
    yield f"Blamed by Schemathesis: {'; '.join(blamed) or 'none'}."


def shares(defects: Sequence[Trial]) -> dict[str, tuple[float, float]]:
    """By area the shares that the suite's self-test and Schemathesis found."""
    return {f"{area} ({count})": (ours / count, theirs / count) for area, count, ours, _, theirs in _by_area(defects)}


def _by_area(defects: Sequence[Trial]) -> Iterator[tuple[str, int, int, int, int]]:
    areas = Counter(_area(trial) for trial in defects)
    for area, count in areas.items():
        own = [trial for trial in defects if _area(trial) == area]
        yield (
            area,
            count,
            sum(trial.self_test for trial in own),
            sum(trial.found_by_whole_run for trial in own),
            sum(trial.schemathesis.alarmed for trial in own),
        )


def _area(trial: Trial) -> str:
    return trial.entry.area if isinstance(trial.entry, Defect) else ""


def _share(hits: Iterable[bool]) -> str:
    hits = list(hits)
    return f"{sum(hits)} of {len(hits)}" + (f" ({sum(hits) / len(hits):.0%})" if hits else "")


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _tell(trial: Trial) -> None:
    alarm = ", ".join(trial.schemathesis.findings) or "nothing"
    ours = ", ".join(sorted(trial.ours.found)) or "nothing"
    print(f"{trial.entry.name}: the suite {ours}; Schemathesis {alarm}"[:160], flush=True)


def main() -> None:
    """Measure and print the tables."""
    options = argparse.ArgumentParser(description="Mutation score of the suite and of Schemathesis.")
    options.add_argument("--sample", type=int, metavar="N", help="so many defects, of each area its share; all else")
    options.add_argument("--variations", type=int, metavar="N", help="so many variations; all by default")
    options.add_argument("--seed", type=int, default=1, metavar="S", help="of the sample (default: %(default)s)")
    options.add_argument(
        "--examples", type=int, nargs="*", default=[], metavar="N", help=f"Schemathesis's, besides {EXAMPLES}"
    )
    chosen = options.parse_args()
    defects = measure(chosen_defects(chosen.sample, chosen.seed), fewer=sorted(chosen.examples), told=_tell)
    variations = measure(chosen_variations(chosen.variations, chosen.seed), told=_tell)
    print(section(defects, variations), curve(defects), sep="\n\n")


if __name__ == "__main__":
    main()
