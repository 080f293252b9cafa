"""Slowing down for a target that throttles: once it said so, the whole run keeps a distance between requests."""

import threading
import time
from collections.abc import Callable

_FIRST_INTERVAL = 0.02
_LONGEST_INTERVAL = 1.0


class Pace:
    """The least time between two sendings of the run, in seconds: nothing at first, doubled at every 429.

    `rate_limit` (requests a second) sets a pace from the start.
    """

    def __init__(self, rate_limit: float | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self._interval = 1 / rate_limit if rate_limit else 0.0
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = 0.0

    @property
    def interval(self) -> float:
        """The present distance between two sendings, in seconds."""
        return self._interval

    def wait(self) -> None:
        """Wait until the next request may be sent."""
        if not self._interval:
            return
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._interval
        self._sleep(max(0.0, turn - now))

    def throttled(self) -> None:
        """Note that the target throttled: from now on everybody goes slower."""
        with self._lock:
            self._interval = min(_LONGEST_INTERVAL, max(_FIRST_INTERVAL, self._interval * 2))
