"""`cleanup`: cancel and delete the images that a run started."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imagebuilder_conformance.cli.exits import EXIT_CONFORMANT, EXIT_NON_CONFORMANT
from imagebuilder_conformance.cli.inputs import load, report_argument
from imagebuilder_conformance.cli.problems import NoVerdictError, UnusableError, usage

if TYPE_CHECKING:
    from imagebuilder_conformance.cleaning.images import Images
    from imagebuilder_conformance.cleaning.removal import Removal
    from imagebuilder_conformance.cleaning.suspicion import Suspicion
    from imagebuilder_conformance.target import Target
    from imagebuilder_reports.model import Execution, Report
    from imagebuilder_spec import Contract


@click.command("cleanup")
@report_argument("report")
@click.option("--dry-run", is_flag=True, help="Only look, and tell what would be done.")
@click.option(
    "--endpoint-url",
    metavar="URL",
    help="Where the images are. Else AWS_ENDPOINT_URL_IMAGEBUILDER, AWS_ENDPOINT_URL, else the one of the report.",
)
@click.option("--region", metavar="R", help="The region to sign for; that of the report by default.")
@click.option("--profile", metavar="P", help="The AWS profile to sign with.")
@click.option("--allow-aws", is_flag=True, default=None, help="Do call AWS.")
def command(report: Path, *, dry_run: bool, **flags: Any) -> None:
    """Cancel and delete the images that a run started, and no others.

    REPORT is a report.json, an events.jsonl, or the folder of either; also of a run that was killed. Starts of unknown
    outcome are listed with the images that may have come of them, which are left for you to look at.

    Exits 0 if everything is gone, 1 if something could not be removed or is for you to look at, 3 if the target can't
    be reached.
    """
    recorded = load(report, cut_short=True)
    if not recorded.executions:
        click.echo("The run started no image: there is nothing to clean up.")
        return
    target = _target(recorded, flags)
    if target is None:
        click.echo("The run was against the embedded reference target, which is gone with its images.")
        return
    _show(f"{target.endpoint}, {target.region}\n")
    with _reaching(target):
        raise SystemExit(_clean(recorded, target, dry_run=dry_run))


def _target(report: "Report", given: dict[str, Any]) -> "Target | None":
    """Where the images are: flags beat the environment, which beats the report. None if they are nowhere any more."""
    from imagebuilder_conformance.configuration.endpoint import resolve_target
    from imagebuilder_conformance.configuration.selection import contract_of
    from imagebuilder_conformance.configuration.sources import Sources, gather

    described = {"region": report.target.region, "pipeline_arn": report.target.pipelines}
    if not report.target.reference:
        described["endpoint_url"] = report.target.endpoint
    with usage():
        contract_of(report.suite.contract)
        options = described | gather(Sources(given))
        return resolve_target(options, os.environ) if "endpoint_url" in options else None


@contextmanager
def _reaching(target: "Target") -> Iterator[None]:
    """Turn what keeps the SDK from calling at all into one sentence."""
    if find_spec("boto3") is None:
        raise UnusableError("cleanup takes boto3: pip install 'imagebuilder-conformance[aws]'")
    from botocore.exceptions import BotoCoreError

    from imagebuilder_conformance.cleaning.images import UNREACHABLE
    from imagebuilder_conformance.target import CredentialsLostError

    try:
        yield
    except UNREACHABLE as error:
        raise NoVerdictError(f"{target.endpoint} does not answer: {' '.join(str(error).split())}") from error
    except (BotoCoreError, CredentialsLostError) as error:
        raise UnusableError(f"{target.endpoint} can't be called: {' '.join(str(error).split())}") from error


def _clean(report: "Report", target: "Target", *, dry_run: bool) -> int:
    from imagebuilder_conformance.cleaning.connecting import client_of
    from imagebuilder_conformance.cleaning.images import Images
    from imagebuilder_conformance.cleaning.suspicion import suspicions
    from imagebuilder_spec import load_contract

    contract = load_contract(report.suite.contract)
    images = Images(client_of(target))
    removals = []
    for removal in _removals(report, contract, images, dry_run=dry_run):
        removals.append(removal)
        _show("\n".join(_removal_lines(removal)))
    doubts = []
    for doubt in suspicions(report, contract, images):
        doubts.append(doubt)
        _show("\n".join(_doubt_lines(doubt)))
    _show(f"\n{_summary(removals, doubts)}")
    return _exit_code(removals, doubts)


def _removals(report: "Report", contract: "Contract", images: "Images", *, dry_run: bool) -> Iterable["Removal"]:
    from imagebuilder_conformance.cleaning.removal import Remover, named_images

    named, unusable = named_images(report, contract)
    yield from unusable
    remover = Remover(images)
    yield from remover.preview(named) if dry_run else remover.remove(named)


def _removal_lines(removal: "Removal") -> Iterator[str]:
    yield f"{removal.image}  {removal.words}"
    for output in removal.outputs:
        yield f"  made {output}, which stays: deleting an image leaves what it made"


def _doubt_lines(doubt: "Suspicion") -> Iterator[str]:
    for first, *others in _by_token(doubt.starts):
        again = f", sent {1 + len(others)} times" if others else ""
        yield f"may have been started: {_start(first)}{again}"
    for image in doubt.candidates:
        created = f"created {image.created.isoformat(timespec='seconds')}" if image.created else "no date"
        yield f"  look at {image.arn}, {image.status}, {created}; nothing was done to it"
    if doubt.unlisted:
        yield f"  which images there are can't be told: {doubt.unlisted}"
    elif not doubt.candidates:
        yield "  there is no image of that time that the report does not list"


def _by_token(starts: Iterable["Execution"]) -> Iterable[list["Execution"]]:
    """The sendings of each token together; a sending without a token stands alone."""
    groups: dict[tuple[str | None, ...], list[Execution]] = {}
    for start in starts:
        key = (start.exchange,) if start.token is None else (start.token, start.pipeline)
        groups.setdefault(key, []).append(start)
    return groups.values()


def _start(start: "Execution") -> str:
    token = "no token" if start.token is None else f"token {start.token!r}"
    pipeline = "no pipeline" if start.pipeline is None else f"pipeline {start.pipeline}"
    return f"{token}, {pipeline}, at {start.sent or 'an unknown time'} ({start.exchange})"


def _summary(removals: Sequence["Removal"], doubts: Sequence["Suspicion"]) -> str:
    fates = Counter(removal.fate for removal in removals)
    images = f"{len(removals)} image{'' if len(removals) == 1 else 's'}"
    told = ", ".join(f"{count} {fate}" for fate, count in fates.items())
    starts = sum(len(doubt.starts) for doubt in doubts)
    candidates = len({image.arn for doubt in doubts for image in doubt.candidates})
    parts = [f"{images}: {told}" if told else images]
    if starts:
        parts.append(f"{starts} of unknown outcome, {candidates} to look at")
    return "; ".join(parts)


def _exit_code(removals: Sequence["Removal"], doubts: Sequence["Suspicion"]) -> int:
    from imagebuilder_conformance.cleaning.removal import Fate

    open_ends = any(each.fate is Fate.LEFT for each in removals) or any(each.is_open for each in doubts)
    return EXIT_NON_CONFORMANT if open_ends else EXIT_CONFORMANT


def _show(text: str) -> None:
    from imagebuilder_reports.legible import printable

    click.echo(printable(text))
