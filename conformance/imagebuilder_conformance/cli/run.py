"""`run`: judge a target and leave a report."""

import atexit
import gc
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imagebuilder_conformance.cli.exits import EXIT_INTERNAL_ERROR, exit_code
from imagebuilder_conformance.cli.problems import usage
from imagebuilder_conformance.cli.run_options import run_options
from imagebuilder_conformance.settings import Settings, Sources, resolve
from imagebuilder_conformance.target import is_aws_host

if TYPE_CHECKING:
    from imagebuilder_reports.baseline import Baseline


@click.command("run")
@click.argument("prefixes", metavar="[CLAUSE_PREFIX ...]", nargs=-1)
@run_options
def command(config: Path | None, **flags: Any) -> None:
    """Judge a target, clause by clause, and leave a report.

    CLAUSE_PREFIX limits the run to clauses below it, such as `idempotency` or `request.client-token`.
    """
    with usage():
        settings = resolve(Sources(flags, os.environ, config), report_dir="conformance-report")
    # On its way out Python would search everything for garbage once more, for a tenth of a second.
    atexit.register(gc.freeze)
    raise SystemExit(run(settings))


def run(settings: Settings) -> int:
    """Run the suites by the settings, leave the report, and give the exit code.

    Raises `ReportError`, before anything is sent, where the baseline can't be read or the folder can't be had. The
    baseline comes first: who mistyped its name gets no folder.
    """
    from imagebuilder_conformance.cli.leaving import taken
    from imagebuilder_reports.baseline import read_baseline

    baseline = read_baseline(settings.baseline) if settings.baseline else None
    with taken(settings.report_dir):
        return _judge(settings, baseline)


def _judge(settings: Settings, baseline: "Baseline | None") -> int:
    from imagebuilder_conformance.cli.baseline import gate_of
    from imagebuilder_conformance.cli.display import Display
    from imagebuilder_conformance.cli.leaving import leave
    from imagebuilder_conformance.running.own_pytest import run_suites
    from imagebuilder_conformance.running.planning import plan
    from imagebuilder_conformance.suites import active_checks
    from imagebuilder_reports.report import fold

    display = Display(settings)
    if settings.target is not None and is_aws_host(settings.target.host):
        # Said before anything is sent: each build costs money.
        planned = plan(settings, active_checks())
        display.say(f"plan: {planned.sentence}; {planned.cost}")
    with _signals_interrupt():
        run_suites(display)
    if not display.events:
        display.say("The suite itself failed before it could begin; this is a bug of the suite.")
        return EXIT_INTERNAL_ERROR
    report = fold(display.events)
    if baseline is not None:
        report = gate_of(report, baseline)
    unwritten = leave(report, settings.report_dir)
    display.conclude(report)
    for sentence in unwritten:
        display.say(sentence, "red", in_one_piece=True)
    return exit_code(report, allow_incomplete=settings.allow_incomplete, unwritten=unwritten)


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Let SIGTERM end the run as Ctrl-C does, so that it leaves its report.

    SIGINT is set too: a shell that starts a job in the background has it ignored.
    """
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
