"""The sequential model: what each call may be answered, and what is surprising."""

from itertools import product

import pytest
from hypothesis import given, settings

from imagebuilder_conformance.idempotency import Call, Holding, Kind, Outcome, Surprise, TokenModel, explain

from .build import IMAGE, MISMATCH, OTHER, REFUSED, UNKNOWN, P, Q, R
from .histories import sequences


def knowing(*observed: tuple[str, Outcome]) -> TokenModel:
    """A model that has seen these pipelines and outcomes of the token t, none of them surprising."""
    model = TokenModel()
    for pipeline, outcome in observed:
        assert model.observe("t", pipeline, outcome) is None
    return model


def surprise_kind(model: TokenModel, pipeline: str, outcome: Outcome) -> Kind | None:
    surprise = model.expect("t", pipeline).surprise(outcome)
    return None if surprise is None else surprise.kind


def test_a_free_token_starts_a_new_image() -> None:
    expected = TokenModel().expect("t", P)
    assert (expected.success, expected.image, expected.mismatch) == (True, None, False)
    assert str(expected) == "an image that no other token has"


def test_a_held_token_replays_its_image() -> None:
    expected = knowing((P, IMAGE)).expect("t", P)
    assert (expected.success, expected.image, expected.mismatch) == (True, "image/1", False)
    assert str(expected) == "image image/1"


def test_a_held_token_is_a_mismatch_for_another_pipeline() -> None:
    expected = knowing((P, IMAGE)).expect("t", Q)
    assert (expected.success, expected.image, expected.mismatch) == (False, None, True)
    assert str(expected) == "a mismatch, as the token may belong to pipeline/p"


def test_after_an_unknown_outcome_both_are_allowed() -> None:
    expected = knowing((P, UNKNOWN)).expect("t", Q)
    assert (expected.success, expected.mismatch) == (True, True)
    assert str(expected) == "an image that no other token has or a mismatch, as the token may belong to pipeline/p"


def test_a_mismatch_settles_that_the_unknown_call_took_effect() -> None:
    model = knowing((P, UNKNOWN), (Q, MISMATCH))
    assert not model.expect("t", R).success
    assert model.expect("t", P).success
    assert not model.expect("t", P).mismatch


def test_each_mismatch_rules_out_one_that_may_hold_the_token() -> None:
    model = knowing((P, UNKNOWN), (Q, UNKNOWN), (P, MISMATCH))
    assert model.expect("t", P).mismatch
    assert not model.expect("t", Q).mismatch
    assert model.expect("t", Q).success


def test_a_call_made_after_the_token_is_held_cannot_hold_it() -> None:
    model = knowing((P, UNKNOWN), (Q, MISMATCH), (R, UNKNOWN))
    assert model.expect("t", R).knowledge.holders == {P}
    assert not model.expect("t", R).success


def test_a_refusal_and_no_answer_are_always_allowed() -> None:
    for model in (knowing(), knowing((P, IMAGE)), knowing((P, UNKNOWN), (Q, MISMATCH))):
        for outcome in (REFUSED, UNKNOWN):
            assert model.expect("t", P).allows(outcome)
            assert model.expect("t", Q).allows(outcome)


def test_each_surprise_has_its_kind() -> None:
    assert surprise_kind(knowing((P, IMAGE)), P, OTHER) is Kind.TWO_IMAGES
    assert surprise_kind(knowing((P, IMAGE)), Q, OTHER) is Kind.TWO_OWNERS
    assert surprise_kind(knowing((P, IMAGE)), Q, IMAGE) is Kind.ACCEPTED_FOR_OTHER
    assert surprise_kind(knowing((P, IMAGE)), P, MISMATCH) is Kind.MISMATCH_FOR_OWNER
    assert surprise_kind(knowing((P, UNKNOWN), (Q, MISMATCH)), Q, IMAGE) is Kind.MISMATCH_FOR_OWNER
    assert surprise_kind(knowing(), P, MISMATCH) is Kind.MISMATCH_WITHOUT_CAUSE
    assert surprise_kind(knowing((P, UNKNOWN)), P, MISMATCH) is Kind.MISMATCH_WITHOUT_CAUSE
    assert surprise_kind(knowing((P, UNKNOWN), (Q, MISMATCH)), P, MISMATCH) is Kind.MISMATCH_FOR_ALL
    assert surprise_kind(knowing((P, REFUSED)), Q, MISMATCH) is Kind.MISMATCH_AFTER_REFUSAL
    assert surprise_kind(knowing((P, REFUSED), (R, UNKNOWN), (P, MISMATCH)), R, MISMATCH) is Kind.MISMATCH_FOR_ALL
    assert surprise_kind(knowing((P, UNKNOWN), (Q, MISMATCH)), R, IMAGE) is Kind.STARTED_TOO_LATE
    assert surprise_kind(knowing((P, UNKNOWN), (Q, MISMATCH), (R, REFUSED)), R, IMAGE) is Kind.STARTED_TOO_LATE
    assert surprise_kind(knowing((R, REFUSED), (P, UNKNOWN), (Q, MISMATCH)), R, IMAGE) is Kind.MISMATCH_AFTER_REFUSAL


def test_an_image_of_another_token_is_a_surprise() -> None:
    model = knowing((P, IMAGE))
    assert model.observe("u", P, IMAGE) == Surprise(
        Kind.IMAGE_SHARED, "an image that no other token has", "image image/1"
    )


def test_nothing_is_learned_from_a_surprise() -> None:
    model = knowing((P, IMAGE))
    assert model.observe("t", Q, OTHER) is not None
    assert model.holdings == {"t": Holding(P, "image/1")}
    assert model.expect("t", P).allows(IMAGE)
    assert model.expect("u", P).allows(OTHER)


def agree(calls: list[Call]) -> bool:
    """Whether the last call is allowed, by the model and by the history checker alike; the others are."""
    model = TokenModel()
    for call in calls[:-1]:
        model.observe(call.token, call.pipeline, call.outcome)
    surprise = model.observe(calls[-1].token, calls[-1].pipeline, calls[-1].outcome)
    kinds = {anomaly.kind for anomaly in explain(calls)}
    if surprise is None:
        assert kinds == set()
        return True
    assert surprise.kind in kinds
    return False


@pytest.mark.slow
@settings(max_examples=200, deadline=None, database=None)
@given(sequences())
def test_model_and_history_checker_agree_on_calls_that_follow_each_other(calls: list[Call]) -> None:
    for number in range(len(calls)):
        if not agree(calls[: number + 1]):
            return


def test_model_and_history_checker_agree_on_all_sequences_of_up_to_four_calls_of_one_token() -> None:
    outcomes: list[Outcome] = [IMAGE, OTHER, MISMATCH, UNKNOWN, REFUSED]
    shapes = list(product((P, Q, R), outcomes))
    allowed: list[list[Call]] = [[]]
    for number in range(4):
        longer = [
            [*calls, Call(f"e{number}", "t", pipeline, number, number + 0.5, outcome)]
            for calls in allowed
            for pipeline, outcome in shapes
        ]
        allowed = [calls for calls in longer if agree(calls)]
    assert len(allowed) > 1000
