"""`diff`: what changed from one report to another."""

from pathlib import Path

import click

from imagebuilder_conformance.cli.exits import EXIT_CONFORMANT, EXIT_NO_VERDICT
from imagebuilder_conformance.cli.inputs import load, output_option, put, report_argument
from imagebuilder_spec import load_contract

_EXIT_REGRESSED = 1


@click.command("diff")
@report_argument("before", metavar="A")
@report_argument("after", metavar="B")
@click.option(
    "--answers",
    is_flag=True,
    help="Compare what was answered instead of the verdicts. A and B are folders of runs, or recordings as `audit` "
    "reads them.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html", "json"]),
    default="text",
    show_default=True,
    help="html is for verdicts, json for answers.",
)
@output_option()
def command(before: Path, after: Path, form: str, output: Path | None, *, answers: bool) -> None:
    """Say what changed from report A to report B: newly broken, still broken, mended, not comparable.

    Exits 1 only if something is newly broken, and 3 if nothing could be compared. With --answers: which questions were
    answered otherwise, paired by what was asked and never by token; then exits 1 if any was, 3 if none was put to both.
    """
    if form == ("html" if answers else "json"):
        raise click.UsageError(f"--format {form} is not for {'answers' if answers else 'verdicts'}")
    raise SystemExit(_answers(before, after, form, output) if answers else _verdicts(before, after, form, output))


def _verdicts(before: Path, after: Path, form: str, output: Path | None) -> int:
    from imagebuilder_reports.diff import compare
    from imagebuilder_reports.writers.diff_forms import diff_html, diff_markdown, diff_text

    forms = {"text": diff_text, "markdown": diff_markdown, "html": diff_html}
    difference = compare(load(before), load(after))
    put(forms[form](difference), output)
    if difference.regressed:
        return _EXIT_REGRESSED
    return EXIT_CONFORMANT if difference.compared else EXIT_NO_VERDICT


def _answers(before: Path, after: Path, form: str, output: Path | None) -> int:
    from imagebuilder_conformance.auditing.account import Accounts
    from imagebuilder_conformance.auditing.answers.comparing import compare_answers
    from imagebuilder_conformance.auditing.answers.forms import answers_json, answers_markdown, answers_text
    from imagebuilder_conformance.auditing.files import find
    from imagebuilder_conformance.auditing.recordings import exchanges
    from imagebuilder_conformance.auditing.spilling import Spill

    contract = load_contract()
    with Spill() as spill:
        sides = [
            [exchange for _, exchange in exchanges(find([path]), contract, Accounts(), spill)]
            for path in (before, after)
        ]
    comparison = compare_answers(sides[0], sides[1], contract)
    forms = {"text": answers_text, "markdown": answers_markdown, "json": answers_json}
    put(forms[form](comparison), output)
    if comparison.differences:
        return _EXIT_REGRESSED
    return EXIT_CONFORMANT if comparison.compared else EXIT_NO_VERDICT
