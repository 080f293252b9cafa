"""`diff`: what changed from one report to another."""

from pathlib import Path

import click

from imagebuilder_conformance.cli.inputs import load, output_option, put, report_argument

_EXIT_REGRESSED = 1


@click.command("diff")
@report_argument("before", metavar="A")
@report_argument("after", metavar="B")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "html"]), default="text", show_default=True)
@output_option()
def command(before: Path, after: Path, form: str, output: Path | None) -> None:
    """Say what changed from report A to report B: newly broken, still broken, mended, not comparable.

    Exits 1 only if something is newly broken.
    """
    from imagebuilder_reports.diff import compare
    from imagebuilder_reports.writers.diff_forms import diff_html, diff_markdown, diff_text

    forms = {"text": diff_text, "markdown": diff_markdown, "html": diff_html}
    difference = compare(load(before), load(after))
    put(forms[form](difference), output)
    raise SystemExit(_EXIT_REGRESSED if difference.regressed else 0)
