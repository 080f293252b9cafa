"""`drift`: has the SDK's model of the operation moved away from the contract?"""

from pathlib import Path

import click

from imagebuilder_conformance.cli.inputs import PATH, output_option, put
from imagebuilder_conformance.cli.problems import UnusableError
from imagebuilder_spec import DEFAULT_REVISION, load_contract, revisions

_EXIT_DIFFERENT = 1


@click.command("drift")
@click.option("--contract", "revision", type=click.Choice(revisions()), default=DEFAULT_REVISION, show_default=True)
@click.option(
    "--model",
    metavar="FILE",
    type=PATH,
    help="A service-2.json, or a Smithy model in JSON; by default the model of the installed botocore.",
)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@output_option()
def command(revision: str, model: Path | None, form: str, output: Path | None) -> None:
    """Compare a revision of the contract with a service model of the operation.

    Of each difference it tells whether the suite now blames correct targets, or misses broken ones, if the model is
    right, and which clauses rest on it.

    Exits 0 if both agree, 1 if they differ, 2 if the model can't be had or read.
    """
    from imagebuilder_conformance.drift.comparing import compare
    from imagebuilder_conformance.drift.forms import Drift, drift_json, drift_markdown, drift_text
    from imagebuilder_conformance.drift.nodes import UnreadableModelError
    from imagebuilder_conformance.drift.sources import from_botocore, from_file
    from imagebuilder_reports.legible import printable

    contract = load_contract(revision)
    name = contract.operation.name
    try:
        source = from_botocore(name) if model is None else from_file(model, name)
    except UnreadableModelError as error:
        raise UnusableError(printable(" ".join(str(error).split()))) from error
    drift = Drift(revision, contract.digest, source.name, compare(contract, source.model))
    forms = {"text": drift_text, "markdown": drift_markdown, "json": drift_json}
    put(forms[form](drift), output)
    raise SystemExit(_EXIT_DIFFERENT if drift.differences else 0)
