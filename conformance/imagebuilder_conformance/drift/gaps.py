"""Where a limit of the contract and one of a model part: what only one of them allows."""

from dataclasses import dataclass

from imagebuilder_conformance.drift.examples import example_between

Number = int | float


@dataclass(frozen=True, slots=True)
class Gap:
    """Whether the contract forbids what the model allows, and whether it allows what the model forbids.

    Neither is known of two patterns where no example shows it. `example` is a value that one side alone allows.
    """

    forbids: bool
    allows: bool
    example: str | None = None


def gap_of_minima(ours: Number | None, theirs: Number | None) -> Gap | None:
    """The gap between two lower limits, or None where they agree."""
    if ours == theirs:
        return None
    more = theirs is None or (ours is not None and ours > theirs)
    return Gap(forbids=more, allows=not more)


def gap_of_maxima(ours: Number | None, theirs: Number | None) -> Gap | None:
    """The gap between two upper limits, or None where they agree."""
    if ours == theirs:
        return None
    more = theirs is None or (ours is not None and ours < theirs)
    return Gap(forbids=more, allows=not more)


def gap_of_values(ours: frozenset[str] | None, theirs: frozenset[str] | None) -> Gap | None:
    """The gap between two sets of legal values, of which None holds every value, or None where they agree."""
    if ours == theirs:
        return None
    forbids = ours is not None and (theirs is None or bool(theirs - ours))
    allows = theirs is not None and (ours is None or bool(ours - theirs))
    return Gap(forbids=forbids, allows=allows)


def gap_of_patterns(ours: str | None, theirs: str | None) -> Gap | None:
    """The gap between two patterns, of which None matches everything, or None where they are the same text."""
    if ours == theirs:
        return None
    if ours is None or theirs is None:
        return Gap(forbids=theirs is None, allows=ours is None)
    forbidden, allowed = example_between(theirs, ours), example_between(ours, theirs)
    return Gap(
        forbids=forbidden is not None,
        allows=allowed is not None,
        example=allowed if forbidden is None else forbidden,
    )
