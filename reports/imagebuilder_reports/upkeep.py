"""Keeps a baseline up to date: `prune` takes out what is over, `update` puts in what is new as well."""

from collections.abc import Iterator
from datetime import date

from imagebuilder_reports.baseline import UNSAID, Baseline, Known, divergence_of, gap_of
from imagebuilder_reports.baseline_text import paste_consequence, paste_entry, with_entries, with_origin, without
from imagebuilder_reports.gate import Standing
from imagebuilder_reports.gating import Comparison, hold_against, open_consequences, origin_of
from imagebuilder_reports.model import Report
from imagebuilder_reports.overview import broken_promises

_OVER = (Standing.MENDED, Standing.EXPIRED, Standing.UNKNOWN)


def prune(baseline: Baseline, report: Report, today: date) -> str:
    """The text of a baseline without the entries that no longer fail, have expired, or are of no clause."""
    return without(baseline, hold_against(report, baseline, today).entries_that(*_OVER))


def update(baseline: Baseline, report: Report, today: date, *, reason: str = UNSAID) -> str:
    """The text of a baseline under which the gate passes.

    It is pruned, and has an entry for each failure that had none, and one for each clause that those keep from being
    judged. What has expired and still fails gets a new entry without an end, which keeps its reason and its first day.

    Args:
        baseline: What there is.
        report: What is to pass.
        today: The first day of the new entries.
        reason: Why the new failures are known.
    """
    comparison = hold_against(report, baseline, today)
    kept = without(baseline, comparison.entries_that(*_OVER))
    return with_entries(with_origin(kept, origin_of(report)), list(_pasted(comparison, report, today, reason)))


def _pasted(comparison: Comparison, report: Report, today: date, reason: str) -> Iterator[str]:
    expired = {
        entry.known.divergence: entry.known
        for entry in comparison.entries_that(Standing.EXPIRED)
        if isinstance(entry.known, Known)
    }
    still_failing = [broken for broken in broken_promises(report) if divergence_of(broken) in expired]
    for broken in (*comparison.unexpected, *still_failing):
        yield paste_entry(broken, today, instead_of=expired.get(divergence_of(broken)), reason=reason)
    pinned = {entry.known.divergence for entry in comparison.entries_that(Standing.KNOWN)}
    for clause in open_consequences(report):
        if gap_of(clause.id, clause.verdict) not in pinned:
            yield paste_consequence(clause, today)
