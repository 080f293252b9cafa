"""What an answer can not prove is neither broken nor held: every oracle that is declared, by every excuse."""

import inspect
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import pytest

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange, Fault
from imagebuilder_conformance.client.sdk_calls import SdkCall, SdkError
from imagebuilder_conformance.oracles.declaring import Oracle, oracle
from imagebuilder_conformance.oracles.errors import error_code, no_html
from imagebuilder_conformance.oracles.excuses import ALL, Excuse, excuse_of, reason
from imagebuilder_conformance.oracles.findings import Excused, Failure, Finding, Held, failures
from imagebuilder_conformance.oracles.registry import all_oracles
from imagebuilder_conformance.oracles.starts import accepted, replay_succeeds
from imagebuilder_spec import FAULT_HEADER, Contract, Family, FaultDemand, load_contract
from tests.support.calls import CONTRACT, start
from tests.support.exchanges import answer, error, exchange, started

CLAUSE = "operation.start"
ERRORS = load_contract().errors
HTML = ("Content-Type", "text/html")


def in_form(*families: Family) -> list[Answer | Fault]:
    """Every code of the families, with every status that it may have."""
    codes = sorted({code for family in families for code in ERRORS.family(family)})
    return [error(status, code) for code in codes for status in sorted(ERRORS.statuses(code) or ())]


ANSWERS: dict[Excuse, list[Answer | Fault]] = {
    Excuse.TRANSIENT: [
        *(fault for fault in Fault),
        error(500, "ServiceException"),
        error(503, "ServiceUnavailableException"),
        answer(502, b"<html>", HTML),
    ],
    Excuse.KEPT: [error(500, "ServiceException"), answer(502, b"<html>", HTML), Fault.CLOSED],
    Excuse.THROTTLED: [*in_form(Family.THROTTLING), error(429, None), answer(429, b"<html>", HTML)],
    Excuse.DENIED: [*in_form(Family.DENIAL, Family.ENDED_KEY), error(403, None), error(401, None)],
    Excuse.QUOTA: [*in_form(Family.QUOTA), error(402, None), answer(402, b"<html>", HTML)],
    Excuse.BUSY: in_form(Family.BUSY),
    Excuse.INTERIM: [answer(103, b"", ("Link", "</style.css>"))],
}
EXCUSED = [(excuse, outcome) for excuse, outcomes in ANSWERS.items() for outcome in outcomes]


def met(excuse: Excuse, outcome: Answer | Fault) -> Exchange:
    """An exchange with that excuse. That a fault is a token's own is seen beside it."""
    return replace(exchange(outcome), kept=excuse is Excuse.KEPT)


NO_EXCUSE = [
    error(400, "ServiceQuotaExceededException"),
    error(409, "ResourceInUseException"),
    error(404, "AccessDeniedException"),
    error(400, "CallRateLimitExceededException"),
    error(403, "ClientException"),
    error(403, "InvalidSignatureException"),
    error(402, "ClientException"),
    error(400, "ClientException"),
    error(400, None),
    answer(404, b"<html>", HTML),
]


PLAIN: Mapping[object, object] = {str: CLAUSE, Contract: CONTRACT, int: 404, Collection[str]: ["clientToken"]}


def given_to(judge: Oracle[...], judged: Exchange) -> list[object]:
    """Arguments for an oracle: what is judged is the last exchange, those before it are successes."""
    code = judged.answer.code if judged.answer else None
    call = SdkCall((judged,), error=SdkError("ClientError", code, "Not now.", 400))
    parameters = [each for each in inspect.signature(judge).parameters.values() if each.default is each.empty]
    last = max((n for n, each in enumerate(parameters) if each.annotation in {Exchange, SdkCall}), default=None)
    given: list[object] = []
    for number, each in enumerate(parameters):
        if each.annotation is Exchange:
            given.append(judged if number == last else started())
        elif each.annotation is SdkCall:
            given.append(call if number == last else SdkCall((started(),), output={}))
        else:
            given.append([judged] if each.annotation == Sequence[Exchange] else PLAIN[each.annotation])
    return given


def judging_answers() -> Iterator[Oracle[...]]:
    """The oracles that are given answers, and not what another has found in them."""
    for each in all_oracles():
        needed = {at.annotation for at in inspect.signature(each).parameters.values() if at.default is at.empty}
        if needed <= PLAIN.keys() | {Exchange, SdkCall, Sequence[Exchange]}:
            yield each


def name(value: object) -> str:
    return getattr(value, "__name__", str(value))


JUDGES = list(judging_answers())


def test_only_what_is_given_no_answers_is_left_out() -> None:
    left_out = {each.__name__ for each in all_oracles()} - {each.__name__ for each in JUDGES}
    # A surprise, an anomaly and build numbers were found in answers that somebody else has judged.
    assert left_out == {"astonishing", "contradiction", "no_hidden_builds"}


@pytest.mark.parametrize(("excuse", "outcome"), EXCUSED, ids=str)
@pytest.mark.parametrize("judge", JUDGES, ids=name)
def test_what_is_excused_is_neither_broken_nor_held(
    judge: Oracle[...], excuse: Excuse, outcome: Answer | Fault
) -> None:
    judged = met(excuse, outcome)
    assert excuse_of(judged) is excuse
    found = list(judge(*given_to(judge, judged)))
    if excuse in judge.excused_by:
        assert found
        assert all(isinstance(each, Excused) and (each.excuse, each.exchange) == (excuse, judged) for each in found)
    else:
        assert not any(isinstance(each, Excused) for each in found)


# Those that one of the excuses does not move, each with the excuses. Whatever else is declared admits all.
LOOKED_FOR: dict[str, frozenset[Excuse]] = {
    # A server error starts nothing, and denials are what these look for.
    "starts_nothing": frozenset({Excuse.TRANSIENT, Excuse.DENIED}),
    "spelling_matters": frozenset({Excuse.DENIED}),
    "accepted_with_session_token": frozenset({Excuse.DENIED}),
    "signature_refused": frozenset({Excuse.DENIED}),
    "refusal_in_form": frozenset({Excuse.DENIED}),
    "denied": frozenset({Excuse.DENIED}),
    "denied_in_form": frozenset({Excuse.DENIED}),
    # These judge the token, and a server error that is kept is its own. A replay starts nothing.
    "token_left_free": frozenset({Excuse.KEPT}),
    "retry_recovers": frozenset({Excuse.KEPT}),
    "replay_succeeds": frozenset({Excuse.QUOTA, Excuse.BUSY, Excuse.KEPT}),
    "same_image_again": frozenset({Excuse.QUOTA, Excuse.BUSY}),
    "retried": frozenset({Excuse.QUOTA, Excuse.BUSY}),
    # What comes for this token only is what is looked for.
    "word_answered": frozenset({Excuse.KEPT}),
    # Throttling is what these look for, or connections, or what was demanded.
    "recovered": frozenset({Excuse.THROTTLED}),
    "throttled_in_form": ALL,
    "answered_at_once": ALL,
    "answered": ALL,
    "raised_as_declared": ALL,
}


@pytest.mark.parametrize("judge", JUDGES, ids=name)
def test_an_oracle_admits_every_excuse_unless_it_looks_for_just_that(judge: Oracle[...]) -> None:
    assert ALL - judge.excused_by == LOOKED_FOR.get(judge.__name__, frozenset())


@pytest.mark.parametrize("outcome", NO_EXCUSE, ids=str)
def test_a_code_with_another_status_and_another_code_excuse_nothing(outcome: Answer) -> None:
    assert excuse_of(exchange(outcome)) is None
    assert failures(accepted(exchange(outcome), CLAUSE))


@pytest.mark.parametrize(("excuse", "outcome"), EXCUSED, ids=str)
def test_what_comes_again_while_others_are_answered_is_the_requests_own(
    excuse: Excuse, outcome: Answer | Fault
) -> None:
    if excuse not in {Excuse.INTERIM, Excuse.KEPT}:
        assert failures(accepted(exchange(outcome, reproduced=True), CLAUSE))


def test_a_fault_that_was_demanded_was_asked_for() -> None:
    demand = FaultDemand("ResourceInUseException")
    raised = error(400, "ResourceInUseException")
    raised = replace(raised, headers=(*raised.headers, (FAULT_HEADER, str(demand))))
    assert excuse_of(exchange(raised, request=start().demanding(demand))) is None
    assert excuse_of(exchange(raised)) is Excuse.BUSY


@pytest.mark.parametrize("outcome", [error(403, None), answer(402, b"<html>", HTML)], ids=str)
def test_a_page_and_a_missing_code_excuse_idempotency_and_are_judged_as_errors(outcome: Answer) -> None:
    assert not failures(accepted(exchange(outcome), CLAUSE))
    assert failures([*error_code.judge([exchange(outcome)], CONTRACT), *no_html.judge([exchange(outcome)], CONTRACT)])


@pytest.mark.parametrize(("code", "status"), [("ServiceQuotaExceededException", 402), ("ResourceInUseException", 400)])
def test_no_quota_and_no_build_excuses_a_replay(code: str, status: int) -> None:
    assert failures(replay_succeeds(started(), exchange(error(status, code)), CLAUSE))


def test_what_was_never_started_has_no_replay() -> None:
    quota = exchange(error(402, "ServiceQuotaExceededException"))
    assert list(replay_succeeds(quota, quota, CLAUSE)) == []


def test_keys_that_have_ended_are_told_from_a_missing_permission() -> None:
    told = {code: reason(exchange(error(403, code))) or "" for code in ("ExpiredTokenException", "ForbiddenException")}
    assert ["new ones" in each for each in told.values()] == [True, False]


@pytest.mark.parametrize(("excuse", "outcome"), EXCUSED, ids=str)
def test_a_reason_says_what_came_and_what_helps(excuse: Excuse, outcome: Answer | Fault) -> None:
    told = reason(met(excuse, outcome)) or ""
    assert told.startswith(str(exchange(outcome)))
    assert len(told) > len(str(exchange(outcome))) + 20, excuse
    if isinstance(outcome, Answer) and outcome.message:
        assert f'"{outcome.message}"' in told


def test_a_success_has_no_excuse_and_no_reason() -> None:
    assert excuse_of(started()) is None
    assert reason(started()) is None


def test_an_oracle_whose_failures_can_not_be_judged_again_says_why() -> None:
    with pytest.raises(TypeError, match="say by `replay`"):

        @oracle(Failure)
        def needs_more(judged: Exchange, clause: str, more: int) -> Iterator[Finding]:  # noqa: ARG001  # what it takes
            yield Held(clause)
