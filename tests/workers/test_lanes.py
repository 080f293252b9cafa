import threading

import pytest

from imagebuilder_conformance.running.workers.lanes import Lanes

PATIENCE = 20.0


def test_each_item_is_made_once_and_its_result_is_its_own() -> None:
    made: list[str] = []

    def make(lane: int, item: str) -> tuple[int, str]:
        made.append(item)
        return lane, item

    items = [f"item-{number}" for number in range(50)]
    lanes = Lanes([1, 2, 3], items, make)
    results = [lanes.result(item) for item in items]
    assert [item for _, item in results] == items
    assert {lane for lane, _ in results} <= {1, 2, 3}
    assert sorted(made) == sorted(items)


def test_as_many_are_made_at_the_same_time_as_there_are_lanes() -> None:
    # With fewer threads the barrier would break.
    together = threading.Barrier(4)

    def make(_lane: int, _item: str) -> int:
        return together.wait(PATIENCE)

    lanes = Lanes(range(4), ["a", "b", "c", "d"], make)
    assert sorted(lanes.result(item) for item in "abcd") == [0, 1, 2, 3]


def test_what_making_raises_is_raised_where_the_result_is_asked_for() -> None:
    def make(_lane: int, item: str) -> str:
        if item == "bad":
            raise LookupError("bad")
        return item

    lanes = Lanes([1], ["bad", "good"], make)
    with pytest.raises(LookupError):
        lanes.result("bad")
    assert lanes.result("good") == "good"


def test_after_a_stop_nothing_more_is_begun() -> None:
    begun, held = threading.Event(), threading.Event()
    made: list[str] = []

    def make(_lane: int, item: str) -> None:
        begun.set()
        held.wait(PATIENCE)
        made.append(item)

    lanes = Lanes([1], ["first", "second"], make)
    begun.wait(PATIENCE)
    lanes.stop(0.0)
    held.set()
    lanes.stop(PATIENCE)
    assert made == ["first"]


def test_an_item_of_another_share_has_no_result() -> None:
    lanes = Lanes([1], ["ours"], lambda _lane, item: item)
    assert "ours" in lanes
    assert "theirs" not in lanes
