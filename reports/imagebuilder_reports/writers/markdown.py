"""`report.md`: the report for a CI job summary."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from imagebuilder_reports.conclusion import leaves_gap
from imagebuilder_reports.curl import curl_line
from imagebuilder_reports.events import ExchangeRecord
from imagebuilder_reports.legible import plural, show_attempt, show_body, show_seconds, shown_in_line
from imagebuilder_reports.model import Report
from imagebuilder_reports.overview import (
    Broken,
    areas,
    broken_promises,
    broken_title,
    frugality,
    reach,
    replay_line,
    takes_more_than_curl,
    verdicts_shown,
)
from imagebuilder_reports.provisioned import in_short
from imagebuilder_reports.verdicts import RunVerdict
from imagebuilder_reports.writers.gate_forms import gate_markdown
from imagebuilder_reports.writers.markdown_text import block, code, in_tags, prose, table

_MARKS = {RunVerdict.CONFORMANT: "✅", RunVerdict.NON_CONFORMANT: "❌", RunVerdict.INCOMPLETE: "⚠️"}
# A job summary holds 1 MiB at most, in bytes; what else is in it comes to some kilobytes.
_ROOM_FOR_FAILURES = 600_000
_ROOM_FOR_NOTES = 100_000
_EXCHANGES_SHOWN = 6
_LONGEST_CURL = 4000


def render_markdown(report: Report) -> str:
    """The report as Markdown: verdict, areas, failures, gaps."""
    return "\n\n".join(_sections(report)) + "\n"


def _sections(report: Report) -> Iterator[str]:
    title, _, grounds = report.verdict_sentence.partition(": ")
    yield f"## {_MARKS[report.verdict]} {prose(title)}"
    yield prose(grounds)
    yield _facts(report)
    if report.gate:
        yield gate_markdown(report.gate)
    yield _areas(report)
    yield from _failures(report)
    yield from _gaps(report)
    yield from _notes(report)


def _facts(report: Report) -> str:
    target, suite = report.target, report.suite
    named = f"{prose(target.name)} at " if target.name != target.endpoint else ""
    facts = {
        "target": f"{named}{code(target.endpoint)}, {code(target.region)}",
        "contract": f"{code(suite.contract)}, suite {code(suite.version)}, digest {code(suite.digest[:12])}",
        **dict(_conduct(report)),
    }
    return "\n".join(f"- {name}: {value}" for name, value in facts.items())


def _conduct(report: Report) -> Iterator[tuple[str, str]]:
    run, exchanges = report.run, plural(report.totals.exchanges, "exchange")
    if report.target.recorded:
        yield "audited", f"{code(run.started)}, {exchanges}, nothing sent"
        return
    took = f" in {show_seconds(run.seconds)}" if run.seconds is not None else ""
    yield "run", f"{code(run.started)}, seed {run.seed}, {plural(run.workers, 'worker')}"
    if run.sdk:
        yield "calls of the suite sdk", code(run.sdk)
    if run.provisioned:
        yield "made for the run", "; ".join(map(code, in_short(run.provisioned)))
    for number, rerun in enumerate(run.reruns, start=1):
        which = f"run again, {number}" if len(run.reruns) > 1 else "run again"
        yield which, f"{code(rerun.started)}, {', '.join(map(code, rerun.clauses)) or 'no clause was judged'}"
    yield "sent", f"{exchanges}, {plural(report.totals.executions, 'execution')}{took}"
    if frugal := frugality(report):
        yield "clauses judged", frugal
    if looked_back := reach(report):
        yield "replayed after", looked_back


def _areas(report: Report) -> str:
    verdicts = verdicts_shown(report)
    rows = [
        (prose(area.name), *(f"{area.counts[verdict]}" if area.counts[verdict] else "" for verdict in verdicts))
        for area in areas(report)
    ]
    return table(("area", *(verdict.replace("-", " ") for verdict in verdicts)), rows)


def _failures(report: Report) -> Iterator[str]:
    broken = broken_promises(report)
    if not broken:
        return
    yield f"### {broken_title(report)} ({len(broken)})"
    in_full = _fitting((_failure(each, report.target.region) for each in broken), _ROOM_FOR_FAILURES)
    yield from in_full
    yield from _listed([f"- {code(each.clause.id)}: {prose(each.failure.title)}" for each in broken[len(in_full) :]])


def _failure(broken: Broken, region: str) -> str:
    clause, failure = broken.clause, broken.failure
    quoted = {"expected": failure.expected, "received": failure.received}
    said = {"hint": failure.hint, **({"note": failure.remark} if failure.remark else {})}
    points = [*(f"- {name}: {code(text)}" for name, text in quoted.items())]
    points += [f"- {name}: {prose(text)}" for name, text in said.items()]
    summary = f"{in_tags(clause.level)} <code>{in_tags(clause.id)}</code>: {in_tags(failure.title)}"
    parts = [
        f"<details>\n<summary>{summary}</summary>",
        prose(clause.statement),
        "\n".join(points),
        *(_exchange(record) for record in failure.exchanges[:_EXCHANGES_SHOWN]),
        _again(broken, region),
        "</details>",
    ]
    return "\n\n".join(parts)


def _exchange(record: ExchangeRecord) -> str:
    request, last = record.request, record.last
    said = [
        shown_in_line(f"# {record.id}: {record.label}"),
        shown_in_line(f"{request.method} {request.url}"),
        show_body(request.body),
        f"# {show_attempt(last)} after {show_seconds(last.seconds)}, {_tries(record)}",
    ]
    answer = [show_body(last.body)] if last.body else []
    return block("\n".join([*said, *answer]), "http")


def _tries(record: ExchangeRecord) -> str:
    return "at the first try" if len(record.attempts) == 1 else f"at try {len(record.attempts)}"


def _again(broken: Broken, region: str) -> str:
    """How to see it again: by curl where one request of a length to be copied shows it, and by `replay`."""
    exchanges = () if takes_more_than_curl(broken.failure) else broken.failure.exchanges
    lines = [curl_line(record, region) for record in exchanges]
    return block("\n".join([*(line for line in lines if len(line) <= _LONGEST_CURL), replay_line(broken.check)]), "sh")


def _gaps(report: Report) -> Iterator[str]:
    gaps = [clause for clause in report.clauses if leaves_gap(clause)]
    if gaps:
        yield f"### What has no verdict ({len(gaps)})"
        yield from _listed([f"- {code(clause.id)}: {clause.verdict}, {code(clause.reason or '')}" for clause in gaps])


def _notes(report: Report) -> Iterator[str]:
    notes = [(check.id, note) for check in report.checks for note in check.notes]
    if notes:
        summary = f"{plural(len(notes), 'note')} on what judges nothing"
        listed = "\n".join(_listed([f"- {code(check)}: {code(note)}" for check, note in notes]))
        yield f"<details>\n<summary>{summary}</summary>\n\n{listed}\n\n</details>"


def _listed(lines: Sequence[str]) -> Iterator[str]:
    """A list of as many lines as there is room for, and how many are left out."""
    if fitting := _fitting(lines, _ROOM_FOR_NOTES):
        yield "\n".join(fitting)
    if left_out := len(lines) - len(fitting):
        yield f"- {left_out:,} more are in the report"


def _fitting(parts: Iterable[str], room: int) -> list[str]:
    """The first parts, up to the one that the room in bytes is too small for. No part is cut: that would cut markup."""
    whole = list(parts)
    sizes = accumulate(len(part.encode("utf-8", "backslashreplace")) for part in whole)
    return [part for part, size in zip(whole, sizes, strict=True) if size <= room]
