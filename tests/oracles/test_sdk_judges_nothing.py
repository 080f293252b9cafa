"""Calls by an SDK that leave open whether the target keeps the rules."""

from dataclasses import replace

import pytest

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Fault
from imagebuilder_conformance.client.sdk_calls import SdkError
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS
from imagebuilder_conformance.oracles.findings import Finding, failures
from imagebuilder_conformance.oracles.passive import PassiveCheck
from imagebuilder_conformance.oracles.sdk import parsed, raises, retried, same_image_again
from tests.support.calls import CONTRACT, start
from tests.support.exchanges import CRASH, THROTTLED, error, exchange, success

from .rules import say_nothing
from .sdk_rules import MEMBERS, called

UNDECIDED = [CRASH, THROTTLED, error(503, "ServiceUnavailableException"), Fault.CLOSED, Fault.CUT, Fault.TIMEOUT]


@pytest.mark.parametrize("outcome", UNDECIDED, ids=str)
def test_a_passing_fault_judges_nothing(outcome: Answer | Fault) -> None:
    call = called(success(), outcome, error=SdkError("ServiceException", "ServiceException", "Later.", 500))
    found: list[Finding] = [
        *parsed(call, "sdk.success", MEMBERS),
        *same_image_again(called(success()), call, "sdk.automatic-token"),
        *retried(call, "sdk.retry"),
        *raises(call, "sdk.errors.resource-not-found", {"ResourceNotFoundException"}, 404),
    ]
    assert say_nothing(found)


INTERIM = Answer(103, (("Link", "</style.css>"),), b"")


@pytest.mark.parametrize("outcome", [error(403, "AccessDeniedException"), INTERIM], ids=str)
def test_a_missing_permission_and_an_interim_answer_judge_no_valid_call(outcome: Answer) -> None:
    call = called(success(), outcome, error=SdkError("ClientError", "Any", "Not now.", outcome.status))
    found: list[Finding] = [
        *parsed(call, "sdk.success", MEMBERS),
        *same_image_again(called(success()), call, "sdk.automatic-token"),
        *retried(call, "sdk.retry"),
    ]
    assert say_nothing(found)


def test_an_interim_answer_that_the_sdk_took_for_the_answer_is_not_held_against_the_target() -> None:
    call = called(INTERIM, error=SdkError("ClientError", "103", "", 103))
    assert say_nothing(raises(call, "sdk.errors.resource-not-found", {"ResourceNotFoundException"}, 404))


@pytest.mark.parametrize("check", PASSIVE_CHECKS, ids=lambda check: check.id)
def test_no_passive_check_holds_it_against_the_target_either(check: PassiveCheck) -> None:
    good, bad = (exchange(INTERIM, request=replace(start(), violates=breach)) for breach in (None, "token.too-long"))
    assert not failures(check.judge([good, bad], CONTRACT))


@pytest.mark.parametrize("outcome", [error(400, "ResourceInUseException"), error(402, "ServiceQuotaExceededException")])
def test_a_busy_pipeline_and_a_quota_excuse_a_start_and_no_replay(outcome: Answer) -> None:
    call = called(success(), outcome, error=SdkError("ClientError", "Any", "Not now.", outcome.status))
    assert say_nothing(parsed(call, "sdk.success", MEMBERS))
    assert failures(same_image_again(called(success()), call, "sdk.automatic-token"))
    assert failures(retried(call, "sdk.retry"))
