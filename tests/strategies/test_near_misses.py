from collections.abc import Callable
from uuid import UUID

import pytest

from imagebuilder_conformance.reference.defects.catalogue import defects
from imagebuilder_conformance.reference.defects.folding import Folded, Matched
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_strategies import NearMiss, near_numbers, near_tokens, near_uuids
from imagebuilder_strategies.pair_classes import PairClass, pair_classes
from tests.strategies.drawing import UNIQUE, Oracle, revision

NUMBER = 700_300_000_000_007
PAIRS = {pair.label: pair for pair in near_tokens(UNIQUE)}


# A function under which the two tokens become one, where no defect of the reference target is one.
CONFUSED: dict[str, Callable[[str], str]] = {
    "blank.around": str.strip,
    "whole.first-35-shared": lambda token: token[:35],
    "whole.last-35-shared": lambda token: token[1:],
    "whole.middle-character": lambda token: token[:24] + token[25:],
    "whole.prefix": lambda token: token[:35],
    "whole.suffix": lambda token: token[-35:],
}


def _folded(pair: NearMiss) -> list[str]:
    """The defects of the reference target that take the two for one."""
    found = []
    for name, defect in defects().items():
        if issubclass(defect.behaviour, Folded):
            folds = defect.behaviour(Settings()).fold
            taken = folds(pair.first) == folds(pair.second)
        elif issubclass(defect.behaviour, Matched):
            taken = defect.behaviour(Settings()).pattern(pair.second).fullmatch(pair.first) is not None
        else:
            taken = False
        found += [name] * taken
    return found


@pytest.mark.parametrize("pair", [*PAIRS.values(), *near_numbers(NUMBER)], ids=lambda pair: pair.label)
def test_a_pair_differs_but_for_the_sloppiness_of_its_label(pair: NearMiss) -> None:
    assert pair.first != pair.second
    confused = CONFUSED.get(pair.label)
    assert _folded(pair) if confused is None else confused(pair.first) == confused(pair.second)


@pytest.mark.parametrize("each", [each for each in pair_classes() if each.every_run], ids=lambda each: each.id)
def test_what_every_run_sends_some_defect_is_found_by_without_a_thorough_run(each: PairClass) -> None:
    pair = each.pair(str(NUMBER) if each.is_number else UNIQUE)
    assert any(not defects()[name].thorough for name in _folded(pair))


def test_a_pair_that_is_not_sent_in_every_run_is_left_out_unless_asked_for() -> None:
    few, all_ = (near_tokens(UNIQUE, thorough=thorough) for thorough in (False, True))
    assert set(few) < set(all_)
    assert {pair.label for pair in all_} - {pair.label for pair in few} == {
        each.id for each in pair_classes() if not each.every_run and not each.is_number
    }


def test_what_a_thorough_run_sends_is_shown_by_no_defect_that_every_run_finds() -> None:
    thorough = {each.id for each in pair_classes() if not each.every_run}
    sent = [pair for pair in [*PAIRS.values(), *near_numbers(NUMBER)] if pair.label not in thorough]
    found = {name for pair in sent for name in _folded(pair)}
    marked = {name for name, defect in defects().items() if defect.thorough and name.startswith("token-")}
    assert found.isdisjoint(marked)


@pytest.mark.parametrize("base", ["u", UNIQUE, "0" * 25])
@pytest.mark.parametrize("longest", [36, 64])
def test_both_tokens_are_legal_and_contain_the_base(base: str, longest: int) -> None:
    contract = revision(longest=longest)
    oracle = Oracle(contract)
    for pair in near_tokens(base, contract=contract):
        assert oracle.legal_token(pair.first), pair
        assert oracle.legal_token(pair.second), pair
        assert base in pair.first, pair
        assert base in pair.second, pair
        assert pair.first != pair.second


def test_what_needs_more_than_printable_ascii_is_marked() -> None:
    kinds = {pair.label.split(".")[0]: pair.ascii for pair in PAIRS.values()}
    assert {kind for kind, ascii_only in kinds.items() if not ascii_only} == {"control", "unicode"}
    assert len({pair.label.split(".")[0] for pair in PAIRS.values() if pair.ascii} & {"control", "unicode"}) == 0


def test_the_longest_tokens_differ_in_one_character() -> None:
    contract = revision(longest=64)
    long = [pair for pair in near_tokens(UNIQUE, contract=contract) if len(pair.first) == 64]
    labels = [
        f"whole.{label}" for label in ("first-63-shared", "last-63-shared", "middle-character", "prefix", "suffix")
    ]
    assert [pair.label for pair in long] == labels
    assert [_differences(pair) for pair in long[:3]] == [1, 1, 1]
    assert [len(pair.second) for pair in long[3:]] == [63, 63]


def test_pairs_share_tokens_so_that_fewer_executions_do() -> None:
    tokens = {token for pair in PAIRS.values() for token in (pair.first, pair.second)}
    assert len(tokens) < 1.5 * len(PAIRS)


def test_the_spellings_of_a_uuid_are_legal_tokens_of_their_own() -> None:
    uuid = UUID("0b5b54ee-2a3c-4f6e-9d3e-1f0a6c7d8e9f")
    oracle = Oracle(revision())
    for pair in near_uuids(uuid):
        assert pair.first != pair.second
        assert UUID(pair.first) == UUID(pair.second) == uuid
        assert oracle.legal_token(pair.first)
        assert oracle.legal_token(pair.second)


def _differences(pair: NearMiss) -> int:
    return sum(one != other for one, other in zip(pair.first, pair.second, strict=True))
