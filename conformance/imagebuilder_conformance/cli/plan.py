"""`plan`: what a run would do, and what it would cost. Sends nothing to the target."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imagebuilder_conformance.cli.problems import NoVerdictError, UnusableError, usage
from imagebuilder_conformance.cli.run_options import run_options
from imagebuilder_conformance.settings import Settings, Sources, resolve

if TYPE_CHECKING:
    from imagebuilder_conformance.probing.revisions import Fit
    from imagebuilder_conformance.running.planning import Plan


@click.command("plan")
@click.argument("prefixes", metavar="[CLAUSE_PREFIX ...]", nargs=-1)
@click.option("--probe", is_flag=True, help="Ask the target for free which revision of the contract it follows.")
@click.option("--json", "as_json", is_flag=True, help="Put the plan out as JSON.")
@run_options
def command(config: Path | None, *, as_json: bool, probe: bool, **flags: Any) -> None:
    """Say what `run` with the same options would do: clauses, checks, requests, image builds, IAM permissions.

    Sends the target nothing, asks for no credentials, and needs no --allow-aws, unless --probe is given: that sends
    up to three requests for a pipeline that does not exist, which can start nothing. The figures are those of a
    rehearsal against the reference target, on this machine.
    """
    from imagebuilder_conformance.running.planning import plan
    from imagebuilder_conformance.suites import active_checks

    with usage():
        settings = resolve(Sources(flags, os.environ, config), sends=probe)
        if settings.failed_in is not None:
            from imagebuilder_conformance.running.failed_in import take_up

            earlier = take_up(settings, settings.failed_in)
            if earlier.nothing_left:
                raise UnusableError(earlier.nothing_left)
            settings = earlier.settings
    fit = _probe(settings) if probe else None
    planned = plan(settings, active_checks())
    if as_json:
        asked = {} if fit is None else {"revision": {"fits": list(fit.revisions), "sentence": fit.sentence}}
        click.echo(json.dumps(planned.record() | asked, indent=2))
        return
    _show(planned, settings, fit)


def _probe(settings: Settings) -> "Fit":
    """Ask the target which revision it follows.

    Raises:
        UnusableError: There is no target to ask but the embedded one.
        NoVerdictError: It does not answer, or refuses the caller.
    """
    from imagebuilder_conformance.running.preflight import NoVerdictError as NothingToJudgeError
    from imagebuilder_conformance.running.preflight import probe

    if settings.target is None:
        raise UnusableError("--probe asks a target: say which with --endpoint-url; the embedded one keeps --contract")
    try:
        return probe(settings.target, settings.contract)
    except NothingToJudgeError as none:
        raise NoVerdictError(str(none)) from none


def _show(planned: "Plan", settings: Settings, fit: "Fit | None") -> None:
    from rich.console import Console

    from imagebuilder_conformance.cli.surroundings import outlet
    from imagebuilder_reports.writers.terminal import inert_text, show_facts, table
    from imagebuilder_spec import load_contract

    console = Console(file=outlet(), highlight=False)
    show_facts(console, _facts(planned, settings, fit))
    clauses = table("clause", "level", "suite")
    contract = load_contract(planned.contract).clauses
    for id_ in planned.clauses:
        clauses.add_row(id_, contract[id_].level, contract[id_].suite)
    console.print("", clauses, sep="\n")
    # Unbroken, as it is copied.
    console.print("\nIAM has to allow, for pipelines that do not exist too, as they are asked for:", soft_wrap=True)
    console.print(inert_text(json.dumps(planned.policy, indent=2)), soft_wrap=True)
    for note in planned.notes:
        console.print("", inert_text(f"{note[0].upper()}{note[1:]}."), sep="\n", soft_wrap=True)


def _facts(planned: "Plan", settings: Settings, fit: "Fit | None") -> Iterator[tuple[str, str]]:
    yield "target", planned.target
    if fit is not None:
        yield "revision", fit.sentence
    # What it costs is said below.
    yield from ((name, value) for name, value in settings.describe().items() if name != "cost")
    for place, line in enumerate(planned.provision):
        yield "" if place else "makes first", line
    yield "plan", f"{planned.sentence}."
    yield "builds", f"{planned.least} at least to judge every MUST; without a limit about {planned.declared}, or more"
    yield "cost", planned.cost
    if not planned.judged:
        yield "verdict", "none, exit 3: a conformant target shows none of these clauses by itself"
