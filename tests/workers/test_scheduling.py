"""The scheduler beside workers that only write down what they are told."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from imagebuilder_conformance.running.workers.scheduling import LongestFirst

LENGTHS = {"a": 3, "b": 50, "c": 1, "d": 20, "e": 7, "f": 1}
ITEMS = ["f", "e", "d", "c", "b", "a"]


@dataclass(eq=False)
class Node:
    """Takes the place of xdist's hold on a worker."""

    name: str
    told: list[str] = field(default_factory=list)
    shutting_down: bool = False

    @property
    def gateway(self) -> Any:
        return SimpleNamespace(id=self.name)

    def send_runtest_some(self, indices: list[int]) -> None:
        assert not self.shutting_down
        self.told += [ITEMS[index] for index in indices]

    def shutdown(self) -> None:
        self.shutting_down = True


def arrive(scheduler: LongestFirst, node: Node) -> None:
    scheduler.add_node(cast("Any", node))
    scheduler.add_node_collection(cast("Any", node), ITEMS)
    scheduler.schedule()


def finish(scheduler: LongestFirst, node: Node, item: str) -> None:
    scheduler.mark_test_complete(cast("Any", node), ITEMS.index(item))


def test_the_first_worker_does_not_wait_for_the_others() -> None:
    scheduler, node = LongestFirst(LENGTHS, {}), Node("gw0")
    before = scheduler.collection_is_completed
    arrive(scheduler, node)
    assert (before, scheduler.collection_is_completed) == (False, True)
    assert node.told[0] == "b"


def test_behind_a_long_one_waits_a_short_one() -> None:
    scheduler, one, two = LongestFirst(LENGTHS, {}), Node("gw0"), Node("gw1")
    arrive(scheduler, one)
    arrive(scheduler, two)
    assert one.told == ["b", "f"]
    assert two.told == ["d", "c"]
    finish(scheduler, two, "d")
    assert two.told == ["d", "c", "e"]


def test_every_item_is_handed_out_once_and_everybody_is_sent_home() -> None:
    scheduler, nodes = LongestFirst(LENGTHS, {}), [Node("gw0"), Node("gw1")]
    for node in nodes:
        arrive(scheduler, node)
    done = 0
    while scheduler.has_pending:
        node = nodes[done % 2]
        made = sum(len(each.told) for each in nodes)
        waiting = node.told[done // 2 :]
        if waiting:
            finish(scheduler, node, waiting[0])
        done += 1
        assert made <= len(LENGTHS)
    assert sorted(one for node in nodes for one in node.told) == sorted(LENGTHS)
    assert all(node.shutting_down for node in nodes)
    assert scheduler.tests_finished


def test_of_a_worker_that_is_gone_the_item_it_made_is_told_and_the_rest_handed_out_again() -> None:
    scheduler, gone, other = LongestFirst(LENGTHS, {}), Node("gw0"), Node("gw1")
    arrive(scheduler, gone)
    assert scheduler.remove_node(cast("Any", gone)) == "b"
    assert not scheduler.tests_finished
    arrive(scheduler, other)
    for item in ("d", "f", "c", "a", "e"):
        if item in other.told:
            finish(scheduler, other, item)
    assert "f" in other.told
    assert "b" not in other.told


def test_a_worker_that_is_gone_before_it_had_anything_was_making_nothing() -> None:
    scheduler, gone = LongestFirst(LENGTHS, {}), Node("gw0")
    scheduler.add_node(cast("Any", gone))
    assert scheduler.remove_node(cast("Any", gone)) is None


def test_reserved_items_go_to_their_worker_all_at_once() -> None:
    scheduler = LongestFirst(LENGTHS, {"gw0": ["a", "b", "c"], "gw1": ["d", "e", "f"]})
    one, two = Node("gw0"), Node("gw1")
    arrive(scheduler, two)
    assert two.told == ["d", "e", "f"]
    assert not scheduler.tests_finished
    arrive(scheduler, one)
    assert one.told == ["a", "b", "c"]
    assert one.shutting_down


def test_it_never_takes_items_back() -> None:
    with pytest.raises(NotImplementedError):
        LongestFirst(LENGTHS, {}).remove_pending_tests_from_node(cast("Any", Node("gw0")), [0])
