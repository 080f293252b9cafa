"""The budget of executions: a unit is reserved before a request that could start a build is sent.

A unit comes back when the answer shows that nothing new was started. A sending whose outcome is unknown keeps
its unit until its token is reconciled by an answer that names the image.

Some requests must start nothing: those that are wrong on purpose, and those whose token stands for an image already.
They reserve a unit too, but may take one more than there are. So they can still be sent when all is spent, and a
target that starts a build for them is found out one build above the limit at the latest.
"""

import threading
from collections import Counter
from collections.abc import Sequence


class OverBudgetError(Exception):
    """No unit of the budget is left for a request that could start a build."""


class Budget:
    """Counts the images that the run started, and the requests that may still have started one.

    `limit` is the most executions that the run may start; None sets no limit.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._images: set[str] = set()
        self._settled: set[str] = set()
        self._unknown: Counter[str] = Counter()
        self._under_way: Counter[str] = Counter()
        self._reserved = 0
        self._surprised = False

    @property
    def limit(self) -> int | None:
        """The most executions that the run may start; None for no limit."""
        return self._limit

    @property
    def spent(self) -> int:
        """The executions known or suspected."""
        with self._lock:
            return self._booked()

    @property
    def left(self) -> int | None:
        """The units that can still be reserved; None for no limit."""
        with self._lock:
            return self._free()

    @property
    def used_up(self) -> str:
        """The sentence that tells of a budget without a unit left, and of the units that bought no answer."""
        unknown = self._unknown.total()
        in_vain = f", {unknown} of them by tries that met a server error or no answer" if unknown else ""
        return f"the budget of {self._limit} executions is used up{in_vain}"

    def reserve(self, token: str | None = None, *, harmless: bool = False) -> None:
        """Set a unit aside before a sending. Raises `OverBudgetError` where none is left.

        `harmless` says that the request must start nothing, whatever its token.
        """
        with self._lock:
            self._require(self._is_harmless(token, harmless=harmless))
            self._reserved += 1
            self._under_way[token or ""] += 1

    def width(self, requests: Sequence[tuple[str | None, bool]], *, least: int) -> int:
        """How many of the requests, the first ones, can be under way at the same time.

        Each is given by its token and whether it is harmless. The unit on credit is taken only where `least` can't
        be had without it.
        """
        with self._lock:
            free = self._free()
            if free is None:
                return len(requests)
            width = self._within(requests, free, most=free)
            return width if width >= least else min(least, self._within(requests, free, most=free + self._credit()))

    def _within(self, requests: Sequence[tuple[str | None, bool]], free: int, *, most: int) -> int:
        """How many there are before one too many has to be paid, or is under way."""
        paid, known = 0, set[str]()
        for count, (token, harmless) in enumerate(requests):
            if token not in known and not self._is_harmless(token, harmless=harmless):
                paid += 1
            known |= {token} if token else set()
            if paid > self._payable(free) or count >= most:
                return count
        return len(requests)

    def settle(
        self, token: str | None, image: str | None, *, unknown: int = 0, units: int = 1, harmless: bool = False
    ) -> None:
        """Give the reserved units back and book what came: an image, `unknown` sendings in doubt, or nothing.

        An image that answers a token also settles what was unknown of that token.
        """
        with self._lock:
            self._reserved -= units
            self._under_way[token or ""] -= units
            if image is not None:
                new = image not in self._images
                self._surprised |= new and (harmless or token in self._settled)
                self._images.add(image)
                self._unknown.pop(token or "", None)
                if token is not None:
                    self._settled.add(token)
            elif unknown:
                self._unknown[token or ""] += unknown

    def _is_harmless(self, token: str | None, *, harmless: bool = False) -> bool:
        """Whether a conformant target starts nothing more for the token: it has its image, or its unit."""
        return harmless or (
            token is not None and (token in self._settled or self._unknown[token] > 0 or self._under_way[token] > 0)
        )

    def _require(self, harmless: bool) -> None:  # noqa: FBT001  # it is the subject
        free = self._free()
        if free is None:
            return
        if not harmless and self._surprised:
            raise OverBudgetError(
                "the target started a build for a request that must start none; under a budget no more are started"
            )
        if free + (self._credit() if harmless else 0) < 1:
            raise OverBudgetError(self.used_up)

    def _payable(self, free: int) -> int:
        return 0 if self._surprised else free

    def _credit(self) -> int:
        """By how many units harmless requests may exceed the limit: by one, until the target was seen to be broken."""
        return 0 if self._surprised else 1

    def _booked(self) -> int:
        return len(self._images) + self._unknown.total()

    def _free(self) -> int | None:
        return None if self._limit is None else self._limit - self._booked() - self._reserved
