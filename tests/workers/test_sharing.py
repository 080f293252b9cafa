from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_conformance.running.workers.sharing import shares

LENGTHS = st.dictionaries(st.text("abc", min_size=1), st.integers(0, 60), max_size=30)
CREWS = st.lists(st.integers(1, 8), min_size=1, max_size=5)


@given(LENGTHS, CREWS)
def test_every_item_is_in_one_share(lengths: dict[str, int], crew: list[int]) -> None:
    given = [item for share in shares(lengths, crew) for item in share.begun]
    assert sorted(given) == sorted(lengths)


@given(LENGTHS, CREWS)
def test_every_process_can_tell_its_own_share(lengths: dict[str, int], crew: list[int]) -> None:
    assert shares(lengths, crew) == shares(dict(lengths), list(crew))
    assert len(shares(lengths, crew)) == len(crew)


@given(LENGTHS, CREWS)
def test_the_longest_are_begun_first(lengths: dict[str, int], crew: list[int]) -> None:
    for share in shares(lengths, crew):
        begun = [lengths[item] for item in share.begun]
        assert begun == sorted(begun, reverse=True)
        assert sorted(share.begun) == sorted(share.ended)


@given(LENGTHS, CREWS)
def test_nobody_is_busy_much_longer_than_is_fair(lengths: dict[str, int], crew: list[int]) -> None:
    fair, longest = sum(lengths.values()) / sum(crew), max(lengths.values(), default=0)
    for share, lanes in zip(shares(lengths, crew), crew, strict=True):
        assert sum(lengths[item] for item in share.begun) <= lanes * (fair + longest)


def test_items_are_reported_as_they_end() -> None:
    [share] = shares({"long": 9, "middle": 4, "short": 1}, [2])
    assert share.begun == ("long", "middle", "short")
    assert share.ended == ("middle", "short", "long")
