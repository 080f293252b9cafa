"""Where an excuse would hide a fault of the target, fresh tokens are asked: what only this one meets is its own."""

import pytest

from imagebuilder_conformance.oracles.excuses import Excuse, excuse_of
from imagebuilder_conformance.probing.sending import InconclusiveError
from tests.support.calls import start
from tests.support.scripted import Reply

from .test_probe import IN_USE, STARTED, playing

DENIED = Reply(403, b'{"message": "no"}', (("X-Amzn-ErrorType", "ForbiddenException"),))
QUOTA = Reply(402, b'{"message": "no more"}', (("X-Amzn-ErrorType", "ServiceQuotaExceededException"),))
THROTTLED = Reply(429, b'{"message": "slower"}', (("X-Amzn-ErrorType", "CallRateLimitExceededException"),))
TRIES = 8


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagebuilder_conformance.client.client.time.sleep", lambda _: None)


@pytest.fixture(autouse=True)
def _keys_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client asks nothing to find out whether the keys have ended: that would take answers out of the script."""
    monkeypatch.setattr("imagebuilder_conformance.client.keys.KeyWatch.doubts", lambda *_: False)


@pytest.mark.parametrize("replies", [[DENIED], [THROTTLED] * TRIES], ids=["denied", "throttled"])
def test_a_replay_that_is_refused_while_fresh_starts_succeed_is_refused_itself(replies: list[Reply]) -> None:
    with playing(STARTED, *replies, STARTED, *replies, STARTED) as (probe, server):
        replay = probe.replay(probe.started())
        assert replay.reproduced
        assert excuse_of(replay) is None
    tokens = [each.body for each in server.received]
    assert len(set(tokens)) == 3


@pytest.mark.parametrize(
    ("replies", "excuse"),
    [
        pytest.param([DENIED, DENIED], Excuse.DENIED, id="a fresh start is denied too"),
        pytest.param([DENIED, STARTED, DENIED, DENIED], Excuse.DENIED, id="so is the second one"),
        pytest.param([DENIED, STARTED, STARTED], None, id="it was for a moment only"),
        pytest.param([DENIED, QUOTA], Excuse.DENIED, id="a fresh start is over the quota"),
    ],
)
def test_what_fresh_starts_meet_too_excuses_a_replay(replies: list[Reply], excuse: Excuse | None) -> None:
    with playing(STARTED, *replies) as (probe, server):
        replay = probe.replay(probe.started())
    assert excuse_of(replay) is excuse
    assert not replay.reproduced
    assert len(server.received) == 1 + len(replies)


@pytest.mark.parametrize("refusal", [IN_USE, QUOTA, DENIED], ids=["busy", "quota", "denied"])
def test_a_token_that_stays_refused_while_others_start_is_stuck(refusal: Reply) -> None:
    waiting = [refusal] * (5 if refusal is IN_USE else 1)
    with playing(*waiting, STARTED, refusal, STARTED) as (probe, _):
        assert probe.settled(start("stuck")).reproduced


def test_a_build_that_the_control_started_does_not_make_a_token_stuck() -> None:
    with playing(*[IN_USE] * 5, STARTED, IN_USE) as (probe, _):
        assert excuse_of(probe.settled(start("waiting"))) is Excuse.BUSY


def test_after_one_wait_in_vain_a_check_does_not_wait_again() -> None:
    with playing(IN_USE) as (probe, server):
        probe.settled(start("one"))
        first = len(server.received)
        probe.settled(start("two"))
    assert len(server.received) - first == 2


def test_where_everybody_is_denied_that_is_asked_once_in_a_check() -> None:
    with playing(DENIED) as (probe, server):
        assert [excuse_of(probe.start()) for _ in range(3)] == [Excuse.DENIED] * 3
    assert len(server.received) == 4


def test_what_alone_is_denied_is_refused_for_itself() -> None:
    for request in (start("x" * 99).breaking("token.too-long"), start("quoted'"), start("malformed", "not-an-arn")):
        with playing(DENIED, STARTED, DENIED, STARTED) as (probe, _):
            assert probe.send(request).reproduced


def test_a_permission_may_be_for_the_known_pipelines_alone() -> None:
    with playing(DENIED, STARTED) as (probe, server):
        assert excuse_of(probe.send(probe.unknown("an unknown pipeline"))) is Excuse.DENIED
    assert len(server.received) == 1


def test_what_is_denied_elsewhere_is_refused_if_the_caller_may_start_here() -> None:
    with playing(DENIED, STARTED, DENIED, STARTED) as (probe, _):
        assert excuse_of(probe.send(start(), elsewhere=True)) is None
    with playing(DENIED) as (probe, _):
        assert excuse_of(probe.send(start(), elsewhere=True)) is Excuse.DENIED


@pytest.mark.parametrize("refusal", [QUOTA, DENIED, IN_USE], ids=["quota", "denied", "busy"])
def test_where_no_further_start_is_to_be_had_the_first_one_is_replayed(refusal: Reply) -> None:
    with playing(STARTED, refusal) as (probe, _):
        probe._shared.first = probe.start()
        assert probe.original() is probe._shared.first
        assert [each.answer and each.answer.status for each in probe.excused] == [refusal.status]
        assert not probe.may_start()


def test_what_says_nothing_ends_a_check_as_inconclusive_and_says_why() -> None:
    with playing(QUOTA) as (probe, _):
        start_ = probe.start()
        with pytest.raises(InconclusiveError, match=r'402 ServiceQuotaExceededException "no more": a quota'):
            probe.require(start_)
        assert probe.excused == [start_]
