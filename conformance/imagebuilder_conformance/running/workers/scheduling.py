"""Hands the checks of a run out to xdist's workers, the longest first."""

from collections import deque
from collections.abc import Mapping, Sequence

from xdist.workermanage import WorkerController

from imagebuilder_conformance.running.workers.sharing import longest_first


class LongestFirst:
    """A scheduler for pytest-xdist. `lengths` has the node ids of the items to make, and how long each is.

    A worker gets its first item as soon as it is there, and does not wait for the others. xdist's workers begin an item
    only when they know the next one, so each holds two: behind a long one waits a short one.

    `reserved` are the items of workers, by their names, that make several at the same time: they get them all at once.
    """

    def __init__(self, lengths: Mapping[str, int], reserved: Mapping[str, Sequence[str]]) -> None:
        self._lengths = lengths
        self._reserved = dict(reserved)
        taken = {item for items in reserved.values() for item in items}
        self._waiting = deque(item for item in longest_first(lengths) if item not in taken)
        self._indices: dict[WorkerController, Mapping[str, int]] = {}
        self._given: dict[WorkerController, list[str]] = {}

    @property
    def nodes(self) -> list[WorkerController]:
        """The workers that are there."""
        return list(self._given)

    @property
    def collection_is_completed(self) -> bool:
        """Whether there is a worker that items can be handed to."""
        return bool(self._indices)

    @property
    def tests_finished(self) -> bool:
        """Whether nothing is left to be handed out, and no worker waits to know of a next item."""
        nobody_waits = all(len(given) < 2 for given in self._given.values())
        return self.collection_is_completed and not self.is_left and nobody_waits

    @property
    def is_left(self) -> bool:
        """Whether something is left to be handed out."""
        return bool(self._waiting or self._reserved)

    @property
    def has_pending(self) -> bool:
        """Whether an item is still to be made."""
        return self.is_left or any(self._given.values())

    def add_node(self, node: WorkerController) -> None:
        """Take note of a worker."""
        self._given[node] = []

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        """Take note of the items that a worker has collected."""
        self._indices[node] = {item: index for index, item in enumerate(collection)}

    def schedule(self) -> None:
        """Give every worker something to do."""
        for node in self._indices:
            self._feed(node)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:  # noqa: ARG002  # xdist's signature
        """Take note that an item was made."""
        self._given[node] = [item for item in self._given[node] if self._indices[node][item] != item_index]
        self._feed(node)

    def mark_test_pending(self, item: str) -> None:
        """Have an item made again."""
        self._waiting.appendleft(item)
        self.schedule()

    def remove_pending_tests_from_node(self, node: WorkerController, indices: Sequence[int]) -> None:
        """Take items back. Raises `NotImplementedError`: this scheduler never asks for it."""
        raise NotImplementedError

    def remove_node(self, node: WorkerController) -> str | None:
        """Forget a worker; gives the item that it was making, and others make what it held beside that."""
        given = [*self._given.pop(node), *self._reserved.pop(node.gateway.id, ())]
        self._indices.pop(node, None)
        if not given:
            return None
        making, *held = given
        self._waiting.extendleft(held)
        self.schedule()
        return making

    def _feed(self, node: WorkerController) -> None:
        if node.shutting_down:
            return
        given = self._given[node]
        if reserved := self._reserved.pop(node.gateway.id, None):
            given.extend(reserved)
            node.send_runtest_some([self._indices[node][item] for item in reserved])
        while self._waiting and len(given) < 2:
            item = self._next(given)
            given.append(item)
            node.send_runtest_some([self._indices[node][item]])
        if not self._waiting:
            # It is told that nothing comes after what it has.
            node.shutdown()

    def _next(self, given: Sequence[str]) -> str:
        longest = self._lengths[self._waiting[0]]
        if given and self._lengths[given[-1]] >= longest:
            return self._waiting.pop()
        return self._waiting.popleft()
