"""`merge`: the reports of partial runs as one."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imagebuilder_conformance.cli.exits import exit_code
from imagebuilder_conformance.cli.inputs import PATH, load, report_argument

if TYPE_CHECKING:
    from imagebuilder_conformance.cli.leaving import Unwritten
    from imagebuilder_reports.model import Report


@click.command("merge")
@report_argument("parts", metavar="A B ...", many=True)
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    type=PATH,
    required=True,
    help="A folder, which gets every form of the report, or a file that ends in .json.",
)
@click.option("--allow-incomplete", is_flag=True, help="Exit 0 also if the parts together are incomplete.")
def command(parts: tuple[Path, ...], output: Path, *, allow_incomplete: bool) -> None:
    """Make one report of those of partial runs, by clause prefix or by machine.

    It is complete only if the parts together are. Exits as `run` does, by the verdict of the whole.
    """
    from imagebuilder_reports.legible import shown_in_line
    from imagebuilder_reports.merge import merge

    reports = [load(part) for part in parts]
    merged = merge(reports)
    unwritten = _write(merged.report, output)
    for contradiction in merged.contradictions:
        click.echo(f"The parts contradict each other on {shown_in_line(contradiction)}", err=True)
    _show(reports, merged.report)
    for each in unwritten:
        click.echo(each.sentence, err=True)
    raise SystemExit(exit_code(merged.report, allow_incomplete=allow_incomplete, unwritten=unwritten))


def _show(parts: "Sequence[Report]", whole: "Report") -> None:
    """The parts, and the whole in the layout of a run."""
    from rich.console import Console

    from imagebuilder_conformance.cli.surroundings import outlet
    from imagebuilder_reports.legible import shown_in_line
    from imagebuilder_reports.writers.terminal import area_table, inert_text, show_facts

    console = Console(file=outlet(), highlight=False)
    show_facts(
        console,
        (
            (f"part {number}", shown_in_line(f"{part.target.name}, {part.run.started[:16]}: {part.verdict_sentence}"))
            for number, part in enumerate(parts, start=1)
        ),
    )
    console.print("", area_table(whole), "", sep="\n")
    console.print(inert_text(shown_in_line(whole.verdict_sentence)), soft_wrap=True)


def _write(report: "Report", output: Path) -> "list[Unwritten]":
    """Write the report, not where a run is under way; gives each form that could not be made."""
    from imagebuilder_conformance.cli.leaving import leave
    from imagebuilder_reports.folder import claimed
    from imagebuilder_reports.reading import EVENTS_FILE
    from imagebuilder_reports.writing import write_report_json

    if output.suffix == ".json" and not output.is_dir():
        with claimed(output.parent) if (output.parent / EVENTS_FILE).exists() else nullcontext():
            write_report_json(report, output)
        return []
    with claimed(output):
        return leave(report, output)
