"""The limits of a shape, by the names that they have in a place such as `request.clientToken.maxLength`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from imagebuilder_conformance.drift.differences import Value
from imagebuilder_conformance.drift.gaps import Gap, gap_of_maxima, gap_of_minima, gap_of_patterns, gap_of_values
from imagebuilder_conformance.drift.model import Kind, Shape
from imagebuilder_conformance.drift.patterns import same_pattern

_NAMES: Mapping[Kind, tuple[str, str]] = {
    Kind.BLOB: ("minLength", "maxLength"),
    Kind.LIST: ("minItems", "maxItems"),
    Kind.MAP: ("minEntries", "maxEntries"),
    Kind.STRING: ("minLength", "maxLength"),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """A limit that is not the same on both sides. `gap` is None where only its form differs."""

    name: str
    ours: Value
    theirs: Value
    gap: Gap | None


def moved_limits(ours: Shape, theirs: Shape) -> Iterator[Moved]:
    """The limits in which two shapes of one kind differ; those of their parts are left out."""
    least, most = _NAMES.get(ours.kind, ("minimum", "maximum"))
    if gap := gap_of_minima(ours.least, theirs.least):
        yield Moved(least, ours.least, theirs.least, gap)
    if gap := gap_of_maxima(ours.maximum, theirs.maximum):
        yield Moved(most, ours.maximum, theirs.maximum, gap)
    if gap := gap_of_patterns(ours.pattern, theirs.pattern):
        same = ours.pattern and theirs.pattern and same_pattern(ours.pattern, theirs.pattern)
        yield Moved("pattern", ours.pattern, theirs.pattern, None if same else gap)
    if gap := gap_of_values(ours.values, theirs.values):
        yield Moved("values", _listed(ours.values), _listed(theirs.values), gap)


def _listed(values: frozenset[str] | None) -> Value:
    return None if values is None else sorted(values)
