"""What moved from one model to the next, as text, as Markdown and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from imagebuilder_conformance.drift.comparing import changes, compare
from imagebuilder_conformance.drift.differences import Difference, Direction
from imagebuilder_conformance.drift.forms import shown
from imagebuilder_conformance.drift.sources import Source
from imagebuilder_reports.legible import printable
from imagebuilder_reports.runners import inert_json
from imagebuilder_reports.writers.markdown_text import code, prose, table
from imagebuilder_spec import Contract, load_contract, revisions

_HEAD = ("release", "date", "place", "before", "after", "agrees with")
_NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Step:
    """A model in a history.

    Attributes:
        name: What to call the model.
        released: The day that its package gives it, if any.
        changes: What moved since the model before; nothing for the first one.
        agrees_with: The revisions of the contract that demand what it does.
    """

    name: str
    released: date | None
    changes: tuple[Difference, ...]
    agrees_with: tuple[str, ...]


def steps(contract: Contract, sources: Sequence[Source]) -> list[Step]:
    """The models, oldest first, each with what moved since the one before."""
    moved = [(), *(changes(contract, old.model, new.model) for old, new in pairwise(sources))]
    return [
        Step(source.name, source.released, change, _agreeing(source))
        for source, change in zip(sources, moved, strict=True)
    ]


def _agreeing(source: Source) -> tuple[str, ...]:
    """The revisions of which nothing differs that a target could show."""
    return tuple(
        revision
        for revision in revisions()
        if all(each.effect.direction is Direction.NEITHER for each in compare(load_contract(revision), source.model))
    )


def history_text(history: Sequence[Step]) -> str:
    """For a terminal or a log: a block for each model."""
    return "\n".join(_lines(history)) + "\n"


def _lines(history: Sequence[Step]) -> Iterator[str]:
    for step in history:
        agrees = f"agrees with {', '.join(step.agrees_with)}" if step.agrees_with else "agrees with no revision"
        yield f"{_day(step)}  {printable(step.name)}  ({agrees})"
        for each in step.changes:
            yield f"  {printable(each.place)}"
            yield f"    before  {printable(shown(each.contract))}"
            yield f"    after   {printable(shown(each.model))}"


def history_markdown(history: Sequence[Step]) -> str:
    """For a page: one table, a row for each change."""
    return table(_HEAD, [row for step in history for row in _rows(step)]) + "\n"


def _rows(step: Step) -> Iterator[tuple[str, ...]]:
    agrees = ", ".join(map(code, step.agrees_with)) or _NOTHING
    if not step.changes:
        yield prose(step.name), _day(step), _NOTHING, _NOTHING, _NOTHING, agrees
    for each in step.changes:
        values = (code(shown(value)) for value in (each.contract, each.model))
        yield prose(step.name), _day(step), code(each.place), *values, agrees


def history_json(history: Sequence[Step]) -> str:
    """For programs: an array with the fields of `Step`, and of each change its place, both values and clauses."""
    document = [
        {
            "name": step.name,
            "released": step.released.isoformat() if step.released else None,
            "changes": [
                {"place": each.place, "before": each.contract, "after": each.model, "clauses": each.clauses}
                for each in step.changes
            ],
            "agrees_with": step.agrees_with,
        }
        for step in history
    ]
    return inert_json(json.dumps(document, indent=1)) + "\n"


def _day(step: Step) -> str:
    return step.released.isoformat() if step.released else _NOTHING
