"""`plan`: what a run would do, and what it would cost. Sends nothing."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imagebuilder_conformance.cli.problems import usage
from imagebuilder_conformance.cli.run_options import run_options
from imagebuilder_conformance.settings import Sources, resolve

if TYPE_CHECKING:
    from imagebuilder_conformance.running.planning import Plan


@click.command("plan")
@click.argument("prefixes", metavar="[CLAUSE_PREFIX ...]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Put the plan out as JSON.")
@run_options
def command(config: Path | None, *, as_json: bool, **flags: Any) -> None:
    """Say what `run` with the same options would do: clauses, checks, requests, image builds, IAM permissions.

    Sends nothing, asks for no credentials, and needs no --allow-aws.
    """
    from imagebuilder_conformance.running.planning import plan
    from imagebuilder_conformance.suites import active_checks

    with usage():
        settings = resolve(Sources(flags, os.environ, config), sends=False)
    planned = plan(settings, active_checks())
    click.echo(json.dumps(planned.record(), indent=2) if as_json else "\n".join(_lines(planned)))


def _lines(planned: "Plan") -> Iterator[str]:
    yield f"target: {planned.target}"
    yield f"contract: {planned.contract}; suites: {', '.join(planned.suites)}"
    yield ""
    yield f"{planned.sentence}."
    yield f"The least that judges every MUST: {planned.least}. Without a limit: about {planned.declared}, or more."
    yield f"Cost: {planned.cost}."
    yield ""
    yield "clauses:"
    yield from (f"  {clause}" for clause in planned.clauses)
    yield ""
    yield "IAM has to allow, for pipelines that do not exist too, as they are asked for:"
    yield json.dumps(planned.policy, indent=2)
