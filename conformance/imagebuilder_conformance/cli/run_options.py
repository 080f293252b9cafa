"""The options of `run`, which `plan` has too."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

import click

from imagebuilder_conformance.cli.target_options import call_options, target_options
from imagebuilder_conformance.configuration.provision import INSTANCE_PROFILE
from imagebuilder_conformance.settings import DEFAULT_SEED
from imagebuilder_spec import Suite, revisions

Command = TypeVar("Command", bound=Callable[..., Any])


def run_options(command: Command) -> Command:
    """Add the options that say what is judged, how, and where the report goes."""
    options: tuple[Callable[[Command], Command], ...] = (
        target_options(default="the embedded reference target"),
        click.option(
            "--provision",
            is_flag=True,
            default=None,
            help="Make two pipelines on the target, and take them away afterwards. It takes the extra aws.",
        ),
        click.option("--keep", is_flag=True, default=None, help="Leave what --provision makes."),
        click.option(
            "--instance-profile",
            metavar="NAME",
            help=f"What builds of --provision run with; {INSTANCE_PROFILE} by default.",
        ),
        click.option(
            "--contract",
            type=click.Choice(revisions()),
            help=f"The revision of the contract; {revisions()[0]} by default.",
        ),
        click.option(
            "--suite",
            type=click.Choice([*(suite.value for suite in Suite), "all"]),
            multiple=True,
            help="core by default, all on the embedded target and where clauses are named.",
        ),
        click.option(
            "--denied-profile",
            metavar="P",
            help="An AWS profile of a caller without the permission, to see it refused. It takes the extra aws.",
        ),
        click.option(
            "--allow-incomplete",
            is_flag=True,
            default=None,
            help="Let a run that is incomplete but found nothing exit 0.",
        ),
        click.option(
            "--sdk-python",
            metavar="PATH",
            help="An interpreter of Python whose boto3 makes the calls of the suite sdk; that beside this by default.",
        ),
        click.option("--rate-limit", metavar="R", type=float, help="Send at most R requests a second, all told."),
        click.option(
            "--time-limit",
            metavar="S",
            type=float,
            help="End the run, incomplete, after S seconds.",
        ),
        click.option(
            "--thorough",
            is_flag=True,
            default=None,
            help="Ask what seldom pays too: more rounds of races, and every pair of tokens that a store may fold.",
        ),
        click.option(
            "--retention",
            metavar="S",
            type=float,
            help="Wait until the first token of the run is S seconds old before it is replayed; 1.5 by default.",
        ),
        click.option("--strict", is_flag=True, default=None, help="Let broken SHOULDs count."),
        click.option("--baseline", metavar="FILE", help="A list of known failures, which the exit code then follows."),
        click.option(
            "--failed-in",
            metavar="REPORT",
            help="Make again only what failed, or has no verdict, in an earlier report; its other verdicts stand.",
        ),
        click.option("--stop-after", metavar="N", type=int, help="End the run after N failed checks."),
        click.option(
            "--workers",
            metavar="N|auto",
            help="How many make checks at the same time; auto, the default: as many as pay on a target so fast.",
        ),
        click.option("--seed", metavar="N|random", help=f"The seed of the generated cases; {DEFAULT_SEED} by default."),
        click.option("--config", type=click.Path(path_type=Path), help="A TOML file with these options."),
        click.option("--report-dir", metavar="DIR", help="Where the report goes; conformance-report by default."),
        click.option("--debug-log", metavar="FILE", help="Write a line for each decision of the run to this file."),
        call_options(),
    )
    return reduce(lambda decorated, option: option(decorated), reversed(options), command)
