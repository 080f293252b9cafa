"""Calls by an SDK that leave open whether the target keeps the rules."""

import pytest

from imagebuilder_conformance.client.messages import Answer, Fault
from imagebuilder_conformance.client.sdk_calls import SdkError
from imagebuilder_conformance.oracles.findings import Finding
from imagebuilder_conformance.oracles.sdk import parsed, raises, retried, same_image_again
from tests.support.exchanges import CRASH, THROTTLED, error, success

from .sdk_rules import MEMBERS, called

UNDECIDED = [CRASH, THROTTLED, error(503, "ServiceUnavailableException"), Fault.CLOSED, Fault.TIMEOUT]


@pytest.mark.parametrize("outcome", UNDECIDED, ids=str)
def test_a_passing_fault_judges_nothing(outcome: Answer | Fault) -> None:
    call = called(success(), outcome, error=SdkError("ServiceException", "ServiceException", "Later.", 500))
    found: list[Finding] = [
        *parsed(call, "sdk.success", MEMBERS),
        *same_image_again(called(success()), call, "sdk.automatic-token"),
        *retried(call, "sdk.retry"),
        *raises(call, "sdk.errors.resource-not-found", {"ResourceNotFoundException"}, 404),
    ]
    assert found == []


HINDERED = [error(400, "ResourceInUseException"), error(403, "AccessDeniedException")]
INTERIM = Answer(103, (("Link", "</style.css>"),), b"")


@pytest.mark.parametrize("outcome", [*HINDERED, INTERIM], ids=str)
def test_a_busy_pipeline_a_missing_permission_and_an_interim_answer_judge_no_valid_call(outcome: Answer) -> None:
    call = called(success(), outcome, error=SdkError("ClientError", "Any", "Not now.", outcome.status))
    found: list[Finding] = [
        *parsed(call, "sdk.success", MEMBERS),
        *same_image_again(called(success()), call, "sdk.automatic-token"),
        *retried(call, "sdk.retry"),
    ]
    assert found == []


def test_an_interim_answer_that_the_sdk_took_for_the_answer_is_not_held_against_the_target() -> None:
    call = called(INTERIM, error=SdkError("ClientError", "103", "", 103))
    assert list(raises(call, "sdk.errors.resource-not-found", {"ResourceNotFoundException"}, 404)) == []
