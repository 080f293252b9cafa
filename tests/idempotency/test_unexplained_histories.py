"""What no order explains is found, under its name, and shown by the calls that contradict each other."""

from math import inf
from typing import NamedTuple

import pytest

from imagebuilder_conformance.idempotency import Call, Kind, Started, explain

from .build import IMAGE, MISMATCH, OTHER, REFUSED, UNKNOWN, P, Q, R, history


class Case(NamedTuple):
    """A history, the kind of its only anomaly, and the exchanges that show it."""

    calls: list[Call]
    kind: Kind
    shown_by: str


UNEXPLAINED = {
    "a replay started another image": Case(
        history(("t", P, 0, 1, IMAGE), ("t", P, 2, 3, IMAGE), ("t", P, 4, 5, OTHER)), Kind.TWO_IMAGES, "e1 e3"
    ),
    "duplicates at once started two images": Case(
        history(("t", P, 0, 9, IMAGE), ("t", P, 1, 8, OTHER)), Kind.TWO_IMAGES, "e1 e2"
    ),
    "a retry after a hang-up started a second image": Case(
        history(("t", P, 0, 1, UNKNOWN), ("t", P, 2, 3, IMAGE), ("t", P, 4, 5, OTHER)), Kind.TWO_IMAGES, "e2 e3"
    ),
    "the mismatch went unnoticed": Case(
        history(("t", P, 0, 1, IMAGE), ("t", Q, 2, 3, OTHER)), Kind.TWO_OWNERS, "e1 e2"
    ),
    "two pipelines raced and both won": Case(
        history(("t", P, 0, 9, IMAGE), ("t", Q, 0, 9, OTHER)), Kind.TWO_OWNERS, "e1 e2"
    ),
    "the token was replayed for another pipeline": Case(
        history(("t", P, 0, 1, IMAGE), ("t", Q, 2, 3, IMAGE)), Kind.ACCEPTED_FOR_OTHER, "e1 e2"
    ),
    "two tokens got one image": Case(history(("t", P, 0, 1, IMAGE), ("u", P, 2, 3, IMAGE)), Kind.IMAGE_SHARED, "e1 e2"),
    "a replay was a mismatch": Case(
        history(("t", P, 0, 1, IMAGE), ("t", P, 2, 3, MISMATCH)), Kind.MISMATCH_FOR_OWNER, "e1 e2"
    ),
    "a duplicate in flight was a mismatch": Case(
        history(("t", Q, 0, None, UNKNOWN), ("t", P, 0, 9, IMAGE), ("t", P, 1, 2, MISMATCH)),
        Kind.MISMATCH_FOR_OWNER,
        "e2 e3",
    ),
    "the owner after the mismatch": Case(
        history(("t", P, 0, 1, MISMATCH), ("t", P, 2, 3, IMAGE)), Kind.MISMATCH_FOR_OWNER, "e1 e2"
    ),
    "a fresh token was a mismatch": Case(history(("t", P, 0, 1, MISMATCH)), Kind.MISMATCH_WITHOUT_CAUSE, "e1"),
    "a mismatch came just before its cause": Case(
        history(("t", Q, 0, 1, MISMATCH), ("t", P, 1.001, 2, IMAGE)), Kind.MISMATCH_WITHOUT_CAUSE, "e1"
    ),
    "only the same pipeline had hung up": Case(
        history(("t", P, 0, None, UNKNOWN), ("t", P, 1, 2, MISMATCH)), Kind.MISMATCH_WITHOUT_CAUSE, "e2"
    ),
    "another token's start is no cause": Case(
        history(("u", P, 0, 1, IMAGE), ("t", Q, 2, 3, MISMATCH)), Kind.MISMATCH_WITHOUT_CAUSE, "e2"
    ),
    "two pipelines raced and both lost": Case(
        history(("t", P, 0, 9, MISMATCH), ("t", Q, 1, 8, MISMATCH)), Kind.MISMATCH_FOR_ALL, "e1 e2"
    ),
    "both that hung up were told it is the other's": Case(
        history(("t", P, 0, 1, UNKNOWN), ("t", Q, 0, 1, UNKNOWN), ("t", P, 2, 3, MISMATCH), ("t", Q, 4, 5, MISMATCH)),
        Kind.MISMATCH_FOR_ALL,
        "e3 e4",
    ),
    "three pipelines, none of which can hold it": Case(
        history(("t", P, 0, 9, MISMATCH), ("t", Q, 1, 8, MISMATCH), ("t", R, 2, 7, MISMATCH), ("t", R, 8, 9, MISMATCH)),
        Kind.MISMATCH_FOR_ALL,
        "e1 e2 e3",
    ),
    "a refused call used the token up": Case(
        history(("t", P, 0, 1, REFUSED), ("t", Q, 2, 3, MISMATCH)), Kind.MISMATCH_AFTER_REFUSAL, "e1 e2"
    ),
    "a refused call held the token for its pipeline": Case(
        history(("t", P, 0, 1, REFUSED), ("t", Q, 2, 3, MISMATCH), ("t", P, 4, 5, IMAGE)),
        Kind.MISMATCH_AFTER_REFUSAL,
        "e1 e2",
    ),
    "a refusal of the same pipeline is no cause": Case(
        history(("t", P, 0, 1, REFUSED), ("t", P, 2, 3, MISMATCH)), Kind.MISMATCH_WITHOUT_CAUSE, "e2"
    ),
    "a refusal after the mismatch is no cause": Case(
        history(("t", Q, 0, 1, MISMATCH), ("t", P, 2, 3, REFUSED)), Kind.MISMATCH_WITHOUT_CAUSE, "e1"
    ),
    "a third pipeline was accepted for a token already held": Case(
        history(("t", R, 0, 1, UNKNOWN), ("t", Q, 2, 3, MISMATCH), ("t", P, 4, 5, IMAGE)),
        Kind.STARTED_TOO_LATE,
        "e2 e3",
    ),
}


@pytest.mark.parametrize("case", UNEXPLAINED.values(), ids=UNEXPLAINED.keys())
def test_it_is_found_and_shown(case: Case) -> None:
    (anomaly,) = explain(case.calls)
    assert anomaly.kind is case.kind
    assert [call.id for call in anomaly.calls] == case.shown_by.split()


@pytest.mark.parametrize("case", UNEXPLAINED.values(), ids=UNEXPLAINED.keys())
def test_it_is_found_among_calls_that_are_right(case: Case) -> None:
    right = history(("v", P, 0, 1, Started("image/v")), ("v", Q, 2, 3, MISMATCH), ("w", Q, 0, 1, UNKNOWN))
    (anomaly,) = explain([*right, *case.calls])
    assert anomaly.kind is case.kind


def test_a_wrong_token_is_told_once_for_each_kind() -> None:
    calls = history(("t", P, 0, 1, IMAGE), *(("t", P, at, at + 1, OTHER) for at in range(2, 50)))
    assert [anomaly.kind for anomaly in explain(calls)] == [Kind.TWO_IMAGES]


def test_all_contradictions_of_a_token_are_told() -> None:
    calls = history(("u", P, 0, 1, IMAGE), ("t", P, 2, 3, OTHER), ("t", P, 4, 5, IMAGE), ("t", P, 6, 7, MISMATCH))
    assert [anomaly.kind for anomaly in explain(calls)] == [
        Kind.TWO_IMAGES,
        Kind.IMAGE_SHARED,
        Kind.MISMATCH_FOR_OWNER,
    ]


def test_a_mismatch_without_cause_is_told_of_a_token_that_got_anothers_image() -> None:
    calls = history(("u", P, 0, 1, IMAGE), ("t", Q, 2, 3, MISMATCH), ("t", P, 4, 5, IMAGE))
    assert [anomaly.kind for anomaly in explain(calls)] == [Kind.IMAGE_SHARED, Kind.MISMATCH_WITHOUT_CAUSE]


def test_a_mismatch_is_not_traced_where_the_owner_is_in_doubt() -> None:
    calls = history(("t", R, 0, 1, MISMATCH), ("t", P, 2, 3, IMAGE), ("t", Q, 4, 5, OTHER))
    assert [anomaly.kind for anomaly in explain(calls)] == [Kind.TWO_OWNERS]


def test_each_wrong_token_is_told() -> None:
    calls = history(*((f"t{number}", P, number, number, MISMATCH) for number in range(5)))
    assert [anomaly.token for anomaly in explain(calls)] == ["t0", "t1", "t2", "t3", "t4"]


def test_the_sentence_names_the_token_the_exchanges_their_times_and_their_answers() -> None:
    (anomaly,) = explain(history(("t", P, 0, 1, IMAGE), ("t", Q, 2, None, OTHER)))
    assert anomaly.sentence == (
        "Token 't' must start one image, but started one for each of two pipelines: "
        "e1 (pipeline/p, 0.000 s to 1.000 s) got image image/1; "
        "e2 (pipeline/q, 2.000 s to no answer) got image image/2."
    )


def test_the_sentence_of_a_shared_image_names_both_tokens() -> None:
    (anomaly,) = explain(history(("t", P, 0, 1, IMAGE), ("u", P, 2, 3, IMAGE)))
    assert anomaly.sentence.startswith("Token 'u' must have an image of its own, but got that of token 't': e1 ")


@pytest.mark.parametrize(
    ("invoked", "returned"), [(2.0, 1.0), (float("nan"), 1.0), (0.0, float("nan")), (float("inf"), None)]
)
def test_a_call_cannot_return_before_it_was_invoked(invoked: float, returned: float | None) -> None:
    with pytest.raises(ValueError, match="in exchange e1"):
        Call("e1", "t", P, invoked, returned, IMAGE)


def test_an_unknown_outcome_is_not_bounded_by_its_answer() -> None:
    answered, unanswered, broken = history(("t", P, 0, 1, IMAGE), ("t", P, 0, None, IMAGE), ("t", P, 0, 1, UNKNOWN))
    assert [call.deadline for call in (answered, unanswered, broken)] == [1, inf, inf]
