"""The budget of executions: units are reserved before a request that could start a build is sent.

A unit comes back when the answer shows that nothing new was started. A sending whose outcome is unknown keeps
its unit until its token is reconciled by an answer that names the image.
"""

import threading


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
        self._unknown: dict[str, int] = {}
        self._reserved = 0

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

    def reserve(self, units: int = 1) -> None:
        """Set units aside before sending. Raises `OverBudgetError` where too few are left."""
        with self._lock:
            self._require(units)
            self._reserved += units

    def require(self, units: int) -> None:
        """Look whether so many units are left, and set none aside. Raises `OverBudgetError` where too few are."""
        with self._lock:
            self._require(units)

    def settle(self, token: str | None, image: str | None, *, unknown: bool, units: int = 1) -> None:
        """Give the reserved units back and book what came: an image, an unknown outcome, or nothing.

        An image that answers a token also settles what was unknown of that token.
        """
        with self._lock:
            self._reserved -= units
            if image is not None:
                self._images.add(image)
                self._unknown.pop(token or "", None)
            elif unknown:
                self._unknown[token or ""] = self._unknown.get(token or "", 0) + units

    def _require(self, units: int) -> None:
        free = self._free()
        if free is not None and free < units:
            raise OverBudgetError(f"the budget of {self._limit} executions is used up")

    def _booked(self) -> int:
        return len(self._images) + sum(self._unknown.values())

    def _free(self) -> int | None:
        return None if self._limit is None else self._limit - self._booked() - self._reserved
