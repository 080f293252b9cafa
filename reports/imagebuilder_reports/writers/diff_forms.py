"""A difference as text, as Markdown and as a page."""

from collections.abc import Iterator

from rich.console import RenderableType

from imagebuilder_reports.diff import Change, ClauseChange, Difference
from imagebuilder_reports.legible import shown_in_line
from imagebuilder_reports.model import Report
from imagebuilder_reports.writers.markdown_text import code, prose, table
from imagebuilder_reports.writers.pages import render_page
from imagebuilder_reports.writers.terminal import inert_text, rendered
from imagebuilder_reports.writers.terminal import table as text_table

_UNCHANGED = "No clause changed its verdict."
_INCOMPARABLE = "Nothing could be compared: no clause has a verdict in both reports, by the same contract."


def diff_text(difference: Difference) -> str:
    """For a terminal or a log."""
    return rendered(*_parts(difference))


def diff_markdown(difference: Difference) -> str:
    """For a job summary or a comment."""
    sides = [("before", *_side(difference.before)), ("after", *_side(difference.after))]
    parts = [table(("", "target", "run", "verdict"), [(name, *map(prose, side)) for name, *side in sides])]
    parts += map(prose, _said(difference))
    for change in Change:
        if changes := difference.of(change):
            rows = [(prose(each.level), code(each.id), prose(_path(each)), prose(each.statement)) for each in changes]
            parts += [f"### {_title(change, changes)}", table(("level", "clause", "verdict", "promise"), rows)]
    return "\n\n".join(parts) + "\n"


def diff_html(difference: Difference) -> str:
    """A self-contained page."""
    groups = [(_title(change, changes), changes) for change in Change if (changes := difference.of(change))]
    context = {"difference": difference, "groups": groups, "path": _path, "said": _said(difference)}
    return render_page("diff.html.j2", context, styles=["tables.css"])


def _parts(difference: Difference) -> Iterator[RenderableType]:
    sides = text_table("", "target", "run", "verdict")
    for name, report in (("before", difference.before), ("after", difference.after)):
        sides.add_row(name, *(inert_text(shown_in_line(part)) for part in _side(report)))
    yield sides
    for sentence in _said(difference):
        yield inert_text(f"\n{shown_in_line(sentence)}")
    for change in Change:
        if changes := difference.of(change):
            yield inert_text(f"\n{_title(change, changes)}")
            rows = text_table("level", "clause", "verdict")
            for each in changes:
                rows.add_row(*(inert_text(shown_in_line(part)) for part in (each.level, each.id, _path(each))))
            yield rows


def _said(difference: Difference) -> list[str]:
    """What there is to say before, or instead of, the changes."""
    said = [f"{remark[:1].upper()}{remark[1:]}." for remark in difference.remarks]
    if not difference.compared:
        return [*said, _INCOMPARABLE]
    return [*said, _UNCHANGED] if difference.is_empty else said


def _title(change: Change, changes: tuple[ClauseChange, ...]) -> str:
    return f"{change.capitalize()} ({len(changes)})"


def _side(report: Report) -> tuple[str, str, str]:
    return report.target.name, report.run.started[:19].replace("T", " "), report.verdict_sentence


def _path(each: ClauseChange) -> str:
    """The way of a clause, such as `passed, now failed`."""
    before, after = (verdict or "not selected" for verdict in (each.before, each.after))
    way = before if before == after else f"{before}, now {after}"
    return f"{way}, but in another way: {', '.join(each.failures)}" if each.failures else way
