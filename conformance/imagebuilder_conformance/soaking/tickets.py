"""Which tokens are used when: the master hands out ranges of numbers, and every worker uses the same ones at a time.

A token is first used by all workers in the same tick, some seconds later again, and last when thousands of other tokens
have come in between. How many tokens a tick opens follows from how much was sent, so that each is used several times,
whatever the target's speed.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

TICK_SECONDS = 0.25
"""How long a tick lasts."""

# How many exchanges there are for each token, and after how many ticks a token is used again: 0.5 to 40 seconds.
_USES = 5
_ECHOES = (2, 8, 24, 64, 160)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What to use in a tick: the tokens that are new, and ranges of older ones. Ranges are half open.

    `closing` says that nothing more is to be sent.
    """

    tick: int
    new: tuple[int, int] = (0, 0)
    older: tuple[tuple[int, int], ...] = ()
    closing: bool = False

    def to_message(self) -> list[object]:
        """The ticket as plain values."""
        return [self.tick, list(self.new), [list(each) for each in self.older], self.closing]

    @classmethod
    def from_message(cls, values: Sequence[object]) -> "Ticket":
        """The ticket back from plain values."""
        tick, new, older, closing = values
        if not (isinstance(tick, int) and isinstance(new, list) and isinstance(older, list)):
            raise TypeError(f"expected a ticket, got {values!r}")
        return cls(tick, (new[0], new[1]), tuple((low, high) for low, high in older), bool(closing))


@dataclass(slots=True)
class Dispenser:
    """Hands out the tickets of a soak.

    Attributes:
        least: how many tokens the first tick opens.
        limit: how many tokens there may be at most; None for no limit. With a limit they are used until the end.
    """

    least: int
    limit: int | None = None
    opened: int = 0
    _tick: int = 0
    _ranges: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_ECHOES[-1] + 1))
    _open: deque[tuple[int, int, int]] = field(default_factory=deque)

    def next(self, exchanges: int) -> Ticket:
        """The ticket of the next tick, given how many exchanges there were so far."""
        self._tick += 1
        most = max(self.opened, self.least + exchanges // _USES)
        before, self.opened = self.opened, most if self.limit is None else min(most, self.limit)
        new = (before, self.opened)
        self._ranges.appendleft(new)
        if new[0] < new[1]:
            self._open.append((self._tick + _ECHOES[-1], *new))
        else:
            new = next((each for each in self._ranges if each[0] < each[1]), new)
        if self.limit is not None and self.opened >= self.limit:
            return Ticket(self._tick, new, ((0, self.opened),) if self.opened else ())
        echoes = (self._ranges[echo] for echo in _ECHOES if echo < len(self._ranges))
        return Ticket(self._tick, new, tuple(each for each in echoes if each[0] < each[1]))

    def closing(self) -> Ticket:
        """The last ticket."""
        self._tick += 1
        return Ticket(self._tick, closing=True)

    def retired(self, through: int) -> Iterator[int]:
        """The tokens that nobody uses any more, given the oldest tick whose ticket is still in use."""
        while self.limit is None and self._open and self._is_over(self._open[0], through):
            _, low, high = self._open.popleft()
            yield from range(low, high)

    def rest(self) -> Iterator[int]:
        """The tokens that `retired` has not given yet."""
        while self._open:
            _, low, high = self._open.popleft()
            yield from range(low, high)

    def _is_over(self, opened: tuple[int, int, int], through: int) -> bool:
        # The newest tokens are handed out again while nothing newer comes.
        return opened[0] < through and opened[2] < self.opened
