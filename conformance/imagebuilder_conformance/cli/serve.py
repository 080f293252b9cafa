"""`imagebuilder-conformance serve`: the reference target alone, kept or broken on purpose."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from imagebuilder_conformance.cli.inputs import once
from imagebuilder_conformance.cli.numbers import FiniteRange
from imagebuilder_conformance.cli.problems import UnusableError
from imagebuilder_conformance.target import is_aws_host
from imagebuilder_spec import DEFAULT_REVISION, load_contract, revisions

if TYPE_CHECKING:
    from imagebuilder_conformance.reference.behaviour import Behaviour
    from imagebuilder_conformance.reference.defects.registry import Entry
    from imagebuilder_conformance.reference.settings import Settings

DEFAULT_PORT = 8470


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0: a free one.")
@once("--defect", metavar="NAME", help="Serve a target with this defect.")
@once("--variation", metavar="NAME", help="Serve a target that is unusual and right.")
@once("--proxy", metavar="URL", help="Serve the fault interface in front of the target at this URL instead.")
@click.option("--list-defects", is_flag=True, help="Print the defects by area, with the clause that each breaks.")
@click.option("--list-variations", is_flag=True, help="Print the variations.")
@click.option("--pipeline-arn", "pipelines", metavar="ARN", multiple=True, help="A pipeline that exists; repeat it.")
@click.option(
    "--lifecycle",
    is_flag=True,
    help="Let time pass as on the service: images appear late, build for long, are not cancelled or deleted at once; "
    "two requests a second; temporary keys that end.",
)
@click.option("--rate-limit", type=FiniteRange(min=0, min_open=True), help="Requests a second.")
@click.option("--verify-signatures/--no-verify-signatures", default=True, show_default=True)
@click.option(
    "--allow-unsigned-payload",
    is_flag=True,
    help="Accept bodies that are not signed, where the client says UNSIGNED-PAYLOAD in place of their hash.",
)
@click.option(
    "--contract",
    type=click.Choice(revisions()),
    help=f"The revision of the contract to keep; that of the defect or variation, else {DEFAULT_REVISION}.",
)
def command(
    *,
    port: int,
    defect: str | None,
    variation: str | None,
    proxy: str | None,
    list_defects: bool,
    list_variations: bool,
    pipelines: tuple[str, ...],
    lifecycle: bool,
    rate_limit: float | None,
    verify_signatures: bool,
    allow_unsigned_payload: bool,
    contract: str | None,
) -> None:
    """Serve the reference target on loopback until SIGINT or SIGTERM."""
    if list_defects or list_variations:
        _print_catalogue(defects=list_defects, variations=list_variations)
        return
    if proxy is not None:
        others = defect or variation or pipelines or rate_limit or lifecycle or allow_unsigned_payload
        _serve_proxy(proxy, port, others=others)
        return
    # The server's libraries take a moment to load; --help and the other commands do without.
    from imagebuilder_conformance.reference.settings import DEFAULT_PIPELINES, Lifecycle, Settings

    entry = _entry(defect, variation)
    revision = contract or (DEFAULT_REVISION if entry is None else entry.revision)
    if entry is not None and not entry.shows_in(revision):
        raise UnusableError(
            f"{entry.name} is about what revision {revision} does not have; serve it with --contract {entry.revision}."
        )
    try:
        settings = Settings(
            pipelines=pipelines or DEFAULT_PIPELINES,
            rate_limit=rate_limit or (Lifecycle().rate_limit if lifecycle else None),
            lifecycle=Lifecycle() if lifecycle else None,
            verify_signatures=verify_signatures,
            allow_unsigned_payload=allow_unsigned_payload,
            contract=load_contract(revision),
        )
    except ValueError as error:
        raise UnusableError(str(error)) from error
    _serve(settings, entry, port)


def _serve_proxy(url: str, port: int, *, others: object) -> None:
    from imagebuilder_conformance.reference.proxy import proxy_for
    from imagebuilder_conformance.reference.settings import Settings

    if others:
        raise UnusableError("--proxy serves another target; the options that describe this one exclude it.")
    try:
        behaviour = proxy_for(url)
    except ValueError as error:
        raise UnusableError(f"--proxy: {error}") from error
    if is_aws_host(behaviour.upstream.hostname or ""):
        raise UnusableError("--proxy: no fault is demanded of AWS.")
    _listen(Settings(), behaviour, port, lambda own: click.echo(f"Listening on {own}\n  in front of:           {url}"))


def _entry(defect: str | None, variation: str | None) -> "Entry | None":
    from imagebuilder_conformance.reference.defects import catalogue

    if defect is not None and variation is not None:
        raise UnusableError("--defect and --variation exclude each other.")
    try:
        if defect is not None:
            return catalogue.find_defect(defect)
        if variation is not None:
            return catalogue.find_variation(variation)
    except catalogue.UnknownNameError as error:
        raise UnusableError(str(error)) from error
    return None


def _serve(settings: "Settings", entry: "Entry | None", port: int) -> None:
    from imagebuilder_conformance.reference.behaviour import Behaviour
    from imagebuilder_conformance.reference.lifecycle import ServiceLike

    settings = settings if entry is None else entry.settings(settings)
    if settings.allow_unsigned_payload and not settings.verify_signatures:
        raise UnusableError("--allow-unsigned-payload is about signatures, and this target verifies none.")
    behaviour = entry.behaviour if entry is not None else ServiceLike if settings.lifecycle is not None else Behaviour
    _listen(settings, behaviour, port, lambda url: _announce(url, settings, entry))


def _listen(settings: "Settings", behaviour: "type[Behaviour]", port: int, ready: Callable[[str], None]) -> None:
    from imagebuilder_conformance.reference.server import serve_forever

    try:
        serve_forever(settings, behaviour=behaviour, port=port, ready=ready)
    except OSError as error:
        raise UnusableError(
            f"Cannot listen on port {port}: {os.strerror(error.errno or 0)}; choose another with --port."
        ) from error


def _announce(url: str, settings: "Settings", entry: "Entry | None") -> None:
    from imagebuilder_conformance.reference.credentials import SESSION_CREDENTIALS, TEMPORARY_KEY_PREFIX

    # echo flushes, so whoever started it with a pipe sees the lines at once.
    click.echo(f"Listening on {url}")
    click.echo(f"  contract:              {settings.contract.revision}")
    for arn in settings.pipelines:
        click.echo(f"  pipeline:              {arn}")
    if settings.verify_signatures:
        click.echo(f"  AWS_ACCESS_KEY_ID:     {settings.credentials.access_key_id}")
        click.echo(f"  AWS_SECRET_ACCESS_KEY: {settings.credentials.secret_access_key}")
        click.echo(f"  region:                {settings.region}")
        session = SESSION_CREDENTIALS
        click.echo(
            f"  with a session token:  {session.access_key_id}, {session.secret_access_key}, {session.session_token}"
        )
        click.echo(f"  a caller who is denied: {settings.denied.access_key_id}, {settings.denied.secret_access_key}")
        if settings.allow_unsigned_payload:
            click.echo("  unsigned payloads:     accepted")
    else:
        click.echo("  signatures:            not verified")
    if settings.lifecycle is not None:
        click.echo(
            f"  temporary keys:        {TEMPORARY_KEY_PREFIX}SECONDS, with the same secret and any session token"
        )
    if entry is not None:
        click.echo(f"  {entry.name}: {entry.sentence}")


def _print_catalogue(*, defects: bool, variations: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from imagebuilder_conformance.reference.defects import catalogue

    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    if defects:
        table = Table("Area", "Defect", "Sentence", "Breaks", "Revision", title="Defects")
        for defect in (*catalogue.defects().values(), *catalogue.load_defects().values()):
            table.add_row(defect.area, defect.name, escape(defect.sentence), defect.breaks, defect.revision)
        console.print(table)
    if variations:
        table = Table("Variation", "Sentence", "May warn about", "Revision", title="Variations")
        for variation in catalogue.variations().values():
            table.add_row(variation.name, escape(variation.sentence), ", ".join(variation.warns), variation.revision)
        console.print(table)
