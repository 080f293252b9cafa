"""A matrix of targets and clauses as text, as Markdown and as a page."""

from collections.abc import Iterator

from rich.console import RenderableType

from imagebuilder_reports.legible import shown_in_line
from imagebuilder_reports.matrix import Matrix
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_reports.writers.markdown_text import code, prose, table
from imagebuilder_reports.writers.pages import render_page
from imagebuilder_reports.writers.terminal import inert_text, rendered
from imagebuilder_reports.writers.terminal import table as text_table

_NOT_SELECTED = "not selected"


def matrix_text(matrix: Matrix) -> str:
    """For a terminal or a log: the columns are numbered, as names of targets are long."""
    return rendered(*_parts(matrix))


def matrix_markdown(matrix: Matrix) -> str:
    """For a job summary or a comment."""
    numbered = list(enumerate(matrix.columns, start=1))
    head = [(str(number), prose(each.name), prose(each.contract), prose(each.sentence)) for number, each in numbered]
    parts = [table(("", "target", "contract", "verdict"), head), *map(prose, matrix.remarks)]
    for area, rows in matrix.areas:
        cells = [(prose(row.level), code(row.id), *map(_word, row.verdicts)) for row in rows]
        parts += [f"### {prose(area)}", table(("level", "clause", *(str(number) for number, _ in numbered)), cells)]
    return "\n\n".join(parts) + "\n"


def matrix_html(matrix: Matrix) -> str:
    """A self-contained page."""
    return render_page("matrix.html.j2", {"matrix": matrix}, styles=["tables.css"])


def _parts(matrix: Matrix) -> Iterator[RenderableType]:
    targets = text_table("", "target", "contract", "verdict")
    for number, column in enumerate(matrix.columns, start=1):
        named = (column.name, column.contract, column.sentence)
        targets.add_row(str(number), *(inert_text(shown_in_line(part)) for part in named))
    yield targets
    for remark in matrix.remarks:
        yield inert_text(f"\n{shown_in_line(remark[:1].upper() + remark[1:])}.")
    clauses = text_table("level", "clause", *(str(number) for number, _ in enumerate(matrix.columns, start=1)))
    for place, (_, rows) in enumerate(matrix.areas):
        if place:
            # Areas are told apart by a blank line: the ids name them.
            clauses.add_row()
        for row in rows:
            clauses.add_row(
                *(inert_text(shown_in_line(part)) for part in (row.level, row.id)), *map(_word, row.verdicts)
            )
    yield inert_text("")
    yield clauses


def _word(verdict: Verdict | None) -> str:
    return verdict or _NOT_SELECTED
