"""A difference as text, as Markdown and as a page."""

from collections.abc import Iterator

from imagebuilder_reports.diff import Change, ClauseChange, Difference
from imagebuilder_reports.legible import printable
from imagebuilder_reports.model import Report
from imagebuilder_reports.writers.markdown_text import code, prose, table
from imagebuilder_reports.writers.pages import render_page

_UNCHANGED = "No clause changed its verdict."


def diff_text(difference: Difference) -> str:
    """For a terminal or a log."""
    return "\n".join(_lines(difference)) + "\n"


def diff_markdown(difference: Difference) -> str:
    """For a job summary or a comment."""
    sides = [("before", *_side(difference.before)), ("after", *_side(difference.after))]
    parts = [table(("", "target", "run", "verdict"), [(name, *map(prose, side)) for name, *side in sides])]
    if difference.is_empty:
        parts.append(_UNCHANGED)
    for change in Change:
        if changes := difference.of(change):
            rows = [(each.level, code(each.id), prose(_path(each)), prose(each.statement)) for each in changes]
            parts += [f"### {_title(change, changes)}", table(("level", "clause", "verdict", "promise"), rows)]
    return "\n\n".join(parts) + "\n"


def diff_html(difference: Difference) -> str:
    """A self-contained page."""
    groups = [(_title(change, changes), changes) for change in Change if (changes := difference.of(change))]
    context = {"difference": difference, "groups": groups, "path": _path, "unchanged": _UNCHANGED}
    return render_page("diff.html.j2", context, styles=["tables.css"])


def _lines(difference: Difference) -> Iterator[str]:
    yield f"before  {', '.join(map(printable, _side(difference.before)))}"
    yield f"after   {', '.join(map(printable, _side(difference.after)))}"
    if difference.is_empty:
        yield f"\n{_UNCHANGED}"
    for change in Change:
        if changes := difference.of(change):
            yield f"\n{_title(change, changes)}"
            yield from (f"  {each.level:<6} {printable(each.id)}: {printable(_path(each))}" for each in changes)


def _title(change: Change, changes: tuple[ClauseChange, ...]) -> str:
    return f"{change.capitalize()} ({len(changes)})"


def _side(report: Report) -> tuple[str, str, str]:
    return report.target.name, report.run.started[:19].replace("T", " "), report.verdict_sentence


def _path(each: ClauseChange) -> str:
    """The way of a clause, such as `passed, now failed`."""
    before, after = (verdict or "not selected" for verdict in (each.before, each.after))
    way = before if before == after else f"{before}, now {after}"
    return f"{way}, but in another way: {', '.join(each.failures)}" if each.failures else way
