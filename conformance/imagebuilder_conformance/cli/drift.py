"""`drift`: has the SDK's model of the operation moved away from the contract?"""

from pathlib import Path

import click

from imagebuilder_conformance.cli.inputs import PATH, output_option, put
from imagebuilder_conformance.cli.problems import UnusableError
from imagebuilder_spec import DEFAULT_REVISION, Contract, load_contract, revisions

_EXIT_DIFFERENT = 1


@click.command("drift")
@click.option("--contract", "revision", type=click.Choice(revisions()), default=DEFAULT_REVISION, show_default=True)
@click.option(
    "--model",
    metavar="PATH",
    type=PATH,
    help="A service-2.json, plain or gzipped, a wheel or a folder with one, aws-sdk v2's *.min.json, or a Smithy model "
    "in JSON; by default the model of the installed botocore.",
)
@click.option(
    "--history",
    is_flag=True,
    help="Show what moved from model to model instead: those of all PATHs, oldest first. A PATH is a file, a package, "
    "or a folder of them.",
)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.argument("paths", metavar="[PATH...]", type=PATH, nargs=-1)
@output_option()
def command(
    revision: str, model: Path | None, form: str, paths: tuple[Path, ...], output: Path | None, *, history: bool
) -> None:
    """Compare a revision of the contract with a service model of the operation.

    Of each difference it says whether the suite now blames correct targets, or misses broken ones, if the model is
    right, and which clauses rest on it.

    Exits 0 if both agree, 1 if they differ, 2 if a model can't be had or read. With --history the newest model is the
    one that is compared.
    """
    from imagebuilder_conformance.drift.nodes import UnreadableModelError
    from imagebuilder_reports.legible import printable

    if bool(paths) is not history:
        raise click.UsageError("--history takes the models' files or folders" if history else "give PATHs to --history")
    if history and model is not None:
        raise click.UsageError("give either --model or --history")
    contract = load_contract(revision)
    try:
        text, different = _history(contract, paths, form) if history else _drift(contract, model, form)
    except UnreadableModelError as error:
        raise UnusableError(printable(" ".join(str(error).split()))) from error
    put(text, output)
    raise SystemExit(_EXIT_DIFFERENT if different else 0)


def _drift(contract: Contract, model: Path | None, form: str) -> tuple[str, bool]:
    from imagebuilder_conformance.drift.comparing import compare
    from imagebuilder_conformance.drift.forms import Drift, drift_json, drift_markdown, drift_text
    from imagebuilder_conformance.drift.sources import from_botocore, from_file

    name = contract.operation.name
    source = from_botocore(name) if model is None else from_file(model, name)
    differences = compare(contract, source.model)
    drift = Drift(contract.revision, contract.digest, source.name, differences, source.model.reduced)
    forms = {"text": drift_text, "markdown": drift_markdown, "json": drift_json}
    return forms[form](drift), bool(drift.differences)


def _history(contract: Contract, paths: tuple[Path, ...], form: str) -> tuple[str, bool]:
    from imagebuilder_conformance.drift.comparing import compare
    from imagebuilder_conformance.drift.history import history_json, history_markdown, history_text, steps
    from imagebuilder_conformance.drift.sources import history

    sources = history(paths, contract.operation.name)
    forms = {"text": history_text, "markdown": history_markdown, "json": history_json}
    return forms[form](steps(contract, sources)), bool(compare(contract, sources[-1].model))
