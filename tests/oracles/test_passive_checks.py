import pytest

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Fault
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.judging.judgements import failure_records, judge
from imagebuilder_conformance.oracles.errors import bad_parameter, envelope, error_code, error_status, no_html
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS, first_try, request_id_header, retry_after_error
from imagebuilder_conformance.oracles.findings import Held, failures
from imagebuilder_conformance.oracles.passive import PassiveCheck, law_of
from imagebuilder_conformance.oracles.successes import images_distinct, request_id_unique, success_body, success_status
from imagebuilder_reports.verdicts import Verdict
from tests.support.calls import CONTRACT, PIPELINE, REQUESTS, start
from tests.support.exchanges import (
    CRASH,
    JSON,
    NOT_FOUND,
    THROTTLED,
    answer,
    error,
    exchange,
    invalid,
    started,
    success,
)

NOTHING = (Verdict.INCONCLUSIVE, "nothing came", None)


def test_sixty_broken_envelopes_are_one_failure() -> None:
    broken = [exchange(answer(400, b"no" + b"x" * size, JSON), request=start("t" * (size + 1))) for size in range(60)]
    findings = list(envelope.judge(reversed(broken), CONTRACT))
    assert len(failures(findings)) == 60
    judgements = judge(envelope.clauses, findings, CONTRACT, set_aside={}, rest=NOTHING)
    assert [each.clause for each in judgements if each.verdict is Verdict.FAILED] == ["errors.body.json"]
    [record] = failure_records(findings, Redactor(()), CONTRACT)
    assert (record.clause, record.code) == ("errors.body.json", "error.body")
    # The smallest example is the evidence.
    assert [shown.id for shown in record.exchanges] == [broken[0].id]


def test_two_rules_broken_on_one_clause_are_two_failures() -> None:
    found = [
        *error_code.judge([exchange(error(400, None))], CONTRACT),
        *error_code.judge([exchange(answer(400, {"code": "A"}, ("X-Amzn-ErrorType", "B")))], CONTRACT),
    ]
    assert {record.code for record in failure_records(found, Redactor(()), CONTRACT)} == {
        "error.no-code",
        "error.codes-disagree",
    }


def test_no_passive_check_finds_anything_where_nothing_was_sent() -> None:
    assert [finding for check in PASSIVE_CHECKS for finding in check.judge([], CONTRACT)] == []


@pytest.mark.parametrize("fault", Fault)
def test_no_passive_check_blames_an_exchange_without_an_answer(fault: Fault) -> None:
    silent = [exchange(fault), exchange(fault), exchange(fault)]
    assert [finding for check in PASSIVE_CHECKS for finding in failures(check.judge(silent, CONTRACT))] == []


def test_a_conformant_conversation_breaks_nothing() -> None:
    conversation = [
        started("one", 1),
        started("one", 1),
        started("two", 2),
        exchange(NOT_FOUND),
        invalid(error(400, "ClientException")),
        exchange(error(400, "IdempotentParameterMismatchException")),
        exchange(THROTTLED, success("three", 3), request=start("three")),
    ]
    broken = [finding for check in PASSIVE_CHECKS for finding in failures(check.judge(conversation, CONTRACT))]
    assert broken == []


def test_passive_checks_are_named_after_answers_and_bring_their_law() -> None:
    for check in PASSIVE_CHECKS:
        assert check.id.startswith("answers.")
        assert check.law.endswith(".")
        # What only other checks' traffic is for asks for none of its own.
        assert check.stimuli or check.residual


def test_a_check_without_a_docstring_is_refused() -> None:
    def lawless() -> None: ...

    with pytest.raises(ValueError, match="lawless"):
        law_of(lawless)


def test_a_law_is_the_first_paragraph_on_one_line() -> None:
    def lawful() -> None:
        """It holds
        everywhere.

        Details.
        """

    assert law_of(lawful) == "It holds everywhere."


# Errors


@pytest.mark.parametrize("code", CONTRACT.errors.declared)
def test_each_declared_error_is_held_against_its_own_status(code: str) -> None:
    status = CONTRACT.errors.declared[code].status
    [held] = error_status.judge([exchange(error(status, code))], CONTRACT)
    assert isinstance(held, Held)
    for other in {400, 401, 403, 404, 409, 422, 429, 500, 503} - {status}:
        [failure] = failures(error_status.judge([exchange(error(other, code))], CONTRACT))
        assert failure.clause == held.clause
        assert str(status) in failure.expected
        assert failure.received == str(other)


@pytest.mark.parametrize("status", [400, 404, 405])
def test_a_common_error_may_have_any_of_its_statuses(status: int) -> None:
    judged = list(error_status.judge([exchange(error(status, "UnknownOperationException"))], CONTRACT))
    assert judged == [Held("errors.common.status")]


def test_a_common_error_may_have_no_other() -> None:
    [failure] = failures(error_status.judge([exchange(error(500, "UnknownOperationException"))], CONTRACT))
    assert failure.clause == "errors.common.status"


def test_a_code_that_nobody_publishes_has_no_status_to_be_held_against() -> None:
    assert list(error_status.judge([exchange(error(418, "TeapotException"))], CONTRACT)) == []


def test_the_status_of_every_try_counts_and_the_evidence_is_the_try_that_broke_it() -> None:
    retried = exchange(THROTTLED, error(409, "CallRateLimitExceededException"), success())
    [failure] = failures(error_status.judge([retried], CONTRACT))
    [shown] = failure.exchanges
    assert shown.id == retried.id
    assert shown.attempts == retried.attempts[:2]


def test_a_success_that_names_an_error_has_the_wrong_status() -> None:
    named = exchange(answer(200, {}, ("X-Amzn-ErrorType", "ResourceNotFoundException")))
    [failure] = failures(error_status.judge([named], CONTRACT))
    assert failure.clause == "errors.resource-not-found.status"


@pytest.mark.parametrize("answered", [NOT_FOUND, error(429, "ClientException")], ids=str)
def test_lookups_and_throttling_say_nothing_of_a_bad_parameter(answered: Answer) -> None:
    assert list(bad_parameter.judge([invalid(answered)], CONTRACT)) == []


@pytest.mark.parametrize("code", ["ClientException", None])
def test_a_404_that_names_no_missing_resource_is_no_lookup(code: str | None) -> None:
    [broken] = failures(bad_parameter.judge([invalid(error(404, code))], CONTRACT))
    assert broken.clause == "errors.bad-parameter.status"


def test_only_requests_that_are_invalid_on_purpose_are_bad_parameters() -> None:
    assert list(bad_parameter.judge([exchange(error(422, "TeapotException"))], CONTRACT)) == []


@pytest.mark.parametrize("code", sorted({"ValidationException", "SerializationException", "InvalidParameterException"}))
def test_a_code_of_the_family_that_is_not_declared_breaks_the_should_only(code: str) -> None:
    broken = failures(bad_parameter.judge([invalid(error(400, code))], CONTRACT))
    assert [failure.clause for failure in broken] == ["errors.bad-parameter.declared-code"]
    assert CONTRACT.clauses["errors.bad-parameter.declared-code"].level == "SHOULD"


def test_html_is_one_failure_and_not_also_a_broken_envelope() -> None:
    page = [exchange(answer(404, b"<html>", ("Content-Type", "text/html")))]
    assert list(envelope.judge(page, CONTRACT)) == list(error_code.judge(page, CONTRACT)) == []
    assert len(failures(no_html.judge(page, CONTRACT))) == 1


def test_what_other_methods_answer_is_not_held_to_the_form_of_the_operation() -> None:
    elsewhere = exchange(answer(405, b"no"), request=REQUESTS.raw(b"{}", "another method", method="POST"))
    judged = [*envelope.judge([elsewhere], CONTRACT), *error_code.judge([elsewhere], CONTRACT)]
    judged += [*request_id_header.judge([elsewhere], CONTRACT), *success_status.judge([elsewhere], CONTRACT)]
    assert judged == []


# Every answer


def test_a_request_that_is_never_answered_well_is_not_late() -> None:
    assert list(first_try.judge([exchange(CRASH, CRASH, CRASH)], CONTRACT)) == []


def test_throttling_is_not_lateness() -> None:
    assert list(first_try.judge([exchange(THROTTLED, success())], CONTRACT)) == [Held("errors.transient")]


@pytest.mark.parametrize("fault", [Fault.CLOSED, Fault.TIMEOUT, Fault.GARBLED])
def test_a_broken_connection_before_an_answer_is(fault: Fault) -> None:
    [failure] = failures(first_try.judge([exchange(fault, success())], CONTRACT))
    assert fault in failure.received


def test_the_end_of_an_idle_connection_is_nobodys_fault() -> None:
    assert failures(first_try.judge([exchange(Fault.CLOSED, success(), stale=True)], CONTRACT)) == []


def test_without_a_server_error_two_images_are_judged_elsewhere() -> None:
    assert list(retry_after_error.judge([started(number=1), started(number=2)], CONTRACT)) == []


def test_a_server_error_within_one_exchange_counts_as_well() -> None:
    retried = exchange(CRASH, success(number=1))
    assert failures(retry_after_error.judge([retried, started(number=2)], CONTRACT))


# Successes


def test_request_ids_of_refusals_are_not_compared() -> None:
    refused = [exchange(answer(404, {"requestId": "same"}, JSON)) for _ in range(2)]
    assert list(request_id_unique.judge(refused, CONTRACT)) == []


def test_a_replay_may_repeat_the_request_id_or_bring_a_new_one() -> None:
    same = [exchange(success(requestId="one")), exchange(success(requestId="one"))]
    fresh = [exchange(success(requestId="one")), exchange(success(requestId="two"))]
    assert failures(request_id_unique.judge(same, CONTRACT)) == failures(request_id_unique.judge(fresh, CONTRACT)) == []


def test_one_token_for_two_pipelines_is_judged_as_a_mismatch_and_not_as_a_shared_image() -> None:
    pair = [started("one", 1, PIPELINE), started("one", 1, f"{PIPELINE}-2")]
    assert failures(images_distinct.judge(pair, CONTRACT)) == []


@pytest.mark.parametrize("status", [201, 202, 204, 206])
def test_any_other_status_of_a_success_is_wrong(status: int) -> None:
    [failure] = failures(success_status.judge([exchange(success(status=status))], CONTRACT))
    assert (failure.expected, failure.received) == ("200", str(status))


@pytest.mark.parametrize("judge_", [envelope, error_code], ids=lambda each: each.id)
def test_the_form_of_an_error_is_judged_also_where_a_later_try_succeeds(judge_: PassiveCheck) -> None:
    plain = answer(429, b"slow down", ("Content-Type", "text/plain"))
    assert failures(judge_.judge([exchange(plain, success())], CONTRACT))


OF_THE_FORM = pytest.mark.parametrize("judge_", [envelope, error_code, error_status, no_html], ids=lambda each: each.id)
PLAIN = answer(500, b"oops", ("Content-Type", "text/plain"), ("X-Amzn-ErrorType", "ClientException:x#Other"))
PAGE = answer(500, b"<html>", ("Content-Type", "text/html"), ("X-Amzn-ErrorType", "ClientException"))
CODED = answer(500, b"{", ("X-Amzn-ErrorType", "ClientException"))


@OF_THE_FORM
@pytest.mark.parametrize("form", [PLAIN, PAGE, CODED])
def test_what_the_next_try_overcame_is_transient_whatever_its_form(judge_: PassiveCheck, form: Answer) -> None:
    overcome = exchange(form, success())
    assert not failures(judge_.judge([overcome], CONTRACT))
    assert failures(first_try.judge([overcome], CONTRACT))


@OF_THE_FORM
@pytest.mark.parametrize("status", [502, 503, 504])
def test_the_page_that_only_gateways_give_is_not_the_targets(judge_: PassiveCheck, status: int) -> None:
    page = answer(status, b"<html>", ("Content-Type", "text/html"))
    assert not failures(judge_.judge([exchange(page, page, page)], CONTRACT))


@pytest.mark.parametrize("judge_", [envelope, error_code], ids=lambda each: each.id)
def test_a_server_error_that_stays_is_the_targets(judge_: PassiveCheck) -> None:
    plain = answer(500, b"try again", ("Content-Type", "text/plain"))
    assert failures(judge_.judge([exchange(plain, plain)], CONTRACT))


@pytest.mark.parametrize(
    ("body", "is_text"),
    [
        (b'{"clientToken": "plain"}', True),
        ('{"clientToken": "\u00e9\U0001f600"}'.encode(), True),
        (rb'{"clientToken": "\ud83d\ude00"}', True),
        (b'{"clientToken": "\xff"}', False),
        (rb'{"clientToken": "\ud83d"}', False),
        (rb'{"clientToken": "\ude00\ud83d"}', False),
        (rb'{"clientToken": "\uDE00"}', False),
    ],
)
def test_how_a_token_is_echoed_is_judged_where_it_is_unicode_text(*, body: bytes, is_text: bool) -> None:
    request = REQUESTS.raw(body, "some text")
    assert request.is_text is is_text
    echoed = exchange(answer(200, b'{"clientToken": "\xff"}', JSON), request=request)
    assert bool(failures(success_body.judge([echoed], CONTRACT))) is is_text
