"""Every failure that a check can find is judged again by the oracle that had found it, or it is said why not."""

from collections.abc import Iterator

import pytest

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Attempt, Exchange
from imagebuilder_conformance.oracles import (
    build_numbers,
    errors,
    everything,
    forms,
    framing,
    legality,
    registry,
    successes,
)
from imagebuilder_conformance.oracles.declaring import CannotJudgeError
from imagebuilder_conformance.oracles.findings import Failure, Held
from tests.support.calls import CONTRACT, image, start

PASSIVE = {each.__name__ for each in (build_numbers, errors, everything, forms, framing, legality, successes)}


def every(kind: type[Failure] = Failure) -> Iterator[type[Failure]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("imagebuilder_conformance."):
            yield each
            yield from every(each)


ACTIVE = sorted({kind.code for kind in every() if kind.__module__ not in PASSIVE})


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in every()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("code", ACTIVE)
def test_every_failure_of_an_active_check_has_an_oracle_or_a_reason(code: str) -> None:
    reporting = [each for each in registry.all_oracles() if code in {kind.code for kind in each.reports}]
    assert reporting
    assert all(each.not_replayed or each.replay for each in reporting)


def answered(status: int, body: str, token: str = "a-token") -> Exchange:
    answer = Answer(status, (("Content-Type", "application/json"),), body.encode())
    return Exchange("x0001", "a.check", start(token), "http://localhost/", (), (Attempt(0.0, 0.1, answer),))


def started(number: int) -> Exchange:
    return answered(200, f'{{"imageBuildVersionArn": "{image(number)}"}}')


def test_a_pair_is_judged_by_its_oracle() -> None:
    def judged(first: Exchange, second: Exchange) -> list[str]:
        found = registry.judge_again("idempotency.replay", "replay.another-image", "a.b", [first, second], CONTRACT)
        return [finding.code if isinstance(finding, Failure) else "held" for finding in found]

    assert judged(started(1), started(1)) == ["held", "held"]
    assert judged(started(1), started(2)) == ["held", "replay.another-image"]
    assert judged(started(1), answered(400, "{}")) == ["replay.refused"]


def test_a_passive_check_is_judged_by_itself_and_for_the_clause_only() -> None:
    refusal = answered(418, '{"code": "ClientException", "message": "no"}')
    found = registry.judge_again("answers.error-status", "error.status", "errors.client.status", [refusal], CONTRACT)
    assert [finding.clause for finding in found] == ["errors.client.status"]
    assert not isinstance(found[0], Held)
    other = registry.judge_again("answers.error-status", "error.status", "errors.service.status", [refusal], CONTRACT)
    assert other == []


@pytest.mark.parametrize(
    ("check", "code", "count", "word"),
    [
        ("idempotency.replay", "replay.another-image", 1, "1 exchanges"),
        ("idempotency.replay", "valid.refused", 2, "2 exchanges"),
        ("answers.error-status", "error.status", 0, "no exchange"),
        ("some.check", "some.failure", 1, "some.failure"),
        ("throttling.burst", "throttling.status", 1, "burst"),
        ("idempotency.hidden-builds", "replay.hidden-builds", 5, "not in the report"),
    ],
)
def test_what_can_not_be_judged_is_said_before_anything_is_sent(check: str, code: str, count: int, word: str) -> None:
    with pytest.raises(CannotJudgeError, match=word):
        registry.expect_judgeable(check, code, count)
