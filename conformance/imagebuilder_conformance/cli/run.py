"""`run`: judge a target and leave a report."""

import atexit
import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imagebuilder_conformance.cli.exits import (
    EXIT_INTERNAL_ERROR,
    EXIT_NO_VERDICT,
    EXIT_NON_CONFORMANT,
    EXIT_USAGE,
    exit_code,
)
from imagebuilder_conformance.cli.problems import usage
from imagebuilder_conformance.cli.run_options import run_options
from imagebuilder_conformance.settings import Settings, Sources, resolve
from imagebuilder_conformance.stopping import current
from imagebuilder_reports.verdicts import Ending

if TYPE_CHECKING:
    from imagebuilder_conformance.cli.display import Display
    from imagebuilder_conformance.cli.own_pipelines import OwnPipelines
    from imagebuilder_conformance.running.failed_in import Earlier
    from imagebuilder_reports.baseline import Baseline
    from imagebuilder_reports.events import Event
    from imagebuilder_reports.model import Report


# How long, in seconds, a run that has to be ended may take away what it made; what it has to say is said after it.
_LAST_WORDS = 0.4


@click.command("run")
@click.argument("prefixes", metavar="[CLAUSE_PREFIX ...]", nargs=-1)
@run_options
def command(config: Path | None, **flags: Any) -> None:
    """Judge a target, clause by clause, and leave a report.

    CLAUSE_PREFIX limits the run to clauses below it, such as `idempotency` or `request.client-token`.
    """
    with usage():
        settings = resolve(Sources(flags, os.environ, config), report_dir="conformance-report")
        if settings.target is not None and settings.prefixes:
            _expect_pipelines(settings)
    # On its way out Python would search everything for garbage once more, for a tenth of a second.
    atexit.register(gc.freeze)
    raise SystemExit(run(settings))


def _expect_pipelines(settings: Settings) -> None:
    from imagebuilder_conformance.running.selection import expect_pipelines_of_mismatches
    from imagebuilder_conformance.suites import active_checks
    from imagebuilder_spec import load_contract

    expect_pipelines_of_mismatches(settings, load_contract(settings.contract), active_checks())


def run(settings: Settings) -> int:
    """Run the suites by the settings, leave the report, and give the exit code.

    Raises `ReportError`, before anything is sent, where the baseline or an earlier report can't be read or the folder
    can't be had, and `click.UsageError` where the earlier report can't be carried on. Those come first: who mistyped
    a name gets no folder.
    """
    from imagebuilder_conformance.cli.leaving import taken
    from imagebuilder_reports.baseline import read_baseline

    baseline = read_baseline(settings.baseline) if settings.baseline else None
    earlier = None
    if settings.failed_in is not None:
        from imagebuilder_conformance.running.failed_in import take_up

        with usage():
            earlier = take_up(settings, settings.failed_in)
        if earlier.nothing_left:
            return _nothing_again(earlier, earlier.nothing_left, baseline)
        settings = earlier.settings
    with taken(settings.report_dir):
        return _judge(settings, baseline, earlier.report if earlier else None)


def _nothing_again(earlier: "Earlier", sentence: str, baseline: "Baseline | None") -> int:
    """Say that there is nothing to make again. The earlier report stands, also where the new one would have gone."""
    from imagebuilder_conformance.cli.baseline import gate_of
    from imagebuilder_conformance.cli.display import Display
    from imagebuilder_conformance.cli.leaving import leave, taken
    from imagebuilder_reports.folder import claimed

    report, settings = earlier.report, earlier.settings
    display = Display(settings)
    display.say(sentence)
    if baseline is not None:
        report = gate_of(report, baseline)
    folder = settings.report_dir
    # Where it has been read from, the events of its run stay beside it.
    is_there = folder is not None and folder in {settings.failed_in, settings.failed_in and settings.failed_in.parent}
    with claimed(folder) if folder is not None and is_there else taken(folder):
        unwritten = leave(report, folder)
    display.conclude(report, replace(report, executions=()), unwritten=unwritten)
    return exit_code(report, allow_incomplete=settings.allow_incomplete, unwritten=unwritten)


def _judge(settings: Settings, baseline: "Baseline | None", earlier: "Report | None") -> int:
    from imagebuilder_conformance.cli.display import Display
    from imagebuilder_conformance.cli.leaving import leave
    from imagebuilder_conformance.running.own_pytest import run_suites
    from imagebuilder_conformance.running.planning import plan
    from imagebuilder_conformance.suites import active_checks

    display = Display(settings)
    if settings.on_aws:
        # Said before anything is sent: each build costs money.
        planned = plan(settings, active_checks())
        for line in planned.provision:
            display.say(f"makes first: {line}")
        display.say(f"plan: {planned.sentence}; {planned.cost}")
        for note in planned.notes:
            display.say(f"note: {note}")
    if earlier is not None:
        # Its folder was emptied, if it is the same one: whatever ends this run must not take it along.
        leave(earlier, settings.report_dir)
    own = _own_pipelines(settings, display)
    stopping = current()

    def last_words() -> None:
        if own is not None:
            own.take_away_soon(_LAST_WORDS)
        _conclude(display, settings, baseline, earlier, own)

    stopping.at_the_end(last_words)
    if own is not None:
        settings = display.settings = own.make()
    with suppress(KeyboardInterrupt):
        # Where it comes while pytest is not there to take it; what there is goes into the report either way.
        try:
            with own.for_a_run(display.events) if own is not None else nullcontext():
                run_suites(display)
        finally:
            stopping.disarm()
    return _conclude(display, settings, baseline, earlier, own)


def _own_pipelines(settings: Settings, display: "Display") -> "OwnPipelines | None":
    if settings.provision is None or settings.target is None or settings.report_dir is None:
        return None
    from imagebuilder_conformance.cli.own_pipelines import OwnPipelines

    def say(line: str) -> None:
        display.say(line, in_one_piece=True)

    return OwnPipelines(settings, settings.provision, settings.target, settings.report_dir, say)


def _conclude(
    display: "Display",
    settings: Settings,
    baseline: "Baseline | None",
    earlier: "Report | None" = None,
    pipelines: "OwnPipelines | None" = None,
) -> int:
    code = _report(display, settings, baseline, earlier, pipelines)
    if pipelines is None:
        return code
    pipelines.tell(failed=code == EXIT_NON_CONFORMANT)
    # What is still there is not nothing.
    return code or (EXIT_NO_VERDICT if pipelines.leaves_any else code)


def _report(
    display: "Display",
    settings: Settings,
    baseline: "Baseline | None",
    earlier: "Report | None",
    pipelines: "OwnPipelines | None",
) -> int:
    from imagebuilder_conformance.cli.baseline import gate_of
    from imagebuilder_conformance.cli.leaving import leave
    from imagebuilder_reports.report import fold
    from imagebuilder_reports.rerun import renewed

    requested = current().requested
    if not display.events and requested:
        left = "there is no report" if earlier is None else "the earlier report stands"
        display.say(f"Interrupted by {requested} before anything was sent: {left}.")
        return EXIT_NO_VERDICT
    if not display.events and display.refusal:
        return EXIT_USAGE
    if not display.events:
        display.say("The suite itself failed before it could begin; this is a bug of the suite.")
        return EXIT_INTERNAL_ERROR
    report = fold(list(_to_the_end(display.events, display.refusal or (requested and f"by {requested}"))))
    if pipelines is not None:
        report = pipelines.in_report(report)
    own = report
    if earlier is not None:
        report = renewed(earlier, own, settings.again.checks if settings.again else ())
    if baseline is not None:
        report = gate_of(report, baseline)
    unwritten = leave(report, settings.report_dir)
    display.conclude(report, own, unwritten=unwritten)
    return exit_code(report, allow_incomplete=settings.allow_incomplete, unwritten=unwritten)


def _to_the_end(events: "Sequence[Event]", broke_off: str | None) -> "Iterator[Event]":
    """The events of a run, with a footer that says what broke it off where it could not write one that does."""
    from imagebuilder_reports.events import Footer
    from imagebuilder_reports.moments import now

    footers = [event for event in events if isinstance(event, Footer)]
    yield from (event for event in events if not isinstance(event, Footer))
    for footer in footers:
        if broke_off and footer.ending is Ending.INTERNAL_ERROR:
            yield replace(footer, ending=Ending.INTERRUPTED, reason=broke_off)
        else:
            yield footer
    if broke_off and not footers:
        yield Footer(finished=now(), seconds=0.0, ending=Ending.INTERRUPTED, reason=broke_off)
