"""`merge`: the reports of partial runs as one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from imagebuilder_conformance.cli.exits import exit_code
from imagebuilder_conformance.cli.inputs import PATH, load, report_argument
from imagebuilder_conformance.cli.problems import UnusableError

if TYPE_CHECKING:
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
    from imagebuilder_reports.merge import merge

    merged = merge([load(part) for part in parts])
    unwritten = _write(merged.report, output)
    for contradiction in merged.contradictions:
        click.echo(f"The parts contradict each other on {contradiction}", err=True)
    click.echo(merged.report.verdict_sentence)
    for sentence in unwritten:
        click.echo(sentence, err=True)
    raise SystemExit(exit_code(merged.report, allow_incomplete=allow_incomplete, unwritten=unwritten))


def _write(report: "Report", output: Path) -> list[str]:
    """Write the report; gives a sentence for each form that could not be made."""
    from imagebuilder_conformance.cli.leaving import leave
    from imagebuilder_reports.writing import write_report_json

    if output.suffix == ".json" and not output.is_dir():
        write_report_json(report, output)
        return []
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableError(f"{output} can't be made a folder: {error.strerror}") from error
    return leave(report, output)
