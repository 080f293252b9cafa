"""`cleanup`: cancel and delete the images that runs started, and what was made for the runs."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imagebuilder_conformance.cli.exits import EXIT_CONFORMANT, EXIT_NON_CONFORMANT
from imagebuilder_conformance.cli.inputs import report_argument
from imagebuilder_conformance.cli.problems import NoVerdictError, UnusableError, usage

if TYPE_CHECKING:
    from imagebuilder_conformance.cleaning.patience import Patience
    from imagebuilder_conformance.cli.cleaning_display import Account
    from imagebuilder_conformance.target import Target
    from imagebuilder_reports.ledger import Ledger, StartedBuilds

_ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_IMAGEBUILDER", "AWS_ENDPOINT_URL")


@click.command("cleanup")
@report_argument("report")
@click.option("--dry-run", is_flag=True, help="Only look, and tell what would be done.")
@click.option("--forget", is_flag=True, help="Take everything off the list instead, without asking the target.")
@click.option("--endpoint-url", metavar="URL", help="Where the images are, if not at the endpoint of the report.")
@click.option("--region", metavar="R", help="The region to sign for; that of the report by default.")
@click.option("--profile", metavar="P", help="The AWS profile to sign with.")
@click.option("--allow-aws", is_flag=True, default=None, help="Do call AWS.")
@click.option(
    "--allow-insecure-token", is_flag=True, default=None, help="Do send a session token over http to another machine."
)
@click.option(
    "--visible-after",
    metavar="S",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds after its start until an image that the target does not show counts as gone.",
)
@click.option(
    "--patience",
    metavar="S",
    type=click.FloatRange(min=0),
    default=300.0,
    show_default=True,
    help="Seconds to try again what is refused, since any image got further.",
)
def command(report: Path, *, dry_run: bool, forget: bool, visible_after: float, patience: float, **flags: Any) -> None:
    """Cancel and delete the images that a run started, then what --provision made for it, and nothing else.

    REPORT is a folder, with the builds of earlier runs into it that are still on the list; or a report.json or an
    events.jsonl, for those of one run; also of a run that was killed. Starts of unknown outcome are listed with the
    images that may have come of them, which are left for you to look at.

    Exits 0 if everything is gone, 1 if something could not be removed, is for you to look at, or was left by a finished
    build, 3 if the target can't be reached.
    """
    from imagebuilder_conformance.cleaning.patience import Patience
    from imagebuilder_reports.ledger import Ledger, started_builds

    ledger = Ledger(report if report.is_dir() else report.parent)
    listed = started_builds(report)
    if forget:
        for builds in listed:
            _forget(builds, ledger)
        return
    # The report that is named is looked through also where nothing of it is open any more.
    last = listed[-1]
    to_clean = [each for each in listed if each.is_open or (each is last and (each.may_have_started or each.remaining))]
    if not to_clean:
        click.echo(_nothing(listed[-1]))
        return
    known = {each.image for builds in listed for each in builds.executions if each.image is not None}
    codes = []
    for builds in to_clean:
        try:
            codes.append(_clean(builds, ledger, flags, known, Patience(visible_after, patience), dry_run=dry_run))
        # A target that is gone, or may not be called, must not hide what other runs have started elsewhere.
        except click.ClickException as error:
            _name_what_stays(ledger.merged(builds))
            if len(to_clean) == 1:
                raise
            error.show()
            codes.append(error.exit_code)
    raise SystemExit(max(codes))


def _name_what_stays(builds: "StartedBuilds") -> None:
    from imagebuilder_conformance.cli.cleaning_display import show

    images = dict.fromkeys(each.image for each in builds.executions if each.image is not None)
    show(*(f"{image}  left" for image in images if image not in builds.removed))
    if unknown := sum(each.image is None for each in builds.executions):
        show(f"{unknown} of unknown outcome")
    show(*(f"{each.words}  left" for each in builds.remaining))


def _nothing(last: "StartedBuilds") -> str:
    if last.target.recorded:
        return "The report is of recorded traffic: nothing in it was started by a run."
    if last.target.reference and last.executions:
        return "The run was against the embedded reference target, which is gone with its images."
    return "The run started no image: there is nothing to clean up."


def _forget(builds: "StartedBuilds", ledger: "Ledger") -> None:
    from imagebuilder_reports.legible import shown_in_line

    for start in builds.executions:
        what = start.image or f"a start of unknown outcome, token {start.token!r}"
        click.echo(shown_in_line(f"forgotten: {what}"))
    for image, outputs in builds.outputs.items():
        click.echo(shown_in_line(f"forgotten: {', '.join(outputs)}, made by {image}"))
    for resource in builds.remaining:
        click.echo(shown_in_line(f"forgotten: {resource.words}"))
    ledger.keep(replace(builds, settled=True, outputs={}))


def _clean(
    builds: "StartedBuilds",
    ledger: "Ledger",
    flags: Mapping[str, Any],
    known: set[str],
    patience: "Patience",
    *,
    dry_run: bool,
) -> int:
    """Clean up after one run; gives the exit code."""
    target = _target(builds, flags)
    if find_spec("boto3") is None:
        raise UnusableError("cleanup takes boto3: pip install 'imagebuilder-conformance[aws]'")
    from imagebuilder_conformance.cli.cleaning_display import Account, show

    show(f"{target.endpoint}, {target.region}, the run of {builds.started}", "")
    account = Account(builds, ledger, keeps=not dry_run)
    with _reaching(target):
        show(target.signer)
        clean_target(account, target, known, patience, dry_run=dry_run)
    show("", account.summary())
    account.conclude()
    return EXIT_NON_CONFORMANT if account.is_open else EXIT_CONFORMANT


def clean_target(
    account: "Account",
    target: "Target",
    known: set[str],
    patience: "Patience",
    *,
    dry_run: bool = False,
    images_only: bool = False,
) -> None:
    """Remove from a target the images of a run, and then, unless `images_only`, what was made for it."""
    from imagebuilder_conformance.cleaning.connecting import client_of

    client, elsewhere = client_of(target), _is_elsewhere(account.builds, target)
    _remove(account, client, known, patience, elsewhere=elsewhere, dry_run=dry_run)
    if account.builds.remaining and not images_only:
        _take_away(account, client, patience, elsewhere=elsewhere, dry_run=dry_run)


def _target(builds: "StartedBuilds", flags: Mapping[str, Any]) -> "Target":
    """Where the images are: at the report's own endpoint, unless a flag says otherwise.

    An endpoint of the environment is meant for other commands. One that differs is refused: the images are not there.
    """
    from imagebuilder_conformance.configuration.endpoint import plain_endpoint, resolve_target
    from imagebuilder_conformance.configuration.selection import contract_of
    from imagebuilder_conformance.configuration.sources import Sources, gather

    recorded = builds.target
    described: dict[str, Any] = {
        "endpoint_url": recorded.endpoint,
        "region": recorded.region,
        "pipeline_arn": recorded.pipelines,
    }
    if not recorded.pipelines:
        # The run was to make them, and was ended before it had.
        described["provision"] = True
    with usage():
        contract_of(builds.contract)
        given = gather(Sources(flags))
        if flags.get("endpoint_url") is None and "endpoint_url" in given:
            _expect_same(plain_endpoint(given.pop("endpoint_url")), plain_endpoint(recorded.endpoint))
        target = resolve_target(described | given, os.environ)
    if target is None:
        raise UnusableError(f"the report names no endpoint: {recorded.endpoint!r}")
    return target


def _expect_same(environments: str, reports: str) -> None:
    from imagebuilder_conformance.configuration.usage import UsageError

    if environments.rstrip("/") != reports.rstrip("/"):
        name = next(name for name in _ENDPOINT_VARIABLES if os.environ.get(name))
        raise UsageError(
            f"{name} says {environments}, and the images are at {reports}; unset it, or say --endpoint-url {reports}"
        )


def _is_elsewhere(builds: "StartedBuilds", target: "Target") -> bool:
    """Whether the target is not that of the run: what it does not know need not be gone."""
    same = target.endpoint.rstrip("/") == builds.target.endpoint.rstrip("/") and target.region == builds.target.region
    return not same


@contextmanager
def _reaching(target: "Target") -> Iterator[None]:
    """Turn what keeps the SDK from calling at all into one sentence."""
    from botocore.exceptions import BotoCoreError

    from imagebuilder_conformance.cleaning.images import UNREACHABLE
    from imagebuilder_conformance.target import CredentialsLostError

    try:
        yield
    except UNREACHABLE as error:
        raise NoVerdictError(f"{target.endpoint} does not answer: {' '.join(str(error).split())}") from error
    except (BotoCoreError, CredentialsLostError) as error:
        raise UnusableError(f"{target.endpoint} can't be called: {' '.join(str(error).split())}") from error


def _remove(
    account: "Account", client: Any, known: set[str], patience: "Patience", *, elsewhere: bool, dry_run: bool
) -> None:
    from imagebuilder_conformance.cleaning.images import Images
    from imagebuilder_conformance.cleaning.removal import Remover, named_starts
    from imagebuilder_conformance.cleaning.suspicion import Detective
    from imagebuilder_conformance.cli.cleaning_display import show
    from imagebuilder_spec import load_contract

    builds, images = account.builds, Images(client)
    contract = load_contract(builds.contract)
    starts, others = named_starts(builds, contract)
    for removal in others:
        account.take(removal)
    remover = Remover(images, builds, patience, elsewhere=elsewhere)
    for removal in remover.preview(starts) if dry_run else remover.remove(starts):
        account.take(removal)
    detective = Detective(images, replace(patience, visible=remover.visible), known=known)
    wait = detective.wait_for([each for each in builds.executions if each.image is None])
    if wait:
        show(f"waiting {wait:.0f} s, until what a start of unknown outcome brought about must be listed")
    for doubt in detective.suspicions(builds, contract):
        account.doubt(doubt)


def _take_away(account: "Account", client: Any, patience: "Patience", *, elsewhere: bool, dry_run: bool) -> None:
    """Take away what was made for a run, once its images are gone."""
    from imagebuilder_conformance.cli.cleaning_display import show
    from imagebuilder_conformance.provisioning.removing import Taker

    remaining = account.builds.remaining
    if dry_run:
        show(*(f"{each.words}  would be deleted" for each in reversed(remaining)))
        return
    if account.has_candidates:
        # The list of a pipeline's images goes with it.
        show("what was made for the run stays until the images to look at are gone; call cleanup again then")
        return
    Taker(
        client,
        account.note,
        patience=patience.progress,
        visible=patience.visible,
        started=account.builds.started,
        elsewhere=elsewhere,
    ).take_away(remaining)
    show(*(f"{each.words}  left: {each.reason}" for each in account.builds.remaining))
