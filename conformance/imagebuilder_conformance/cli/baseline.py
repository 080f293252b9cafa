"""`baseline`: the list of known failures, made, applied and kept up to date."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from imagebuilder_conformance.cli.exits import exit_code
from imagebuilder_conformance.cli.inputs import PATH, load, put, report_argument, today
from imagebuilder_conformance.cli.problems import UnusableError

if TYPE_CHECKING:
    from imagebuilder_reports.baseline import Baseline
    from imagebuilder_reports.model import Report


@click.group("baseline")
def command() -> None:
    """Keep a list of known failures, and hold reports against it."""


@command.command("update")
@report_argument("report")
@click.option("--output", metavar="FILE", type=PATH, required=True, help="The baseline to make or to update.")
@click.option("--reason", metavar="TEXT", help="Why the new failures are known, and where they are tracked.")
def update(report: Path, output: Path, reason: str | None) -> None:
    """Make a baseline that REPORT passes: an entry for each failure, and none for what no longer fails.

    What the failures keep from being judged gets an entry too, as their consequence. Entries that still hold stay as
    they are, with their comments.
    """
    from imagebuilder_reports.baseline import UNSAID, read_baseline
    from imagebuilder_reports.baseline_text import empty_baseline
    from imagebuilder_reports.upkeep import update as updated

    before = read_baseline(output) if output.exists() else empty_baseline(str(output))
    _replace(before, updated(before, load(report), today(), reason=reason or UNSAID), output)


@command.command("check")
@report_argument("report")
@click.option("--baseline", metavar="FILE", type=PATH, required=True, help="The list of known failures.")
@click.option("--allow-incomplete", is_flag=True, help="Exit 0 also if an incomplete report brings no news.")
def check(report: Path, baseline: Path, *, allow_incomplete: bool) -> None:
    """Hold REPORT against a baseline. Exits 0 without news, 1 with news, 3 if the report is incomplete.

    A baseline with entries whose reason is a placeholder is refused, with 2.
    """
    from imagebuilder_reports.baseline import read_baseline
    from imagebuilder_reports.writers.gate_forms import gate_text

    known = read_baseline(baseline)
    if known.unexplained:
        raise UnusableError(f"{baseline} has entries without a real reason: {_lines(known)}; say why each is known")
    gated = gate_of(load(report), known)
    put(gate_text(gated.gate) if gated.gate else "", None)
    raise SystemExit(exit_code(gated, allow_incomplete=allow_incomplete))


@command.command("prune")
@report_argument("report")
@click.option("--baseline", metavar="FILE", type=PATH, required=True, help="The list of known failures.")
def prune(report: Path, baseline: Path) -> None:
    """Take out of a baseline what no longer fails in REPORT, and what has expired."""
    from imagebuilder_reports.baseline import read_baseline
    from imagebuilder_reports.upkeep import prune as pruned

    before = read_baseline(baseline)
    _replace(before, pruned(before, load(report), today()), baseline)


def gate_of(report: "Report", baseline: "Baseline") -> "Report":
    """The report with what the gate says of it."""
    from dataclasses import replace

    from imagebuilder_reports.gating import gate

    return replace(report, gate=gate(report, baseline, today()))


def _replace(before: "Baseline", text: str, path: Path) -> None:
    """Write a baseline anew, and say what changed."""
    from imagebuilder_reports.baseline import counted, parse_baseline

    after = parse_baseline(text, str(path))
    put(text, path)
    old, new = ({entry.known.divergence for entry in each.entries} for each in (before, after))
    added, removed = len(new - old), len(old - new)
    click.echo(f"{path}: {counted(after.entries)}, {added} added, {removed} taken out")
    if after.unexplained:
        click.echo(f"Give each new entry a reason: {_lines(after)}.")


def _lines(baseline: "Baseline") -> str:
    return ", ".join(f"line {entry.first}" for entry in baseline.unexplained)
