"""What a correct target may answer, however unlikely, is explained: no false alarm."""

import pytest

from imagebuilder_conformance.idempotency import Call, explain

from .build import IMAGE, MISMATCH, OTHER, REFUSED, UNKNOWN, P, Q, R, history

EXPLAINED = {
    "nothing happened": history(),
    "a start and its replay": history(("t", P, 0, 1, IMAGE), ("t", P, 2, 3, IMAGE)),
    "a mismatch after a start": history(("t", P, 0, 1, IMAGE), ("t", Q, 2, 3, MISMATCH)),
    "the original after a mismatch": history(("t", P, 0, 1, IMAGE), ("t", Q, 2, 3, MISMATCH), ("t", P, 4, 5, IMAGE)),
    "two tokens, two images": history(("t", P, 0, 1, IMAGE), ("u", P, 0, 1, OTHER)),
    "duplicates at once": history(("t", P, 0, 9, IMAGE), ("t", P, 1, 8, IMAGE), ("t", P, 2, 3, IMAGE)),
    "a mismatch that overtakes the start it overlaps": history(("t", P, 0, 9, IMAGE), ("t", Q, 1, 2, MISMATCH)),
    "a mismatch that was invoked before the start": history(("t", Q, 0, 5, MISMATCH), ("t", P, 3, 9, IMAGE)),
    "a mismatch that returns the instant the start is invoked": history(
        ("t", Q, 0, 3, MISMATCH), ("t", P, 3, 9, IMAGE)
    ),
    "a start without a known return": history(("t", P, 0, None, IMAGE), ("t", Q, 50, 51, MISMATCH)),
    "a mismatch without a known return": history(("t", Q, 0, None, MISMATCH), ("t", P, 50, 51, IMAGE)),
    "the client hung up and its retry got the image": history(("t", P, 0, 1, UNKNOWN), ("t", P, 2, 3, IMAGE)),
    "the client hung up and nobody asked again": history(("t", P, 0, 1, UNKNOWN)),
    "the client hung up and another pipeline was first": history(("t", P, 0, 1, UNKNOWN), ("t", Q, 2, 3, IMAGE)),
    "a mismatch whose cause hung up": history(("t", P, 0, 1, UNKNOWN), ("t", Q, 2, 3, MISMATCH)),
    "a 5xx that took effect after it was answered": history(
        ("t", P, 0, 1, UNKNOWN), ("t", Q, 2, 3, REFUSED), ("t", Q, 4, 5, MISMATCH), ("t", P, 6, 7, IMAGE)
    ),
    "one of two hung-up calls holds the token": history(
        ("t", P, 0, None, UNKNOWN), ("t", Q, 0, None, UNKNOWN), ("t", P, 2, 3, MISMATCH), ("t", Q, 4, 5, IMAGE)
    ),
    "the hung-up owner's retry is slow": history(
        ("t", P, 0, 1, UNKNOWN), ("t", Q, 2, 3, MISMATCH), ("t", P, 8, 9, IMAGE), ("t", R, 8, 9, MISMATCH)
    ),
    "a refused call leaves the token free": history(("t", P, 0, 1, REFUSED), ("t", Q, 2, 3, IMAGE)),
    "a replay is refused in passing": history(("t", P, 0, 1, IMAGE), ("t", P, 2, 3, REFUSED), ("t", P, 4, 5, IMAGE)),
    "a mismatch is refused for another reason": history(("t", P, 0, 1, IMAGE), ("t", Q, 2, 3, REFUSED)),
    "tokens that differ in case only": history(("t", P, 0, 1, IMAGE), ("T", Q, 2, 3, OTHER)),
}


@pytest.mark.parametrize("calls", EXPLAINED.values(), ids=EXPLAINED.keys())
def test_it_is_explained(calls: list[Call]) -> None:
    assert explain(calls) == []


@pytest.mark.parametrize("calls", EXPLAINED.values(), ids=EXPLAINED.keys())
def test_it_is_explained_in_any_order_of_arrival(calls: list[Call]) -> None:
    assert explain(reversed(calls)) == []
