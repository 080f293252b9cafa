"""Pieces of Markdown that hold any text: what a target sent can't turn into markup, a link or a mention.

Hosts look for mentions and references in what Markdown has become, where an escape is gone: so nothing but code, or a
character that nobody sees, keeps `@name` from notifying people and `#1` from turning up in an issue.
"""

import html
import re
from collections.abc import Sequence

from imagebuilder_reports.legible import printable, shown_in_line

# What begins markup anywhere in a line; of colons and dots, those that would make a bare address a link.
_MARKUP = re.compile(r"([\\`*_\[\]<>#~&]|:(?=//)|(?<=www)\.)")
# What begins a mention, or a reference to an issue or a merge request.
_MENTION = re.compile(r"(@(?=\w)|[#!](?=\d))")
# It has no width. Text of others holds none: it is not printable.
_UNSEEN = "\u200b"


def prose(text: str) -> str:
    """Text outside code, on one line."""
    return _seen(_MARKUP.sub(r"\\\1", _without_mentions(text)))


def in_tags(text: str) -> str:
    """Text inside HTML that stands in Markdown, on one line: an empty one would end the HTML."""
    return _seen(html.escape(_without_mentions(text)))


def _without_mentions(text: str) -> str:
    return _MENTION.sub(rf"\1{_UNSEEN}", shown_in_line(text))


def _seen(text: str) -> str:
    return text.replace(_UNSEEN, "&#8203;")


def code(text: str) -> str:
    """A code span, on one line."""
    line = shown_in_line(text)
    if not line:
        return "(empty)"
    fence = "`" * (_longest_run(line) + 1)
    padding = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def block(text: str, language: str = "") -> str:
    """A fenced block of code."""
    legible = printable(text)
    fence = "`" * max(3, _longest_run(legible) + 1)
    return f"{fence}{language}\n{legible}\n{fence}"


def _row(*cells: str) -> str:
    """A row of a table, of cells that are Markdown already."""
    shown = " | ".join(cell.replace("|", r"\|") for cell in cells)
    return f"| {shown} |"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table; columns of numbers stand to the right."""
    marks = [
        "---:" if index and all(_is_number(cells[index]) for cells in rows) else "---" for index in range(len(head))
    ]
    return "\n".join([_row(*head), _row(*marks), *(_row(*cells) for cells in rows)])


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").isdigit() or cell == ""


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
