"""What the commands show alike: facts below each other, tables, the clauses of a report by area and verdict."""

import io
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from imagebuilder_reports.legible import printable, shown
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import Verdict

STYLES = {
    Verdict.PASSED: "green",
    Verdict.WARNED: "yellow",
    Verdict.FAILED: "bold red",
    Verdict.ERROR: "bold red",
    Verdict.INCONCLUSIVE: "magenta",
    Verdict.NOT_RUN: "dim",
}
# More than any line of a table has, whose cells are capped.
_WIDEST = 20_000


def inert_text(text: str, style: str = "") -> Text:
    """Text that a terminal takes for no more than text, whatever a target put into it."""
    return Text(printable(text), style=style, overflow="fold")


def show_facts(console: Console, facts: Iterable[tuple[str, str]]) -> None:
    """Print names and values, each on a line that is not broken, as ARNs and addresses are copied."""
    for name, value in facts:
        console.print(Text.assemble((f"{name:<15}", "dim"), inert_text(value)), soft_wrap=True)


def rendered(*parts: RenderableType) -> str:
    """The parts as text without colours, which is as wide as it has to be."""
    written = io.StringIO()
    console = Console(file=written, width=_WIDEST, highlight=False, markup=False, color_system=None)
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, Text))
    return "".join(f"{line.rstrip()}\n" for line in written.getvalue().split("\n")[:-1])


def grid(facts: Mapping[str, str]) -> Table:
    """Names and values that are wrapped beside their names."""
    rows = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        rows.add_row(Text(name, style="dim"), inert_text(shown(value)))
    return rows


def table(*columns: str, numbers: Iterable[str] = (), styles: Mapping[str, str] | None = None) -> Table:
    """A table without lines; the columns of `numbers` are aligned to the right."""
    made = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    right = frozenset(numbers)
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", style=(styles or {}).get(column, ""))
    return made


def area_table(report: Report) -> Table:
    """The selected clauses by area and verdict."""
    selected = [clause for clause in report.clauses if clause.selected]
    occurring = {clause.verdict for clause in selected}
    verdicts = [verdict for verdict in Verdict if verdict in occurring]
    made = table("area", *verdicts, numbers=verdicts, styles={verdict: STYLES[verdict] for verdict in verdicts})
    for area, clauses in itertools.groupby(selected, key=lambda clause: clause.area):
        counted = Counter(clause.verdict for clause in clauses)
        made.add_row(inert_text(area), *(str(counted[verdict] or "") for verdict in verdicts))
    return made
