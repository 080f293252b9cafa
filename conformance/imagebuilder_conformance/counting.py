"""Counters that a forked process goes on with where others stopped.

Plugins of pytest make each test in a fork. A counter in its memory would give the same numbers out again in the next.
"""

import mmap
import os
import struct
import threading

_NUMBER = struct.Struct("Q")


class Counter:
    """Counts from 0, for the threads of a process and for the forks of it, of which one counts at a time."""

    def __init__(self) -> None:
        # Without a name: it is shared by whoever is forked after it was made.
        self._shared = mmap.mmap(-1, _NUMBER.size)
        self._lock = threading.Lock()
        self._process = os.getpid()

    def next(self) -> int:
        """The next number."""
        if self._process != os.getpid():
            # Another thread may have held the lock when the process was forked.
            self._lock, self._process = threading.Lock(), os.getpid()
        with self._lock:
            (number,) = _NUMBER.unpack(self._shared[:])
            self._shared[:] = _NUMBER.pack(number + 1)
        return int(number)
