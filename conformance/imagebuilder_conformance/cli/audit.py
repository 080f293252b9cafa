"""`audit`: judge recorded traffic."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from imagebuilder_conformance.cli.exits import EXIT_NO_VERDICT, exit_code
from imagebuilder_conformance.cli.inputs import PATH, NamedFolder, put
from imagebuilder_conformance.cli.render import FORMS
from imagebuilder_reports.legible import printable
from imagebuilder_spec import DEFAULT_REVISION, revisions

if TYPE_CHECKING:
    from imagebuilder_conformance.auditing.account import Accounts
    from imagebuilder_reports.model import Report

_FOLDER = Path("audit-report")


@click.command("audit")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@click.option(
    "--endpoint-url",
    metavar="URL",
    help="Judge the calls of this endpoint only, base path included; by default those of every host.",
)
@click.option(
    "--contract",
    type=click.Choice(revisions()),
    default=DEFAULT_REVISION,
    help=f"The revision of the contract; {DEFAULT_REVISION} by default.",
)
@click.option("--strict", is_flag=True, help="Let broken SHOULDs count.")
@click.option(
    "--report-dir",
    metavar="DIR",
    type=NamedFolder(path_type=Path),
    help=f"Where the report goes; {_FOLDER} by default, and nowhere with --format.",
)
@click.option(
    "--format", "form", type=click.Choice(FORMS), help="Put the report out in this form, instead of a summary."
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(
    files: tuple[Path, ...],
    endpoint_url: str | None,
    contract: str,
    report_dir: Path | None,
    form: str | None,
    *,
    strict: bool,
    as_json: bool,
) -> None:
    """Judge traffic that was recorded elsewhere, and send nothing.

    FILE is a HAR, CloudTrail records, a cassette of vcrpy, a debug log of botocore or the AWS CLI, an events.jsonl of
    this suite, each also gzipped or in a zip, or a folder with any of them. What is no call of the operation is left
    out, and so is what was not recorded. Only what the recording holds can be judged: the other clauses are not run.

    Exits 0 if nothing is broken, 1 if a MUST is, 2 if a file can't be read, 3 if nothing could be judged or a stream
    was cut short.
    """
    form = "json" if as_json else form
    folder = report_dir or (None if form else _FOLDER)
    raise SystemExit(_audit(files, endpoint_url, contract, folder, form, strict=strict))


def _audit(
    files: Sequence[Path], endpoint: str | None, contract: str, folder: Path | None, form: str | None, *, strict: bool
) -> int:
    from imagebuilder_conformance.auditing.auditor import Auditor
    from imagebuilder_conformance.auditing.files import find
    from imagebuilder_conformance.auditing.recordings import audit
    from imagebuilder_conformance.auditing.spilling import Spill
    from imagebuilder_spec import load_contract

    if endpoint is not None:
        _expect_url(endpoint)
    if folder is not None:
        _expect_apart(folder, files)
    recordings = find(files)
    revision = load_contract(contract)
    with Spill() as spill:
        auditor = Auditor(revision, table=spill.table, strict=strict)
        accounts = audit(recordings, revision, auditor, spill, endpoint=endpoint)
        if not auditor.calls:
            click.echo(f"nothing to judge: no call of {revision.operation.name} was recorded as a whole", err=True)
            for account in accounts:
                click.echo(printable(str(account)), err=True)
            return EXIT_NO_VERDICT
        report = auditor.close(incomplete=accounts.incomplete, measured=accounts.measured)
    return _conclude(report, accounts, folder, form)


def _conclude(report: "Report", accounts: "Accounts", folder: Path | None, form: str | None) -> int:
    from imagebuilder_conformance.cli.display import Display
    from imagebuilder_conformance.cli.forms import FORMATS
    from imagebuilder_conformance.cli.leaving import leave, taken
    from imagebuilder_conformance.settings import Settings

    with taken(folder):
        unwritten = leave(report, folder)
    if form is not None:
        put(FORMATS[form].render(report), None)
        for each in unwritten:
            click.echo(each.sentence, err=True)
    else:
        display = Display(Settings(None, report_dir=folder))
        display.conclude(report, unwritten=unwritten)
        for account in accounts:
            display.say(str(account), "dim")
        if str(accounts.witnesses):
            display.say(str(accounts.witnesses), "dim")
    return exit_code(report, allow_incomplete=False, unwritten=unwritten)


def _expect_apart(folder: Path, paths: Sequence[Path]) -> None:
    """See that the report does not take the place of what is audited: its folder is cleared."""
    for path in paths:
        if path.resolve().is_relative_to(folder.resolve()) or (path.is_dir() and folder.resolve() == path.resolve()):
            raise click.UsageError(f"{path} lies in {folder}, which the report would take: give another --report-dir")


def _expect_url(endpoint: str) -> None:
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.UsageError(f"--endpoint-url must be a URL such as http://localhost:4566, got {endpoint!r}")
