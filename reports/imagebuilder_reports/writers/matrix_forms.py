"""A matrix of targets and clauses as text, as Markdown and as a page."""

from collections.abc import Iterator

from imagebuilder_reports.legible import shown_in_line
from imagebuilder_reports.matrix import Matrix
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_reports.writers.markdown_text import code, prose, table
from imagebuilder_reports.writers.pages import render_page

_NOT_SELECTED = "not selected"
_WIDTH = max(len(word) for word in (*Verdict, _NOT_SELECTED))


def matrix_text(matrix: Matrix) -> str:
    """For a terminal or a log: the columns are numbered, as names of targets are long."""
    return "\n".join(_lines(matrix)) + "\n"


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


def _lines(matrix: Matrix) -> Iterator[str]:
    for number, column in enumerate(matrix.columns, start=1):
        name, contract, sentence = map(shown_in_line, (column.name, column.contract, column.sentence))
        yield f"{number}  {name} ({contract}): {sentence}"
    yield from (f"\n{shown_in_line(remark)}" for remark in matrix.remarks)
    width = max((len(row.id) for row in matrix.rows), default=0)
    numbers = "  ".join(f"{number:<{_WIDTH}}" for number in range(1, len(matrix.columns) + 1))
    for area, rows in matrix.areas:
        yield f"\n{f'{shown_in_line(area):<{width + 9}}  {numbers}'.rstrip()}"
        for row in rows:
            verdicts = "  ".join(f"{_word(verdict):<{_WIDTH}}" for verdict in row.verdicts)
            yield f"  {shown_in_line(row.level):<6} {shown_in_line(row.id):<{width}}  {verdicts}".rstrip()


def _word(verdict: Verdict | None) -> str:
    return verdict or _NOT_SELECTED
