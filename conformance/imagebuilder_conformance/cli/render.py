"""`render`: a report in another form."""

from pathlib import Path

import click

from imagebuilder_conformance.cli.inputs import load, output_option, put, report_argument

# Named here too, so that `--help` need not load the writers.
FORMS = ("html", "markdown", "junit", "json", "badge", "shields")


@click.command("render")
@report_argument("report")
@click.option("--format", "form", type=click.Choice(FORMS), required=True, help="The form to write.")
@output_option()
@click.option("--allow-incomplete", is_flag=True, help="Render also a run that was killed, as far as it got.")
def command(report: Path, form: str, output: Path | None, *, allow_incomplete: bool) -> None:
    """Write a report in another form.

    REPORT is a report.json, an events.jsonl, or the folder of either.
    """
    from imagebuilder_conformance.cli.forms import FORMATS

    put(FORMATS[form].render(load(report, cut_short=allow_incomplete)), output)
