"""`matrix`: several targets side by side."""

from pathlib import Path

import click

from imagebuilder_conformance.cli.inputs import load, output_option, put, report_argument


@click.command("matrix")
@report_argument("reports", metavar="A B ...", many=True)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "html"]), default="text", show_default=True)
@click.option("--name", "names", metavar="NAME", multiple=True, help="What to call a target: one for each report.")
@output_option()
def command(reports: tuple[Path, ...], form: str, names: tuple[str, ...], output: Path | None) -> None:
    """Put reports side by side: a column for each, a row for each clause."""
    if names and len(names) != len(reports):
        raise click.UsageError(f"--name: expected one for each of the {len(reports)} reports, got {len(names)}")
    from imagebuilder_reports.matrix import matrix
    from imagebuilder_reports.writers.matrix_forms import matrix_html, matrix_markdown, matrix_text

    forms = {"text": matrix_text, "markdown": matrix_markdown, "html": matrix_html}
    put(forms[form](matrix([load(report) for report in reports], names)), output)
