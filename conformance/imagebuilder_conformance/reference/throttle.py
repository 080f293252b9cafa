"""The rate limit: a token bucket."""

import time
from collections.abc import Callable


class TokenBucket:
    """Lets `rate` requests a second pass, and at most one second's worth of them at once."""

    def __init__(self, rate: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._capacity = max(1.0, rate)
        self._level = self._capacity
        self._clock = clock
        self._filled = clock()

    def take(self) -> bool:
        """Take one token out. False: there is none, and the request is over the limit."""
        now = self._clock()
        self._level = min(self._capacity, self._level + (now - self._filled) * self._rate)
        self._filled = now
        if self._level < 1:
            return False
        self._level -= 1
        return True

    def spend(self, amount: float) -> None:
        """Take out more than there is; only defects do that."""
        self._level -= amount
