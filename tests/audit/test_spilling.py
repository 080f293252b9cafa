"""A table that spills is a mapping like any other, wherever its entries are."""

import os
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagebuilder_conformance.auditing.ordering import Sorter
from imagebuilder_conformance.auditing.packing import pack, unpack
from imagebuilder_conformance.auditing.spilling import Spill
from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault
from imagebuilder_conformance.client.partial import PartialAnswer
from imagebuilder_conformance.idempotency import Call, Mismatch, Started
from tests.support.calls import IMAGE, PIPELINE, REQUESTS

KEYS = st.sampled_from(["a", "b", "\ud800", "", "é"])
# Some lie beside their keys, some apart, and some are compressed.
VALUES = st.integers() | st.sampled_from(["", "\ud800", "a" * 100, "b" * 10_000])
STEPS = st.lists(st.tuples(st.sampled_from(["set", "default", "get", "delete", "list"]), KEYS, VALUES), max_size=30)


@settings(deadline=None)
@given(steps=STEPS, limit=st.sampled_from([0, 600, 10_000]))
def test_a_table_does_what_a_dict_does(steps: list[tuple[str, str, int | str]], limit: int) -> None:
    plain: dict[str, int | str] = {}
    with Spill(limit) as spill:
        table = spill.table()
        for step, key, value in steps:
            if step == "set":
                plain[key] = table[key] = value
            elif step == "default":
                assert table.setdefault(key, value) == plain.setdefault(key, value)
            elif step == "delete":
                assert table.pop(key, None) == plain.pop(key, None)
            elif step == "get":
                assert table.get(key, "none") == plain.get(key, "none")
                assert (key in table) is (key in plain)
            else:
                assert dict(table.items()) == plain
                assert len(table) == len(plain)


def test_tables_of_a_spill_share_its_limit_and_not_their_keys() -> None:
    with Spill(limit=0) as spill:
        one, other = spill.table(), spill.table()
        one["key"], other["key"] = 1, 2
        assert (one["key"], other["key"]) == (1, 2)
        with pytest.raises(KeyError):
            del other["none"]


OK = Answer(200, (("content-type", "application/json"),), b'{"imageBuildVersionArn": "i"}')
REQUEST = REQUESTS.start("a-token", PIPELINE)


def exchange(*attempts: Attempt, id_: str = "x1") -> Exchange:
    return Exchange(id_, "recorded", REQUEST, "http://127.0.0.1:1/", (("host", "h"),), attempts)


@pytest.mark.parametrize(
    "value",
    [
        exchange(Attempt(1.0, 0.5, OK)),
        exchange(Attempt(1.0, 0.5, replace(OK, body=os.urandom(10_000)))),
        exchange(Attempt(1.0, 0.5, OK), Attempt(2.0, 0.5, OK, stale=True)),
        exchange(Attempt(1.0, 0.5, fault=Fault.CLOSED, detail="reset"), Attempt(2.0, 0.5, OK)),
        exchange(Attempt(1.0, 0.5, PartialAnswer(status=200))),
        replace(exchange(Attempt(1.0, 0.5, OK)), request=replace(REQUEST, token="\ud800", headers={"a": None})),
        Call("x1", "\ud800", PIPELINE, 1.0, None, Started(IMAGE), "aws"),
        Call("x1", "a", PIPELINE, 1.0, 2.0, Mismatch()),
        "\ud800",
        True,
    ],
)
def test_what_was_packed_is_the_same_again(value: object) -> None:
    assert unpack(pack(value)) == value


def test_what_an_answer_worked_out_of_its_bytes_is_not_packed() -> None:
    fresh, asked = (exchange(Attempt(1.0, 0.5, replace(OK))) for _ in range(2))
    assert asked.answer is not None
    assert asked.answer.image == "i"
    assert pack(asked) == pack(fresh)


def test_a_table_holds_one_bulky_value_at_most() -> None:
    tracemalloc.start()
    try:
        with Spill(limit=0) as spill:
            table = spill.table()
            for number in range(20):
                table[str(number)] = os.urandom(2**20)
            held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 4 * 2**20


@settings(deadline=None)
@given(times=st.lists(st.integers(0, 5), max_size=20), most=st.sampled_from([1, 3, 100]))
def test_what_is_sorted_comes_by_time_and_then_as_it_came(times: list[int], most: int) -> None:
    came = [exchange(Attempt(float(time), 0.5, OK), id_=f"x{number}") for number, time in enumerate(times)]
    with Spill() as spill:
        sorter = Sorter(spill, most)
        for each in came:
            sorter.add("a file", each)
        assert [each for _, each in sorter] == sorted(came, key=lambda each: each.started_at)
