"""Lanes: several checks of one process at the same time, each with connections, tokens and budget of its own.

A check waits for its target most of the time, and a thread is there at once; a process takes half a second to start.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Generic, TypeVar

Lane = TypeVar("Lane")
Result = TypeVar("Result")


class Lanes(Generic[Lane, Result]):
    """Makes the items of a share, in their order, on as many threads as there are lanes.

    `make` makes one item on a lane. Items that are not in the share have no result here.
    """

    def __init__(self, lanes: Sequence[Lane], share: Sequence[str], make: Callable[[Lane, str], Result]) -> None:
        self._make = make
        self._waiting = deque(share)
        self._results: dict[str, Future[Result]] = {item: Future() for item in share}
        # Daemons: a process that is told to end does not wait for an answer that may never come.
        self._threads: list[threading.Thread] = []
        for lane in lanes:
            thread = threading.Thread(target=self._work, args=(lane,), daemon=True)
            try:
                thread.start()
            except RuntimeError:
                # The machine starts no more of them; those that there are make the whole share.
                if not self._threads:
                    raise
                break
            self._threads.append(thread)

    def __contains__(self, item: str) -> bool:
        return item in self._results

    def result(self, item: str) -> Result:
        """What came of an item of the share, once it is made. Raises what making it raised."""
        return self._results[item].result()

    def stop(self, patience: float | None = None) -> None:
        """Begin nothing more, and give what is under way so many seconds to end; without a number, all that it takes.

        What was not begun is no item here any more.
        """
        while (item := self._next()) is not None:
            del self._results[item]
        for thread in self._threads:
            thread.join(patience)

    def _work(self, lane: Lane) -> None:
        while (item := self._next()) is not None:
            result = self._results[item]
            try:
                result.set_result(self._make(lane, item))
            except BaseException as error:  # noqa: BLE001  # it is raised where the result is asked for
                result.set_exception(error)

    def _next(self) -> str | None:
        with suppress(IndexError):
            return self._waiting.popleft()
        return None
