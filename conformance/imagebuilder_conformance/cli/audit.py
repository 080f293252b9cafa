"""`audit`: judge recorded traffic."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imagebuilder_conformance.cli.exits import EXIT_NO_VERDICT, exit_code
from imagebuilder_conformance.cli.inputs import PATH, put
from imagebuilder_conformance.cli.render import FORMS
from imagebuilder_spec import DEFAULT_REVISION, revisions

if TYPE_CHECKING:
    from imagebuilder_conformance.auditing.tallying import Counts
    from imagebuilder_reports.model import Report

_FOLDER = Path("audit-report")


@click.command("audit")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
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
    type=PATH,
    help=f"Where the report goes; {_FOLDER} by default, and nowhere with --format.",
)
@click.option(
    "--format", "form", type=click.Choice(FORMS), help="Put the report out in this form, instead of a summary."
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(
    files: tuple[Path, ...], contract: str, report_dir: Path | None, form: str | None, *, strict: bool, as_json: bool
) -> None:
    """Judge traffic that was recorded elsewhere, and send nothing.

    FILE is a HAR, an events.jsonl of this suite, or a folder with any of them. What is no call of the operation is left
    out. Only the answers that the recording holds can be judged: the other clauses are not run.

    Exits 0 if nothing is broken, 1 if a MUST is, 2 if a file can't be read, 3 if nothing could be judged or a stream
    was cut short.
    """
    form = "json" if as_json else form
    folder = report_dir or (None if form else _FOLDER)
    raise SystemExit(_audit(files, contract, folder, form, strict=strict))


def _audit(files: Sequence[Path], contract: str, folder: Path | None, form: str | None, *, strict: bool) -> int:
    from imagebuilder_conformance.auditing.auditor import Auditor
    from imagebuilder_conformance.auditing.recordings import audit, find
    from imagebuilder_conformance.auditing.spilling import Spill
    from imagebuilder_spec import load_contract

    recordings = find(files)
    if folder is not None:
        _expect_apart(folder, recordings)
    revision = load_contract(contract)
    with Spill() as spill:
        auditor = Auditor(revision, table=spill.table, strict=strict)
        counts = audit(recordings, revision, auditor)
        if not auditor.calls:
            among = f"; {counts}" if str(counts) else ""
            click.echo(f"nothing to judge: no call of {revision.operation.name} was recorded{among}", err=True)
            return EXIT_NO_VERDICT
        report = auditor.close(incomplete="; ".join(counts.incomplete) or None, measured=counts.measured)
    return _conclude(report, counts, folder, form)


def _conclude(report: "Report", counts: "Counts", folder: Path | None, form: str | None) -> int:
    from imagebuilder_conformance.cli.display import Display
    from imagebuilder_conformance.cli.leaving import leave, taken
    from imagebuilder_conformance.settings import Settings
    from imagebuilder_reports.writers import FORMATS

    with taken(folder):
        unwritten = leave(report, folder)
    if form is not None:
        put(FORMATS[form].render(report), None)
    else:
        display = Display(Settings(None, report_dir=folder))
        display.conclude(report)
        if str(counts):
            display.say(str(counts), "dim")
    for sentence in unwritten:
        click.echo(sentence, err=True)
    return exit_code(report, allow_incomplete=False, unwritten=unwritten)


def _expect_apart(folder: Path, recordings: Sequence[Path]) -> None:
    """See that the report does not take the place of what is audited: its folder is cleared."""
    for path in recordings:
        if path.resolve().is_relative_to(folder.resolve()):
            raise click.UsageError(f"{path} lies in {folder}, which the report would take: give another --report-dir")
