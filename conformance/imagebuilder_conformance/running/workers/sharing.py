"""Who makes which checks: the longest first, and everybody done at about the same time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """The items of one process: `begun` in the order to begin them, `ended` in that in which they will be done."""

    begun: tuple[str, ...]
    ended: tuple[str, ...]


def shares(lengths: Mapping[str, int], crew: Sequence[int]) -> list[Share]:
    """A share for each process of a crew, which says how many lanes each has. `lengths` are those of the items.

    The same for the same lengths and crew, so that every process can tell its own.
    """
    busy = {(process, lane): 0 for process, lanes in enumerate(crew) for lane in range(lanes)}
    taken: list[list[tuple[int, str]]] = [[] for _ in crew]
    for item in longest_first(lengths):
        free = min(busy, key=busy.__getitem__)
        busy[free] += lengths[item]
        taken[free[0]].append((busy[free], item))
    return [Share(tuple(item for _, item in each), tuple(item for _, item in sorted(each))) for each in taken]


def longest_first(lengths: Mapping[str, int]) -> list[str]:
    """The items from the longest to the shortest; of the same length, in their own order."""
    return sorted(lengths, key=lengths.__getitem__, reverse=True)
