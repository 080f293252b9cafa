"""Holds a report against a baseline: a known failure passes, anything else is news and fails."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from imagebuilder_reports.baseline import Baseline, Entry, divergence_of
from imagebuilder_reports.baseline_text import paste_entry
from imagebuilder_reports.conclusion import Conclusion, conclude, is_broken
from imagebuilder_reports.gate import Divergence, Gate, GateItem, GateVerdict, Standing
from imagebuilder_reports.legible import plural
from imagebuilder_reports.model import Report
from imagebuilder_reports.overview import Broken, broken_promises
from imagebuilder_reports.verdicts import RunVerdict, Verdict

_NEWS = {
    Standing.UNEXPECTED: ("unexpected failure", "unexpected failures"),
    Standing.MENDED: ("entry that no longer fails", "entries that no longer fail"),
    Standing.EXPIRED: ("entry that has expired", "entries that have expired"),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """How each entry stands, and the failures that have none."""

    entries: tuple[tuple[Entry, Standing], ...]
    unexpected: tuple[Broken, ...]

    def entries_that(self, *standings: Standing) -> tuple[Entry, ...]:
        """The entries that stand so."""
        return tuple(entry for entry, standing in self.entries if standing in standings)


def hold_against(report: Report, baseline: Baseline, today: date) -> Comparison:
    """Match the failures of a report with the entries of a baseline."""
    found = {divergence_of(broken): broken for broken in broken_promises(report)}
    entries = tuple((entry, _standing(entry, report, found, today)) for entry in baseline.entries)
    pinned = {entry.known.divergence for entry in baseline.entries}
    unexpected = (
        broken
        for divergence, broken in found.items()
        if divergence not in pinned and is_broken(broken.clause, strict=report.run.strict)
    )
    return Comparison(entries, tuple(unexpected))


def gate(report: Report, baseline: Baseline, today: date) -> Gate:
    """What the gate says of a report.

    It fails on news. Without news it still has no verdict where the report, its known failures apart, has none.
    """
    comparison = hold_against(report, baseline, today)
    items = tuple(_items(comparison, baseline, today))
    rest = _without_known(report, comparison)
    if any(item.standing.fails for item in items):
        verdict, grounds = GateVerdict.FAILED, f"the gate fails: {_news(items)}"
    elif rest.verdict is RunVerdict.NON_CONFORMANT:
        verdict, grounds = (
            GateVerdict.FAILED,
            f"the gate fails, as a clause is broken without evidence: {rest.sentence}",
        )
    elif rest.verdict is RunVerdict.INCOMPLETE:
        verdict, grounds = GateVerdict.INCOMPLETE, f"the gate has no verdict: {rest.sentence}"
    else:
        known = len(comparison.entries_that(Standing.KNOWN))
        verdict, grounds = GateVerdict.PASSED, f"the gate passes: {plural(known, 'known failure')} and no news"
    return Gate(verdict, grounds, baseline.source, items)


def _standing(entry: Entry, report: Report, found: Collection[Divergence], today: date) -> Standing:
    known = entry.known
    if not _is_judged(known.divergence, report):
        return Standing.NOT_JUDGED
    if known.has_expired(today):
        return Standing.EXPIRED
    if known.divergence in found:
        return Standing.KNOWN
    return Standing.ABSENT if known.intermittent else Standing.MENDED


def _is_judged(divergence: Divergence, report: Report) -> bool:
    """Whether the run looked: the clause was judged, and by that check if there still is one of that name."""
    clause = next((clause for clause in report.clauses if clause.id == divergence.clause), None)
    if clause is None or not clause.exercised:
        return False
    check = next((check for check in report.checks if check.id == divergence.check), None)
    return check is None or any(
        judgement.clause == divergence.clause and judgement.verdict.judges for judgement in check.judgements
    )


def _items(comparison: Comparison, baseline: Baseline, today: date) -> Iterator[GateItem]:
    for broken in comparison.unexpected:
        advice = f"to accept it, paste into {baseline.source}:\n{paste_entry(broken, today)}"
        yield GateItem(Standing.UNEXPECTED, divergence_of(broken), broken.failure.title, advice)
    for entry, standing in comparison.entries:
        lines = f"delete lines {entry.first} to {entry.last} of {baseline.source}"
        yield GateItem(standing, entry.known.divergence, entry.known.reason, lines if standing.fails else None)


def _without_known(report: Report, comparison: Comparison) -> Conclusion:
    """What the run would say if every failure that is known were none."""
    unexpected = {broken.clause.id for broken in comparison.unexpected}
    known = {entry.known.clause for entry in comparison.entries_that(Standing.KNOWN)} - unexpected
    clauses = [replace(clause, verdict=Verdict.PASSED) if clause.id in known else clause for clause in report.clauses]
    return conclude(clauses, report.run, report.target)


def _news(items: Sequence[GateItem]) -> str:
    counted = Counter(item.standing for item in items)
    return ", ".join(f"{counted[each]} {words[counted[each] > 1]}" for each, words in _NEWS.items() if counted[each])
