"""What a difference between the contract and a model is, and what it makes of the verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Value = str | int | float | bool | Sequence[str] | None
"""A value of either side; None is for what a side does not have or does not state."""


class Direction(StrEnum):
    """What the suite does wrong if the model is right.

    Blame weighs more: a difference that has the suite blame correct targets is `TOO_STRICT`, whether or not it also
    misses broken ones.
    """

    TOO_STRICT = "too strict"
    TOO_LAX = "too lax"
    NEITHER = "neither"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Effect:
    """A direction, and the sentence that gives the reason."""

    direction: Direction
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where contract and model differ, such as `request.clientToken.maxLength`.

    `clauses` are the ids of those of the revision that rest on the place.
    """

    place: str
    contract: Value
    model: Value
    effect: Effect
    clauses: tuple[str, ...] = ()


def strict(reason: str) -> Effect:
    """The suite blames a correct target."""
    return Effect(Direction.TOO_STRICT, reason)


def lax(reason: str) -> Effect:
    """The suite misses a broken target."""
    return Effect(Direction.TOO_LAX, reason)


def neither(reason: str) -> Effect:
    """The verdicts stay right."""
    return Effect(Direction.NEITHER, reason)


def unclear(reason: str) -> Effect:
    """What it makes of the verdicts is for people to see."""
    return Effect(Direction.UNCLEAR, reason)
