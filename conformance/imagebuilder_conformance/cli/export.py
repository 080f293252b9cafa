"""`export`: the contract of a revision for mocks, validators and generators."""

import json
from pathlib import Path

import click

from imagebuilder_conformance.cli.inputs import output_option, put
from imagebuilder_spec import DEFAULT_REVISION, load_contract, revisions

_PARTS = ("request", "response", "error")


@click.command("export")
@click.option("--format", "form", type=click.Choice(["openapi", "json-schema", "smithy"]), required=True)
@click.option("--contract", "revision", type=click.Choice(revisions()), default=DEFAULT_REVISION, show_default=True)
@click.option("--part", type=click.Choice(_PARTS), help="One body only, as a JSON Schema of its own.")
@click.option(
    "--pipeline-arn",
    "pipelines",
    metavar="ARN",
    multiple=True,
    help="A pipeline for an example of a request in the OpenAPI document; repeat it for more.",
)
@output_option()
def command(form: str, revision: str, part: str | None, pipelines: tuple[str, ...], output: Path | None) -> None:
    """Write the contract for other tools. What it means in each of them is in docs/schemas.md."""
    from imagebuilder_spec.exporting import json_schema_document, openapi_document, smithy_model

    if part is not None and form != "json-schema":
        raise click.UsageError("--part goes with --format json-schema")
    if pipelines and form != "openapi":
        raise click.UsageError("--pipeline-arn goes with --format openapi")
    contract = load_contract(revision)
    if form == "openapi":
        document = openapi_document(contract, pipelines)
    elif form == "json-schema":
        document = json_schema_document(contract, part)
    else:
        document = smithy_model(contract)
    put(json.dumps(document, indent=2) + "\n", output)
