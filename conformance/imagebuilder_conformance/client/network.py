"""How often the way to the target fails, as far as a run has seen, and how many tries that makes worthwhile."""

import math
import threading
from collections.abc import Sequence

from imagebuilder_conformance.client.messages import Attempt

# So rarely, one time in so many, may mere chance look like a fault that belongs to a request. A run has a few hundred
# requests, so that one run in thousands is wrong about one of them.
_RARELY = 1e6
_MOST_TRIES = 10


class Network:
    """Counts tries that failed, and of these the ones that a later try of the same request overcame.

    Only those show that the way fails and not the request. Several threads may use it at once.
    """

    def __init__(self) -> None:
        self._tries = 0
        self._passing = 0
        self._lock = threading.Lock()

    def note(self, attempts: Sequence[Attempt]) -> None:
        """Count the tries of a request."""
        with self._lock:
            self._tries += len(attempts)
            if not attempts[-1].may_pass:
                self._passing += sum(attempt.may_pass and not attempt.stale for attempt in attempts)

    @property
    def tries(self) -> int:
        """How many tries in a row must fail until chance is no good reason for it any more; 1 where none ever did."""
        if not self._passing:
            return 1
        rate = self._passing / self._tries
        return min(_MOST_TRIES, max(1, math.ceil(math.log(_RARELY) / -math.log(rate)))) if rate < 1 else _MOST_TRIES
