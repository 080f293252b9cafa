"""Answers that leave open whether a rule was kept: neither a failure nor a proof."""

from dataclasses import replace

import pytest

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange, Fault
from imagebuilder_conformance.oracles import starts, used_tokens, well_formed
from imagebuilder_conformance.oracles.authentication import refusal_in_form, signature_refused
from imagebuilder_conformance.oracles.errors import bad_parameter, retry_after
from imagebuilder_conformance.oracles.faults import raised_as_declared, retry_recovers
from imagebuilder_conformance.oracles.findings import Finding, Held, failures
from imagebuilder_conformance.oracles.histories import explicable
from imagebuilder_conformance.oracles.refusals import refused
from imagebuilder_conformance.oracles.surroundings import starts_nothing
from imagebuilder_conformance.oracles.throttling import recovered, throttled_in_form
from imagebuilder_spec import FAULT_HEADER, FaultDemand
from tests.support.calls import CONTRACT, OTHER_PIPELINE, image, start
from tests.support.exchanges import (
    BAD_PARAMETER,
    CRASH,
    MISMATCH,
    NOT_FOUND,
    THROTTLED,
    answer,
    error,
    exchange,
    invalid,
    started,
    success,
)

from .rules import say_nothing

CLAUSE = "operation.start"
UNDECIDED = [CRASH, THROTTLED, error(503, "ServiceUnavailableException"), Fault.CLOSED, Fault.CUT, Fault.TIMEOUT]


def of_valid_requests(outcome: Answer | Fault) -> list[Finding]:
    judged = exchange(outcome)
    return [
        *starts.accepted(judged, CLAUSE),
        *starts.accepted_or_refused(judged, CLAUSE),
        *starts.replay_succeeds(started(), judged, CLAUSE),
        *starts.same_image(started(), judged, CLAUSE),
        *starts.distinct(started("other"), judged, CLAUSE, "everything"),
        *starts.mismatch_refused(started(), judged, CLAUSE),
        *starts.mismatch_named(started(), judged, CLAUSE),
        *starts.not_found(judged, CLAUSE),
        *used_tokens.token_left_free(exchange(NOT_FOUND), judged, CLAUSE),
        *well_formed.well_formed(judged, CLAUSE),
        *well_formed.not_malformed(invalid(BAD_PARAMETER), judged, CLAUSE),
        *explicable([judged], CLAUSE),
    ]


@pytest.mark.parametrize("outcome", UNDECIDED, ids=str)
def test_a_passing_fault_judges_nothing_of_a_valid_request(outcome: Answer | Fault) -> None:
    assert say_nothing(of_valid_requests(outcome))


@pytest.mark.parametrize("outcome", [CRASH, Fault.CLOSED], ids=str)
def test_a_fault_that_comes_again_after_a_good_answer_judges(outcome: Answer | Fault) -> None:
    again = exchange(outcome, reproduced=True)
    assert failures(starts.accepted(again, CLAUSE))
    assert failures(starts.not_found(again, CLAUSE))
    assert failures(starts.replay_succeeds(started(), again, CLAUSE))


def test_throttling_judges_nothing_of_an_invalid_request() -> None:
    assert say_nothing(refused(invalid(THROTTLED), CLAUSE))


@pytest.mark.parametrize("status", [400, 401, 403, 405, 413, 415, 422])
def test_any_client_error_refuses_an_invalid_request(status: int) -> None:
    # That it ought to be 400 is judged once, by `answers.bad-parameter`.
    assert list(refused(invalid(error(status)), CLAUSE)) == [Held(CLAUSE)]


@pytest.mark.parametrize("status", [200, 201, 302])
def test_nothing_below_400_does(status: int) -> None:
    assert failures(refused(invalid(answer(status)), CLAUSE))


def test_a_redirect_is_no_success() -> None:
    assert failures(starts.accepted(exchange(answer(307)), CLAUSE))


def test_a_token_that_an_earlier_run_used_shows_by_its_mismatch_that_it_is_legal() -> None:
    assert list(starts.accepted_or_used(exchange(MISMATCH), CLAUSE)) == [Held(CLAUSE)]
    assert failures(starts.accepted_or_used(exchange(BAD_PARAMETER), CLAUSE))


def test_a_replay_is_compared_only_where_both_name_an_image() -> None:
    nameless = exchange(success(imageBuildVersionArn=None))
    assert list(starts.same_image(nameless, started(), CLAUSE)) == []
    assert list(starts.same_image(started(), nameless, CLAUSE)) == []
    assert list(starts.same_image(started(), exchange(BAD_PARAMETER), CLAUSE)) == []


def test_a_refused_start_is_not_called_distinct() -> None:
    assert list(starts.distinct(started(), exchange(BAD_PARAMETER), CLAUSE, "case")) == []


def test_a_code_that_is_missing_is_blamed_on_the_envelope_only() -> None:
    nameless = exchange(error(400, None))
    assert list(starts.mismatch_named(started(), nameless, CLAUSE)) == []
    assert list(starts.not_found(nameless, CLAUSE)) == []


def test_a_mismatch_that_was_accepted_is_not_also_misnamed() -> None:
    accepted = exchange(success(), request=start(pipeline=OTHER_PIPELINE))
    assert failures(starts.mismatch_refused(started(), accepted, CLAUSE))
    assert list(starts.mismatch_named(started(), accepted, CLAUSE)) == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_denial_judges_no_name(status: int) -> None:
    assert say_nothing(well_formed.well_formed(exchange(error(status, "AccessDeniedException")), CLAUSE))


def test_a_legal_name_that_happens_to_exist_is_looked_up_too() -> None:
    assert list(well_formed.well_formed(started(), CLAUSE)) == [Held(CLAUSE)]


def test_where_malformed_arns_crash_there_is_nothing_to_compare_with() -> None:
    assert list(well_formed.not_malformed(invalid(CRASH), exchange(BAD_PARAMETER), CLAUSE)) == []


def test_throttling_says_nothing_of_signatures() -> None:
    assert say_nothing(signature_refused(exchange(THROTTLED), CLAUSE))
    assert say_nothing(refusal_in_form(exchange(THROTTLED), CONTRACT, "auth.status", "auth.code"))


def test_a_signature_fault_without_a_code_is_blamed_on_the_envelope_only() -> None:
    found = list(refusal_in_form(exchange(error(403, None)), CONTRACT, "auth.status", "auth.code"))
    assert found == [Held("auth.status")]


@pytest.mark.parametrize("status", [400, 401, 403])
def test_each_published_status_of_a_signature_fault_is_admissible(status: int) -> None:
    found = refusal_in_form(exchange(error(status, "AccessDeniedException")), CONTRACT, "auth.status", "auth.code")
    assert failures(found) == []


def test_what_other_methods_do_is_judged_by_images_only() -> None:
    assert list(starts_nothing(exchange(answer(200, b"<html>")), CLAUSE)) == [Held(CLAUSE)]
    assert list(starts_nothing(exchange(Fault.CLOSED), CLAUSE)) == []


@pytest.mark.parametrize(
    ("outcome", "throttled"),
    [
        (THROTTLED, True),
        (error(400, "ThrottlingException"), True),
        (error(429, None), True),
        (BAD_PARAMETER, False),
        (success(), False),
        (CRASH, False),
        (Fault.CLOSED, False),
    ],
    ids=str,
)
def test_throttling_is_known_by_its_status_or_its_code(outcome: Answer | Fault, throttled: bool) -> None:  # noqa: FBT001  # parametrized
    assert exchange(outcome).is_throttled is throttled


def test_a_published_status_of_another_throttling_code_is_admissible() -> None:
    found = throttled_in_form(exchange(error(400, "ThrottlingException")), CONTRACT, "throttling.status", CLAUSE)
    assert failures(found) == []


def test_no_answer_is_no_recovery_and_no_failure_to_recover() -> None:
    assert say_nothing(recovered(exchange(THROTTLED), exchange(Fault.TIMEOUT), CLAUSE))


@pytest.mark.parametrize(
    ("quiet", "busy"),
    [
        pytest.param([1, 1, 1], [1, 1, 1], id="no gaps"),
        pytest.param([1, 2, 1], [2, 3, 5], id="somebody else is using the target"),
        pytest.param([1, 1, 1], [2, 2, 2], id="gaps that do not grow with the replays"),
        pytest.param([1, 1, 1], [2, 1, 5], id="gaps now and then"),
        pytest.param([3, 3, 3], [3, 3, 3], id="numbers in steps of three"),
    ],
)
def test_gaps_that_do_not_keep_pace_with_the_replays_accuse_nobody(quiet: list[int], busy: list[int]) -> None:
    found = list(used_tokens.no_hidden_builds(quiet, busy, [1, 2, 4], (started(),), CLAUSE))
    assert found == [Held(CLAUSE)]


@pytest.mark.parametrize(("arn", "number"), [(image(7), 7), ("arn:x/0012", 12)])
def test_the_build_number_is_behind_the_last_slash(arn: str, number: int) -> None:
    build = used_tokens.build_number(exchange(success(imageBuildVersionArn=arn)))
    assert build == (arn.rsplit("/", 1)[0], number)


@pytest.mark.parametrize("arn", [None, "", "arn", "arn/x", "arn/1.0.0"])
def test_an_arn_without_one_has_none(arn: str | None) -> None:
    assert used_tokens.build_number(exchange(success(imageBuildVersionArn=arn))) is None


def demanded(*headers: tuple[str, str]) -> Exchange:
    request = start().demanding(FaultDemand("ServiceException", after=True))
    return exchange(replace(CRASH, headers=(*CRASH.headers, *headers)), request=request)


@pytest.mark.parametrize("headers", [(), ((FAULT_HEADER, "ServiceException"),)])
def test_an_error_that_does_not_repeat_the_demand_is_no_demanded_fault(headers: tuple[tuple[str, str], ...]) -> None:
    fault = demanded(*headers)
    assert list(raised_as_declared(fault, CONTRACT, CLAUSE)) == []
    assert list(retry_recovers(fault, exchange(MISMATCH), CLAUSE)) == []


@pytest.mark.parametrize("outcome", UNDECIDED, ids=str)
def test_a_retry_that_meets_another_passing_fault_judges_nothing(outcome: Answer | Fault) -> None:
    fault = demanded((FAULT_HEADER, "ServiceException;after"))
    assert say_nothing(retry_recovers(fault, exchange(outcome), CLAUSE))


def test_where_the_fault_does_not_name_its_image_any_image_is_right() -> None:
    fault = demanded((FAULT_HEADER, "ServiceException;after"))
    assert list(retry_recovers(fault, started(number=7), CLAUSE)) == [Held(CLAUSE)]


@pytest.mark.parametrize("value", ["0", "1", "120", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_seconds_and_dates_are_both_legible(value: str) -> None:
    fault = exchange(replace(CRASH, headers=(*CRASH.headers, ("Retry-After", value))))
    assert list(retry_after.judge([fault], CONTRACT)) == [Held("faults.retry-after")]


@pytest.mark.parametrize("value", ["", "-1", "1.5", "1s", "soon", "\u0661", "tomorrow at noon"])
def test_anything_else_is_not(value: str) -> None:
    fault = exchange(replace(CRASH, headers=(*CRASH.headers, ("Retry-After", value))))
    assert failures(retry_after.judge([fault], CONTRACT))


def test_a_pipeline_that_is_in_use_may_refuse_every_duplicate() -> None:
    in_use = [exchange(error(400, "ResourceInUseException")) for _ in range(3)]
    assert say_nothing(explicable(in_use, CLAUSE))


@pytest.mark.parametrize("answered", [error(403, "ForbiddenException"), error(402, "ServiceQuotaExceededException")])
def test_a_matter_of_the_account_is_one_of_the_parameter_where_a_later_start_succeeds(answered: Answer) -> None:
    ours = exchange(answered, request=start("too-long").breaking("token.too-long"))
    assert list(bad_parameter.judge([ours], CONTRACT)) == []
    assert (
        list(bad_parameter.judge([started(), replace(ours, attempts=exchange(answered, at=5).attempts)], CONTRACT))
        == []
    )
    assert failures(bad_parameter.judge([ours, started(at=5)], CONTRACT))


def test_a_permission_may_be_for_some_pipelines() -> None:
    theirs = exchange(error(403, "ForbiddenException"), request=start("any", "not-an-arn").breaking("arn.only-name"))
    assert list(bad_parameter.judge([theirs, started(at=5)], CONTRACT)) == []


def test_keys_may_end_and_be_renewed() -> None:
    ended = exchange(error(403, "ExpiredTokenException"), request=start("too-long").breaking("token.too-long"))
    assert list(bad_parameter.judge([ended, started(at=5)], CONTRACT)) == []


def test_a_pipeline_may_be_busy_now_and_then() -> None:
    busy = error(400, "ResourceInUseException")
    ours = exchange(busy, request=start("too-long").breaking("token.too-long"))
    assert list(bad_parameter.judge([exchange(busy), ours, started(at=5)], CONTRACT)) == []
