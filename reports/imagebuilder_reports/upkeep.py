"""Keeps a baseline up to date: `prune` takes out what is over, `update` puts in what is new as well."""

from datetime import date

from imagebuilder_reports.baseline import Baseline, divergence_of
from imagebuilder_reports.baseline_text import paste_entry, without
from imagebuilder_reports.gate import Standing
from imagebuilder_reports.gating import hold_against
from imagebuilder_reports.model import Report
from imagebuilder_reports.overview import broken_promises

_OVER = (Standing.MENDED, Standing.EXPIRED)


def prune(baseline: Baseline, report: Report, today: date) -> str:
    """The text of a baseline without the entries that no longer fail or have expired."""
    return without(baseline, hold_against(report, baseline, today).entries_that(*_OVER))


def update(baseline: Baseline, report: Report, today: date) -> str:
    """The text of a baseline under which the gate passes: pruned, and with an entry for each failure without one.

    A failure whose entry has expired gets a new one without an end, which keeps its reason and its first day.
    """
    comparison = hold_against(report, baseline, today)
    expired = {entry.known.divergence: entry.known for entry in comparison.entries_that(Standing.EXPIRED)}
    still_failing = [broken for broken in broken_promises(report) if divergence_of(broken) in expired]
    pasted = (
        paste_entry(broken, today, instead_of=expired.get(divergence_of(broken)))
        for broken in (*comparison.unexpected, *still_failing)
    )
    return "\n".join([without(baseline, comparison.entries_that(*_OVER)), *pasted])
