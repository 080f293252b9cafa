"""A table that spills is a mapping like any other, wherever its entries are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_conformance.auditing.spilling import Spill

KEYS = st.sampled_from(["a", "b", "\ud800", "", "é"])
STEPS = st.lists(st.tuples(st.sampled_from(["set", "get", "delete", "list"]), KEYS, st.integers()), max_size=30)


@given(steps=STEPS, limit=st.sampled_from([0, 600, 10_000]))
def test_a_table_does_what_a_dict_does(steps: list[tuple[str, str, int]], limit: int) -> None:
    plain: dict[str, int] = {}
    with Spill(limit) as spill:
        table = spill.table()
        for step, key, value in steps:
            if step == "set":
                plain[key] = table[key] = value
            elif step == "delete":
                assert table.pop(key, None) == plain.pop(key, None)
            elif step == "get":
                assert table.get(key) == plain.get(key)
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
