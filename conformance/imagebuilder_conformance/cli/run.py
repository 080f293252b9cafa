"""`run`: judge a target and leave a report."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from imagebuilder_conformance.settings import DEFAULT_SEED, Settings, Sources, UsageError, resolve
from imagebuilder_reports.verdicts import Ending, RunVerdict
from imagebuilder_spec import Suite, revisions

EXIT_CONFORMANT = 0
EXIT_NON_CONFORMANT = 1
EXIT_USAGE = 2
EXIT_NO_VERDICT = 3
EXIT_INTERNAL_ERROR = 4


@click.command("run")
@click.argument("prefixes", metavar="[CLAUSE_PREFIX ...]", nargs=-1)
@click.option(
    "--endpoint-url",
    metavar="URL",
    help="The target. Else AWS_ENDPOINT_URL_IMAGEBUILDER, AWS_ENDPOINT_URL, else the embedded reference target.",
)
@click.option("--region", metavar="R", help="The region to sign for; that of the pipelines by default.")
@click.option(
    "--pipeline-arn", metavar="ARN", multiple=True, help="A pipeline that the target knows. Mismatches need two."
)
@click.option(
    "--contract", type=click.Choice(revisions()), help=f"The revision of the contract; {revisions()[0]} by default."
)
@click.option(
    "--suite",
    type=click.Choice([*(suite.value for suite in Suite), "all"]),
    multiple=True,
    help="core by default, all on the embedded target and where clauses are named.",
)
@click.option("--max-executions", metavar="N", type=click.IntRange(min=0), help="Start at most N image builds.")
@click.option(
    "--allow-aws", is_flag=True, default=None, help="Do call AWS, where each accepted call starts a real image build."
)
@click.option(
    "--allow-incomplete", is_flag=True, default=None, help="Let a run that is incomplete but found nothing exit 0."
)
@click.option("--strict", is_flag=True, default=None, help="Let broken SHOULDs count.")
@click.option("--seed", metavar="N|random", help=f"The seed of the generated cases; {DEFAULT_SEED} by default.")
@click.option("--config", type=click.Path(path_type=Path), help="A TOML file with these options.")
@click.option("--report-dir", metavar="DIR", help="Where the report goes; conformance-report by default.")
@click.option("--ca-bundle", metavar="FILE", help="The certificates to trust.")
@click.option("--verify-ssl/--no-verify-ssl", default=None, help="Whether to verify TLS certificates.")
@click.option("--connect-timeout", metavar="S", type=float, help="Seconds to wait for a connection; 5 by default.")
@click.option("--read-timeout", metavar="S", type=float, help="Seconds to wait for an answer; 10 by default.")
def command(config: Path | None, **flags: Any) -> None:
    """Judge a target, clause by clause, and leave a report.

    CLAUSE_PREFIX limits the run to clauses below it, such as `idempotency` or `request.client-token`.
    """
    try:
        settings = resolve(Sources(flags, os.environ, config), report_dir="conformance-report")
    except UsageError as error:
        raise click.UsageError(str(error)) from None
    raise SystemExit(run(settings))


def run(settings: Settings) -> int:
    """Run the suites by the settings, write the report, and give the exit code."""
    from imagebuilder_conformance.cli.display import Display
    from imagebuilder_conformance.running.own_pytest import run_suites
    from imagebuilder_reports.report import fold
    from imagebuilder_reports.writing import write_report_json

    display = Display(settings)
    with _sigterm_interrupts():
        run_suites(display)
    if not display.events:
        display.say("The suite itself failed before it could begin; this is a bug of the suite.")
        return EXIT_INTERNAL_ERROR
    report = fold(display.events)
    if settings.report_dir is not None:
        write_report_json(report, settings.report_dir / "report.json")
    display.conclude(report)
    return exit_code(report.verdict, report.run.ending, allow_incomplete=settings.allow_incomplete)


def exit_code(verdict: RunVerdict, ending: Ending, *, allow_incomplete: bool) -> int:
    """The exit code of a run. An incomplete one is 0 only if that was asked for and something was judged."""
    if verdict is RunVerdict.NON_CONFORMANT:
        return EXIT_NON_CONFORMANT
    if verdict is RunVerdict.CONFORMANT:
        return EXIT_CONFORMANT
    if ending is Ending.INTERNAL_ERROR:
        return EXIT_INTERNAL_ERROR
    return EXIT_CONFORMANT if allow_incomplete and not ending.judges_nothing else EXIT_NO_VERDICT


@contextmanager
def _sigterm_interrupts() -> Iterator[None]:
    """Let SIGTERM end the run as Ctrl-C does, so that it leaves its report."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
