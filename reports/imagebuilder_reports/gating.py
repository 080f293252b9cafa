"""Holds a report against a baseline: a known failure passes, anything else is news and fails.

What a known failure keeps from being judged passes as well, if it is pinned as its consequence.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from imagebuilder_reports.baseline import Baseline, Consequence, Entry, Origin, counted, divergence_of, gap_of
from imagebuilder_reports.baseline_text import paste_entry
from imagebuilder_reports.conclusion import Conclusion, conclude, is_broken, leaves_gap
from imagebuilder_reports.gate import Divergence, Gate, GateItem, GateVerdict, Standing
from imagebuilder_reports.model import ClauseReport, Report
from imagebuilder_reports.overview import Broken, broken_promises
from imagebuilder_reports.verdicts import LEFT_OPEN, RunVerdict, Verdict
from imagebuilder_spec import load_contract, revisions

_NEWS = {
    Standing.UNEXPECTED: ("unexpected failure", "unexpected failures"),
    Standing.MENDED: ("entry that no longer fails", "entries that no longer fail"),
    Standing.EXPIRED: ("entry that has expired", "entries that have expired"),
    Standing.UNKNOWN: ("entry of a clause that does not exist", "entries of clauses that do not exist"),
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
    # Without a broken promise nothing is a consequence of one.
    seen = {*found, *(gap_of(clause.id, clause.verdict) for clause in report.clauses if found)}
    entries = tuple((entry, _standing(entry, report, seen, today)) for entry in baseline.entries)
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
    remarks = tuple(_remarks(report, baseline))
    rest = _without_known(report, comparison)
    if any(item.standing.fails for item in items):
        verdict, grounds = GateVerdict.FAILED, f"the gate fails: {_news(items)}"
    elif rest.verdict is RunVerdict.NON_CONFORMANT:
        verdict, grounds = (
            GateVerdict.FAILED,
            f"the gate fails, as a clause is broken without evidence: {rest.sentence}",
        )
    elif rest.verdict is RunVerdict.INCOMPLETE:
        verdict, grounds = GateVerdict.INCOMPLETE, f"the gate has no verdict: {rest.sentence}{_advice(report)}"
    else:
        verdict, grounds = (
            GateVerdict.PASSED,
            f"the gate passes: {counted(comparison.entries_that(Standing.KNOWN))} and no news",
        )
    return Gate(verdict, grounds, baseline.source, items, remarks)


def open_consequences(report: Report) -> tuple[ClauseReport, ...]:
    """The clauses that count and could not be judged, in a report in which something is broken."""
    if not report.failures:
        return ()
    return tuple(clause for clause in report.clauses if leaves_gap(clause) and clause.verdict in LEFT_OPEN)


def origin_of(report: Report) -> Origin:
    """What a baseline that is updated from this report says of it."""
    return Origin(report.suite.version, report.suite.contract, report.suite.digest)


def _advice(report: Report) -> str:
    if not open_consequences(report):
        return ""
    return "; `baseline update` pins what known failures keep from being judged"


def _remarks(report: Report, baseline: Baseline) -> Iterator[str]:
    if baseline.unexplained:
        lines = ", ".join(str(entry.first) for entry in baseline.unexplained)
        yield f"a reason is still to be given, in the entries at line {lines} of {baseline.source}"
    if baseline.report is not None:
        was, now = baseline.report, origin_of(report)
        for what, old, new in (
            ("suite version", was.suite, now.suite),
            ("contract", was.contract, now.contract),
            ("digest", was.digest[:12], now.digest[:12]),
        ):
            if old != new:
                yield f"the baseline was updated from a report of another {what}: {old}, and this one is of {new}"


def _standing(entry: Entry, report: Report, found: Collection[Divergence], today: date) -> Standing:
    known = entry.known
    if not _exists(known.clause, report):
        return Standing.UNKNOWN
    if not (_was_tried(known, report) if isinstance(known, Consequence) else _is_judged(known.divergence, report)):
        return Standing.NOT_JUDGED
    if known.has_expired(today):
        return Standing.EXPIRED
    if known.divergence in found:
        return Standing.KNOWN
    return Standing.ABSENT if known.intermittent else Standing.MENDED


def _exists(clause_id: str, report: Report) -> bool:
    """Whether the report, or any revision of the contract, has the clause: it may only not be of this one."""
    known = {clause.id for clause in report.clauses}
    return clause_id in known or any(clause_id in load_contract(revision).clauses for revision in revisions())


def _was_tried(consequence: Consequence, report: Report) -> bool:
    """Whether a check looked at the clause, and judged it or not."""
    clause = next((clause for clause in report.clauses if clause.id == consequence.clause), None)
    return clause is not None and (clause.exercised or clause.verdict in LEFT_OPEN)


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
    return conclude(clauses, report.run, report.target, report.failures)


def _news(items: Sequence[GateItem]) -> str:
    counted = Counter(item.standing for item in items)
    return ", ".join(f"{counted[each]} {words[counted[each] > 1]}" for each, words in _NEWS.items() if counted[each])
