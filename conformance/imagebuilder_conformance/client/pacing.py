"""Slowing down for a target that throttles: once it said so, the whole run keeps a distance between requests.

The distance follows what comes: it grows with each throttling, and shrinks a little with each row of other answers, so
that a run comes near to the rate that a target allows, and forgets a single throttling. Until the first such row it
doubles, as nothing is known of the rate; from then on it changes in small steps around it.
"""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from imagebuilder_conformance.debug_log import decided

_FIRST_INTERVAL = 0.02
_LONGEST_INTERVAL = 1.0
_UNKNOWN, _SLOWER, _FASTER = 2.0, 1.15, 0.96
# So many answers in a row that are no throttling let the run go faster.
_ROW = 6


class Pace:
    """The least time between two sendings of the run, in seconds: nothing at first, more whenever it throttles.

    `rate_limit` (requests a second) sets a pace from the start, and the run goes no faster than that. `processes` is
    how many send at the same time: each keeps so many times the distance, so that together they keep it once.
    """

    def __init__(
        self, rate_limit: float | None = None, sleep: Callable[[float], None] = time.sleep, *, processes: int = 1
    ) -> None:
        self._limited = rate_limit is not None
        self._least = 1 / rate_limit if rate_limit else 0.0
        self._interval = self._least
        self._row = 0
        self._is_known = False
        self._sleep = sleep
        self._processes = processes
        self._lock = threading.Lock()
        self._next = 0.0

    def close(self) -> None:
        """Let go of what the pace is kept by; here nothing."""

    @property
    def interval(self) -> float:
        """The present distance between two sendings, in seconds."""
        return self._interval

    @property
    def is_limited(self) -> bool:
        """Whether there was a pace from the start."""
        return self._limited

    def wait(self, requests: int = 1) -> None:
        """Wait until so many requests may be sent, at once; those after them wait for as long as they all take."""
        if not self._interval:
            return
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + requests * self._interval * self._processes
        if turn > now:
            decided("waits %.3f s to keep the distance", turn - now)
        self._sleep(max(0.0, turn - now))

    def throttled(self) -> None:
        """Note that the target throttled: from now on everybody goes slower."""
        with self._lock:
            self._row = 0
            slower = self._interval * (_SLOWER if self._is_known else _UNKNOWN)
            # Who was asked to go slower still goes no faster.
            self._interval = max(self._interval, min(_LONGEST_INTERVAL, max(_FIRST_INTERVAL, slower)))

    def answered(self) -> None:
        """Note that the target answered and did not throttle: after a row of such answers everybody goes faster."""
        if self._interval == self._least:
            return
        with self._lock:
            self._row += 1
            if self._row < _ROW:
                return
            self._row, self._is_known = 0, True
            faster = max(self._least, self._interval * _FASTER)
            if faster < _FIRST_INTERVAL / 2 and not self._least:
                faster, self._is_known = 0.0, False
            self._interval = faster


class SharedPace(Pace):
    """The pace of one of several processes of a run: that one of them is throttled slows all of them down.

    `file` is common to them; each slowing down appends a byte to it.
    """

    def __init__(
        self,
        file: Path,
        rate_limit: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
        *,
        processes: int = 1,
    ) -> None:
        super().__init__(rate_limit, sleep, processes=processes)
        self._path = file
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._known = 0
        self._sent = 0

    def wait(self, requests: int = 1) -> None:
        """Wait until so many requests may be sent."""
        self._catch_up()
        super().wait(requests)
        self._sent = time.time_ns()

    def throttled(self) -> None:
        """Note that the target throttled, unless all have slowed down since the request was sent.

        Otherwise one burst of answers, one to each process, would be taken for as many.
        """
        state = os.fstat(self._file)
        if not state.st_size or state.st_mtime_ns <= self._sent:
            os.write(self._file, b".")
            # The system's own mark is too coarse.
            now = time.time_ns()
            os.utime(self._path, ns=(now, now))
        self._catch_up()

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _catch_up(self) -> None:
        size = os.fstat(self._file).st_size
        with self._lock:
            unknown, self._known = size - self._known, size
        for _ in range(unknown):
            super().throttled()
