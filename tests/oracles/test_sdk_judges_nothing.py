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


def test_a_build_under_way_judges_nothing_of_a_valid_call() -> None:
    call = called(
        error(400, "ResourceInUseException"), error=SdkError("ClientError", "ResourceInUseException", "x", 400)
    )
    found = [
        *parsed(call, "sdk.success", MEMBERS),
        *same_image_again(called(success()), call, "sdk.automatic-token"),
        *retried(call, "sdk.retry"),
    ]
    assert found == []
