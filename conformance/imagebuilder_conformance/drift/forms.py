"""The differences as text, as Markdown and as JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import indent

from imagebuilder_conformance.drift.differences import Difference, Direction, Value
from imagebuilder_reports.legible import plural, printable
from imagebuilder_reports.runners import inert_json
from imagebuilder_reports.writers.markdown_text import code, prose, table

_MEANINGS = {
    Direction.TOO_STRICT: "if the model is right, the suite blames correct targets",
    Direction.TOO_LAX: "if the model is right, the suite misses broken targets",
    Direction.NEITHER: "the verdicts stay right",
    Direction.UNCLEAR: "what it makes of the verdicts is for people to see",
}
_NO_CLAUSE = "no clause"
_UNSTATED = " as far as the model says: it leaves out limits, patterns and errors"


@dataclass(frozen=True, slots=True)
class Drift:
    """What came of a comparison."""

    revision: str
    digest: str
    source: str
    differences: Sequence[Difference]
    reduced: bool = False

    @property
    def sentence(self) -> str:
        """The whole in one sentence."""
        if not self.differences:
            return f"The contract and the model agree{_UNSTATED if self.reduced else ''}."
        counts = Counter(difference.effect.direction for difference in self.differences)
        told = ", ".join(f"{counts[direction]} {direction}" for direction in Direction if counts[direction])
        return f"{plural(len(self.differences), 'difference')}: {told}{_UNSTATED if self.reduced else ''}."


def drift_text(drift: Drift) -> str:
    """For a terminal or a log."""
    return "\n".join(_lines(drift)) + "\n"


def drift_markdown(drift: Drift) -> str:
    """For a pull request or a job summary."""
    return "\n\n".join(_sections(drift)) + "\n"


def drift_json(drift: Drift) -> str:
    """For programs: an object with the fields of `Drift`, and of each difference all that it holds."""
    document = {
        "revision": drift.revision,
        "digest": drift.digest,
        "source": drift.source,
        "differences": [
            {
                "place": each.place,
                "contract": each.contract,
                "model": each.model,
                "direction": each.effect.direction,
                "reason": each.effect.reason,
                "clauses": each.clauses,
            }
            for each in drift.differences
        ],
    }
    return inert_json(json.dumps(document, indent=1)) + "\n"


def _of(drift: Drift, direction: Direction) -> list[Difference]:
    return [each for each in drift.differences if each.effect.direction is direction]


def _lines(drift: Drift) -> Iterator[str]:
    yield f"contract  {drift.revision}"
    yield f"model     {printable(drift.source)}"
    for direction in Direction:
        if differences := _of(drift, direction):
            yield f"\n{direction}: {_MEANINGS[direction]}"
            for each in differences:
                yield indent("\n".join(_difference_lines(each)), "  ")
    yield f"\n{drift.sentence}"


def _difference_lines(each: Difference) -> Iterator[str]:
    yield printable(each.place)
    yield f"  contract  {printable(shown(each.contract))}"
    yield f"  model     {printable(shown(each.model))}"
    yield f"  {printable(each.effect.reason)}"
    yield f"  clauses   {', '.join(each.clauses) or _NO_CLAUSE}"


def _sections(drift: Drift) -> Iterator[str]:
    yield "## The contract and the SDK's model"
    yield f"- contract: {code(drift.revision)}, digest {code(drift.digest[:12])}\n- model: {code(drift.source)}"
    yield prose(drift.sentence)
    for direction in Direction:
        if differences := _of(drift, direction):
            yield f"### {direction.capitalize()}: {_MEANINGS[direction]}"
            yield table(("place", "contract", "model", "why", "clauses"), [_row(each) for each in differences])
    if drift.differences:
        yield (
            "A released revision of the contract stays as it is, as reports name it. What the model promises now goes "
            "into a new revision, with clauses for what nothing judges yet."
        )


def _row(each: Difference) -> tuple[str, ...]:
    clauses = "<br>".join(code(id_) for id_ in each.clauses) or _NO_CLAUSE
    values = (code(shown(value)) for value in (each.contract, each.model))
    return code(each.place), *values, prose(each.effect.reason), clauses


def shown(value: Value) -> str:
    """A value of either side in a few words."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case str():
            return value or '""'
        case int() | float():
            return str(value)
        case _:
            return ", ".join(value) or "none"
