import json
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import strategies as st

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.client.client import Client, TargetLostError
from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.client.pacing import Pace
from imagebuilder_conformance.oracles.findings import Held
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.probing.sending import InconclusiveError, SecondPipelineMissingError
from imagebuilder_conformance.probing.shared import Shared
from imagebuilder_conformance.probing.tokens import Tokens, new_nonce
from imagebuilder_conformance.target import Target
from imagebuilder_reports.verdicts import Cause, Verdict
from imagebuilder_spec import FAULT_HEADER, FaultDemand
from tests.support.calls import CONTRACT, IMAGE, OTHER_PIPELINE, PIPELINE, REQUESTS, start, target_at
from tests.support.exchanges import exchange, started, success
from tests.support.scripted import HangUp, Received, Reply, ScriptedServer, in_turn

CLAUSE = "operation.start"
CHECK = Check("some.check", (CLAUSE,), "It holds.")
STARTED = Reply(200, json.dumps({"imageBuildVersionArn": IMAGE}).encode())
REFUSED = Reply(400, b'{"message": "no"}', (("X-Amzn-ErrorType", "ClientException"),))
IN_USE = Reply(400, b'{"message": "wait"}', (("X-Amzn-ErrorType", "ResourceInUseException"),))
MISMATCHED = Reply(400, b'{"message": "no"}', (("X-Amzn-ErrorType", "IdempotentParameterMismatchException"),))
KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)
CRASHED = Reply(500, b'{"message": "sorry"}', (("X-Amzn-ErrorType", "ServiceException"),))


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody waits; the list has the seconds that they would have waited."""
    seconds: list[float] = []
    monkeypatch.setattr("imagebuilder_conformance.client.client.time.sleep", seconds.append)
    return seconds


@contextmanager
def probing(target: Target) -> Iterator[Probe]:
    client = Client(target, CONTRACT, pace=Pace(sleep=lambda _: None))
    bursting: list[Client] = []

    def burst_client() -> Client:
        bursting.append(client.beside(target, "b"))
        return bursting[-1]

    try:
        yield Probe(CHECK, client, Tokens(new_nonce()), Shared(burst_client), seed=1)
    finally:
        for each in (client, *bursting):
            each.transport.close()


@contextmanager
def playing(*actions: Reply | HangUp) -> Iterator[tuple[Probe, ScriptedServer]]:
    with ScriptedServer(in_turn(actions)) as server, probing(target_at(server.url)) as probe:
        yield probe, server


def tokens_of(server: ScriptedServer) -> list[str]:
    return [json.loads(request.body)["clientToken"] for request in server.received]


# Sending


def test_what_is_answered_is_sent_once() -> None:
    with playing(STARTED) as (probe, server):
        assert probe.send(start("one")).is_success
    assert tokens_of(server) == ["one"]


def test_every_sending_is_remembered_by_the_check() -> None:
    with playing(STARTED) as (probe, _):
        sent = [probe.start(), probe.start("mine"), probe.replay(probe.started())]
        assert [each.check for each in probe.exchanges] == ["some.check"] * 4
        assert [probe.exchanges[0], probe.exchanges[1], probe.exchanges[3]] == sent


def test_a_valid_request_that_crashes_is_tried_again_after_a_plain_start() -> None:
    def answer(request: Received) -> Reply:
        return CRASHED if sorted(json.loads(request.body)["clientToken"]) == sorted("poison") else STARTED

    with ScriptedServer(answer) as server, probing(target_at(server.url)) as probe:
        sent = probe.send(start("poison"))
    assert sent.reproduced
    assert not sent.is_undecided
    # Then come fresh tokens of its form.
    tried = [True] * 3 + [False] + [True] * 3
    assert [token == "poison" for token in tokens_of(server)][: len(tried) + 1] == [*tried, False]


def crashing_on(crashes: Callable[[str], bool]) -> Callable[[Received], Reply]:
    return lambda request: CRASHED if crashes(json.loads(request.body)["clientToken"]) else STARTED


@pytest.mark.parametrize("violates", [None, "token.too-long"])
def test_a_crash_that_fresh_tokens_of_the_same_form_meet_is_the_forms(violates: str | None) -> None:
    with (
        ScriptedServer(crashing_on(lambda token: token.endswith("/"))) as server,
        probing(target_at(server.url)) as probe,
    ):
        request = start(f"{probe.tokens.fresh()}/")
        sent = probe.send(request if violates is None else request.breaking(violates))
    assert (sent.reproduced, sent.kept, sent.is_undecided) == (True, False, False)
    fresh = list(dict.fromkeys(token for token in tokens_of(server) if token.endswith("/")))
    assert len(fresh) == 4
    assert len({len(token) for token in fresh}) == 1


@pytest.mark.parametrize("violates", [None, "token.too-long"])
def test_a_crash_that_only_this_token_meets_is_kept_and_says_nothing_of_its_form(violates: str | None) -> None:
    crashing: set[str] = set()
    with ScriptedServer(crashing_on(crashing.__contains__)) as server, probing(target_at(server.url)) as probe:
        token = f"{probe.tokens.fresh()}/"
        crashing.add(token)
        request = start(token)
        sent = probe.send(request if violates is None else request.breaking(violates))
        [fresh] = [exchange for exchange in probe.exchanges if exchange.request.instead_of]
    assert (sent.reproduced, sent.kept, sent.is_undecided) == (False, True, True)
    assert fresh.request.instead_of == token
    assert fresh.request.violates == violates


@pytest.mark.parametrize("token", ["o", "Z", "7", "/", " ", "  ", "a/", " \t"])
def test_a_token_too_short_for_the_runs_own_is_held_against_others_of_its_form(token: str) -> None:
    def kinds(text: str) -> set[str]:
        return {next((kind for kind in KINDS if each in kind), each) for each in text}

    def of_the_form(asked: str) -> bool:
        return kinds(asked) == kinds(token) and not (asked.islower() and len(asked) > len(token))

    seen = []
    for crash in (token.__eq__, of_the_form):
        with ScriptedServer(crashing_on(crash)) as server, probing(target_at(server.url)) as probe:
            sent = probe.send(start(token))
        seen.append((sent.reproduced, sent.kept))
        others = [exchange.request.token for exchange in probe.exchanges if exchange.request.instead_of]
        assert others
        assert token not in others
        assert all(kinds(other or "") == kinds(token) for other in others)
    assert seen == [(False, True), (True, False)]


def test_where_the_plain_start_crashes_too_nothing_is_proven() -> None:
    with playing(CRASHED) as (probe, _):
        sent = probe.send(start("poison"))
    assert not sent.reproduced
    assert sent.is_undecided


def test_a_passing_crash_is_over_when_the_request_is_sent_again() -> None:
    with playing(CRASHED, CRASHED, CRASHED, STARTED) as (probe, _):
        sent = probe.send(start("unlucky"))
    assert sent.is_success


def test_a_passing_crash_on_an_invalid_request_is_over_too() -> None:
    with playing(CRASHED, CRASHED, CRASHED, STARTED, REFUSED) as (probe, _):
        sent = probe.send(start("unlucky").breaking("token.too-long"))
    assert sent.answer is not None
    assert sent.answer.status == 400


def test_where_valid_requests_crash_too_nothing_is_said_of_invalid_ones() -> None:
    with playing(CRASHED) as (probe, _), pytest.raises(InconclusiveError, match="no valid request is answered"):
        probe.send(start("poison").breaking("token.too-long"))


@pytest.mark.parametrize("request_", [start("any"), start("poison").breaking("token.too-long")], ids=["valid", "not"])
def test_a_target_that_goes_silent_is_lost(request_: Request) -> None:
    with playing(HangUp()) as (probe, server), pytest.raises(TargetLostError, match="nothing answers") as caught:
        probe.send(request_)
    assert caught.value.exchange.request.label == "a control"
    assert len(set(tokens_of(server))) == 2


def test_throttling_is_no_crash() -> None:
    with playing(Reply(429)) as (probe, server):
        assert probe.send(start("early")).is_undecided
    assert set(tokens_of(server)) == {"early"}


def test_tokens_are_fresh_unless_given() -> None:
    with playing(STARTED) as (probe, server):
        for _ in range(3):
            probe.start()
        probe.start("given")
    assert len(set(tokens_of(server))) == 4
    assert tokens_of(server)[-1] == "given"


def test_an_original_that_fails_leaves_its_check_inconclusive() -> None:
    with playing(REFUSED) as (probe, _), pytest.raises(InconclusiveError, match="ClientException"):
        probe.started()


def test_so_does_one_without_an_image() -> None:
    with playing(Reply(200)) as (probe, _), pytest.raises(InconclusiveError, match="without an image"):
        probe.started()


def test_giving_up_tells_the_reason() -> None:
    with playing(STARTED) as (probe, _), pytest.raises(InconclusiveError, match="out of luck"):
        probe.give_up("out of luck")


def test_a_second_pipeline_is_there_or_missed_by_name() -> None:
    with playing(STARTED) as (probe, _):
        assert (probe.pipeline, probe.other_pipeline) == (PIPELINE, OTHER_PIPELINE)
    with ScriptedServer.playing(STARTED) as server:
        lonely = target_at(server.url, pipelines=(PIPELINE,))
        with probing(lonely) as probe, pytest.raises(SecondPipelineMissingError, match="--pipeline-arn"):
            _ = probe.other_pipeline


def test_the_first_start_of_the_run_can_be_looked_back_at() -> None:
    with playing(STARTED) as (probe, server):
        with pytest.raises(InconclusiveError):
            probe.first_start()
        first = exchange(success())
        probe._shared.first = first
        assert probe.first_start() is first
        assert probe.exchanges == [first]
    assert server.received == []


def test_a_replay_sends_the_very_same_bytes() -> None:
    with playing(STARTED) as (probe, server):
        probe.replay(probe.started(), "again")
    first, second = server.received
    assert first.body == second.body


def test_reconnecting_opens_another_connection() -> None:
    with playing(STARTED) as (probe, server):
        probe.start()
        probe.reconnect()
        probe.start()
    assert [request.connection for request in server.received] == [1, 2]


def test_a_burst_is_sent_once_each_and_does_not_slow_the_run() -> None:
    with playing(Reply(429)) as (probe, server):
        sent = list(probe.burst([start(f"burst-{number}") for number in range(20)]))
        assert probe.client.pace.interval == 0
    assert len(server.received) == len(sent) == len(probe.exchanges) == 20
    assert [each.request.token for each in sent] == [f"burst-{number}" for number in range(20)]
    assert all(len(each.attempts) == 1 for each in sent)


def test_what_is_refused_while_others_are_under_way_is_asked_again() -> None:
    with playing(IN_USE, IN_USE, STARTED) as (probe, server):
        assert probe.settled(start("busy")).is_success
    assert tokens_of(server) == ["busy"] * 3


@pytest.mark.parametrize("final", [MISMATCHED, STARTED])
def test_a_final_answer_is_taken(final: Reply) -> None:
    with playing(final, REFUSED) as (probe, server):
        probe.settled(start("settled"))
    assert len(server.received) == 1


def test_a_refusal_that_does_not_end_is_given_up(waited: list[float]) -> None:
    with playing(IN_USE) as (probe, server):
        assert not probe.settled(start("busy")).is_success
    assert 2 <= len(server.received) <= 10
    assert sum(waited) < 5


# Judging


def test_findings_are_kept_and_failures_given_back() -> None:
    with playing(STARTED) as (probe, _):
        assert probe.judge([Held(CLAUSE)]) == []
        assert probe.findings == [Held(CLAUSE)]


def test_invalid_requests_are_sent_until_one_is_not_refused() -> None:
    requests = [REQUESTS.raw(b"{}", f"number {number}").breaking("body") for number in range(5)]
    with playing(REFUSED, REFUSED, STARTED, REFUSED) as (probe, server):
        assert not probe.all_refused(requests, CLAUSE)
    assert len(server.received) == 3
    assert [type(finding).__name__ for finding in probe.findings] == ["Held", "Held", "InvalidAccepted"]
    with playing(REFUSED) as (probe, server):
        assert probe.all_refused(requests, CLAUSE)
    assert len(server.received) == 5


def test_what_is_set_aside_has_its_reason() -> None:
    with playing(STARTED) as (probe, _):
        probe.inconclusive(CLAUSE, "nobody knows")
        probe.condition_unmet(["a.b", "c.d"], "it did not arise")
        probe.note("by the way")
        probe.measure("depth", 3)
    unmet = (Verdict.NOT_RUN, "it did not arise", Cause.CONDITION)
    assert probe.set_aside == {CLAUSE: (Verdict.INCONCLUSIVE, "nobody knows", None), "a.b": unmet, "c.d": unmet}
    assert (probe.notes, probe.measured) == (["by the way"], {"depth": 3})


def test_draws_follow_the_seed_of_the_run() -> None:
    with playing(STARTED) as (probe, server):
        assert probe.draw(st.integers(), 5) == probe.draw(st.integers(), 5)
    assert server.received == []


def test_an_image_is_required_of_an_original() -> None:
    with playing(STARTED) as (probe, _):
        original = started()
        assert probe.require(original) is original


def test_no_fault_is_demanded_of_aws() -> None:
    with probing(target_at("https://imagebuilder.us-east-1.amazonaws.com")) as probe:
        assert probe.no_faults() == "no fault is demanded of AWS"
    assert probe.exchanges == []


@pytest.mark.parametrize(("repeated", "speaks"), [("ResourceInUseException", True), ("", False)])
def test_whether_a_target_speaks_the_fault_interface_is_asked_once(repeated: str, speaks: bool) -> None:  # noqa: FBT001  # parametrized
    raised = Reply(400, IN_USE.body, (*IN_USE.headers, (FAULT_HEADER, repeated)))
    with playing(raised) as (probe, server):
        answers = {probe.no_faults() for _ in range(3)}
    assert answers == {None if speaks else "the target does not speak the fault interface"}
    [asked] = server.received
    assert asked.header(FAULT_HEADER) == "ResourceInUseException"
    assert json.loads(asked.body)["imagePipelineArn"] not in {PIPELINE, OTHER_PIPELINE}


def test_a_fault_that_was_demanded_is_not_asked_for_again() -> None:
    with playing(CRASHED) as (probe, server):
        exchange = probe.send(start().demanding(FaultDemand("ServiceException")))
    assert len(server.received) == len(exchange.attempts) == 1
