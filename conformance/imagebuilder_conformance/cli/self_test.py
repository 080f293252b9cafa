"""`self-test`: every defect of the reference target must be found, and no conformant variation blamed."""

import json
import os
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import click

from imagebuilder_conformance.cli.exits import EXIT_NO_VERDICT
from imagebuilder_conformance.settings import DEFAULT_SEED

EXIT_IMPERFECT = 1


@click.command("self-test")
@click.argument("names", metavar="[NAME ...]", nargs=-1)
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="The seed of the generated cases.")
@click.option(
    "--workers", type=click.IntRange(min=1), help="How many trials run side by side; two for each core by default."
)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the result as JSON.")
@click.option(
    "--write-page", type=click.Path(dir_okay=False, path_type=Path), help="Write the result as a Markdown page."
)
def command(
    names: tuple[str, ...], seed: int, workers: int | None, json_file: Path | None, write_page: Path | None
) -> None:
    """Run the suites against every defect and every variation of the reference target, or those NAMEd.

    Exits 0 if each defect is found by a check of the clause that it breaks and no variation is blamed, else 1.
    """
    from imagebuilder_conformance.reference.defects import catalogue
    from imagebuilder_conformance.selftest.page import page
    from imagebuilder_conformance.selftest.score import Score, to_json
    from imagebuilder_conformance.selftest.trials import Trial, find, run_trials
    from imagebuilder_reports.writing import write_text

    try:
        chosen = [find(name).name for name in names] or [*catalogue.defects(), *catalogue.variations()]
    except catalogue.UnknownNameError as error:
        raise click.UsageError(str(error)) from None
    chosen = _that_can_be_tried(chosen, named=bool(names))
    began = time.monotonic()
    tried: list[Trial] = []

    def show(trial: Trial) -> None:
        tried.append(trial)
        came = ", ".join(trial.broken) or trial.verdict
        click.echo(f"[{len(tried)}/{len(chosen)}] {trial.outcome:<11} {trial.name}  ({came})"[:160])

    def score() -> Score:
        return Score(tuple(tried), version("imagebuilder-conformance"), seed, time.monotonic() - began)

    # Half of a trial is waiting: for retention, for throttling, between tries.
    try:
        trials = run_trials(chosen, seed=seed, workers=workers or 2 * (os.cpu_count() or 1), on_trial=show)
    except KeyboardInterrupt:
        told = f": {score().sentence()}" if tried else ""
        click.echo(f"interrupted after {len(tried)} of {len(chosen)} trials; no file is written{told}")
        raise SystemExit(EXIT_NO_VERDICT) from None
    total = replace(score(), trials=tuple(trials))
    if json_file is not None:
        write_text(json_file, json.dumps(to_json(total), indent=1) + "\n")
    if write_page is not None:
        write_text(write_page, page(total))
    for trial in (*total.survivors, *total.false_alarms):
        click.echo(f"{trial.name}: {trial.sentence} Expected {', '.join(trial.expected) or 'nothing'} to be broken; ")
        click.echo(f"  broken were {', '.join(trial.broken) or 'none'} ({trial.verdict}, {trial.ending})")
    click.echo(f"{total.sentence()}, in {total.seconds:.0f} s")
    raise SystemExit(0 if total.is_perfect else EXIT_IMPERFECT)


def _that_can_be_tried(names: list[str], *, named: bool) -> list[str]:
    """The names without those whose suite lacks its extra here. Raises `click.UsageError` if they were asked for."""
    from imagebuilder_conformance.extras import ExtraMissingError
    from imagebuilder_conformance.selftest.trials import missing_for

    missing = {name: suite for name in names if (suite := missing_for(name))}
    for suite in dict.fromkeys(missing.values()):
        left_out = [name for name in missing if missing[name] is suite]
        sentence = f"{', '.join(left_out[:3])}{' …' if left_out[3:] else ''}: {ExtraMissingError(suite)}"
        if named:
            raise click.UsageError(sentence)
        click.echo(f"left out, {len(left_out)} defects of the suite {suite}: {sentence}")
    return [name for name in names if name not in missing]
