"""The clock of the master, as a worker knows it.

Clocks of different machines differ, and whether two calls overlapped decides what they may be answered. A worker asks
the master for its time now and then. The answer was given between the moments of asking (a) and of hearing (b), so the
master's clock is ahead of the worker's by the time in the answer less (a + b) / 2, give or take (b - a) / 2. The best
answer counts, and is less sure as it grows old, since clocks drift apart.

Each call is then taken to begin that much earlier and to end that much later than the worker's clock says. A call that
is made longer can only be explained more easily: it may have taken effect at more instants. So clocks that are read
wrongly within the stated uncertainty hide a mistake of the target at worst, and never blame it for nothing.
"""

from dataclasses import dataclass

# Quartz clocks differ by less than a hundredth of this from the true second; a machine that is corrected by more.
_DRIFT = 5e-4


@dataclass(frozen=True, slots=True)
class Estimate:
    """How far the master's clock is ahead, in seconds, and by how much that may be wrong."""

    offset: float
    uncertainty: float


class Clock:
    """Learns the master's clock from questions and answers."""

    def __init__(self) -> None:
        self._best: tuple[float, Estimate] | None = None

    def learn(self, asked: float, heard: float, told: float) -> None:
        """Take in an answer: when it was asked for and heard by the own clock, and the time that it told."""
        estimate = Estimate(told - (asked + heard) / 2, (heard - asked) / 2)
        known = self.at(heard)
        if known is None or estimate.uncertainty <= known.uncertainty:
            self._best = heard, estimate

    def at(self, moment: float) -> Estimate | None:
        """The estimate at a moment of the own clock; None before the first answer."""
        if self._best is None:
            return None
        learned, estimate = self._best
        return Estimate(estimate.offset, estimate.uncertainty + abs(moment - learned) * _DRIFT)
