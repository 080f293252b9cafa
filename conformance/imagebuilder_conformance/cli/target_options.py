"""The options that describe a target and how to call it."""

from collections.abc import Callable
from functools import reduce
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def target_options(*, default: str) -> Callable[[Command], Command]:
    """The options that say which target to call; `default` says which one it is without them."""
    options = (
        click.option(
            "--endpoint-url",
            metavar="URL",
            help=f"The target. Else AWS_ENDPOINT_URL_IMAGEBUILDER, AWS_ENDPOINT_URL, else {default}.",
        ),
        click.option("--region", metavar="R", help="The region to sign for; that of the pipelines by default."),
        click.option("--profile", metavar="P", help="The AWS profile to sign with; takes the extra `aws`."),
        click.option(
            "--pipeline-arn",
            metavar="ARN",
            multiple=True,
            help="A pipeline that the target knows. Mismatches need two.",
        ),
    )
    return _all(options)


def call_options() -> Callable[[Command], Command]:
    """The options that say what calling the target may cost, and how to reach it."""
    options = (
        click.option(
            "--max-executions",
            metavar="N",
            type=click.IntRange(min=0),
            help="Start at most N image builds; by default no limit, on AWS the least that judges every MUST.",
        ),
        click.option(
            "--allow-aws",
            is_flag=True,
            default=None,
            help="Do call AWS, where each accepted call starts a real image build.",
        ),
        click.option(
            "--allow-insecure-token",
            is_flag=True,
            default=None,
            help="Do send a session token over http to a host that is not this machine.",
        ),
        click.option("--ca-bundle", metavar="FILE", help="The certificates to trust."),
        click.option("--verify-ssl/--no-verify-ssl", default=None, help="Whether to verify TLS certificates."),
        click.option(
            "--connect-timeout", metavar="S", type=float, help="Seconds to wait for a connection; 5 by default."
        ),
        click.option("--read-timeout", metavar="S", type=float, help="Seconds to wait for an answer; 10 by default."),
    )
    return _all(options)


def _all(options: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    return lambda command: reduce(lambda decorated, option: option(decorated), reversed(options), command)
