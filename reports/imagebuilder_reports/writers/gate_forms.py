"""What the gate says, as text and as Markdown; the page of the report shows it by itself."""

from collections.abc import Iterator
from textwrap import indent

from imagebuilder_reports.gate import Divergence, Gate, GateItem, Standing
from imagebuilder_reports.legible import printable, shown, shown_in_line
from imagebuilder_reports.writers.markdown_text import block, code, prose, table


def gate_text(gate: Gate) -> str:
    """For a terminal or a log: the sentence, and what there is to do."""
    said = map(shown_in_line, (gate.sentence, *gate.remarks))
    return "\n".join([*said, *(line for item in _grouped(gate) for line in _lines(item))]) + "\n"


def gate_markdown(gate: Gate) -> str:
    """For a job summary or a comment."""
    rows = [
        (item.standing, code(item.divergence.clause), code(observed(item.divergence)), prose(item.reason or ""))
        for item in _grouped(gate)
    ]
    advice = "\n\n".join(item.advice for item in _grouped(gate) if item.advice)
    parts = [
        f"### Baseline: {prose(gate.sentence)}",
        *([table(("", "clause", "observed", "why"), rows)] if rows else []),
        *([block(advice)] if advice else []),
        *map(prose, gate.remarks),
    ]
    return "\n\n".join(parts)


def observed(divergence: Divergence) -> str:
    """The divergence in short, such as `replay.another-image, 200`."""
    answer = " ".join(str(part) for part in (divergence.status, divergence.error) if part is not None)
    return ", ".join(part for part in (divergence.failure, answer) if part)


def _grouped(gate: Gate) -> list[GateItem]:
    """The items, what fails the gate first."""
    return sorted(gate.items, key=lambda item: list(Standing).index(item.standing))


def _lines(item: GateItem) -> Iterator[str]:
    divergence = item.divergence
    yield f"{item.standing:<11} {shown_in_line(divergence.clause)}: {shown_in_line(observed(divergence))}"
    if item.reason:
        yield indent(shown(item.reason), " " * 12)
    if item.advice:
        yield indent(printable(item.advice).rstrip(), " " * 12)
