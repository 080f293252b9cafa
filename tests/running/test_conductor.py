"""One check after the other, without pytest around them."""

import json
from collections.abc import Callable

import pytest

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.oracles.findings import Held
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.running.conductor import Conductor
from imagebuilder_conformance.running.outcomes import Outcome
from imagebuilder_conformance.running.preflight import NoVerdictError
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.target import Credentials, Target
from imagebuilder_reports.events import CheckFinished, Event, Footer, Header, Intent, Result
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict
from imagebuilder_spec import Suite
from tests.support.calls import PIPELINE, target_at
from tests.support.scripted import Received, Reply, ScriptedServer

CLAUSE = "idempotency.replay.same-image"
CHECK = Check("idempotency.some-check", (CLAUSE,), "It holds.", executions=1)
SECRET = "recognisable/secret+access/key0123456789"
SESSION = "recognisable-session-token=="


def good(request: Received) -> Reply:
    members = json.loads(request.body)
    if members["imagePipelineArn"] != PIPELINE:
        return Reply(404, b'{"message": "no"}', (("X-Amzn-ErrorType", "ResourceNotFoundException"),))
    members |= {"imageBuildVersionArn": f"arn:image/{len(members)}", "requestId": "r"}
    return Reply(200, json.dumps(members).encode())


class Conducted:
    """A conductor and what it emitted."""

    def __init__(self, target: Target, *checks: Check, max_executions: int | None = None) -> None:
        self.events: list[Event] = []
        settings = Settings(target, suites=(Suite.CORE,), max_executions=max_executions, prefixes=("idempotency",))
        self.conductor = Conductor(settings, checks or (CHECK,), self.events.append)

    def make(self, test: Callable[[Probe], object], check: Check = CHECK) -> Outcome:
        def call(probe: Probe) -> None:
            test(probe)

        return self.conductor.run(check, call)

    def names(self) -> list[str]:
        return [type(event).__name__ for event in self.events]


def outcome_of(test: Callable[[Probe], object], *, max_executions: int | None = None) -> Outcome:
    with ScriptedServer(good) as server:
        conducted = Conducted(target_at(server.url), max_executions=max_executions)
        conducted.conductor.open()
        outcome = conducted.make(test)
        conducted.conductor.close(Ending.COMPLETED)
    return outcome


def verdict_of(outcome: Outcome) -> tuple[Verdict, Cause | None]:
    [judgement] = outcome.event.judgements
    return judgement.verdict, judgement.cause


def test_a_run_begins_with_its_header_and_ends_with_its_footer() -> None:
    with ScriptedServer(good) as server:
        conducted = Conducted(target_at(server.url))
        conducted.conductor.open()
        conducted.make(lambda probe: probe.judge([Held(CLAUSE)]))
        conducted.conductor.close(Ending.COMPLETED)
    names = conducted.names()
    assert names[0] == "Header"
    assert names[-1] == "Footer"
    assert names[1:5] == ["Intent", "Result", "Intent", "Result"]
    assert names.count("Header") == names.count("Footer") == 1
    header = conducted.events[0]
    assert isinstance(header, Header)
    finished = [event.id for event in conducted.events if isinstance(event, CheckFinished)]
    assert finished == [check.id for check in header.checks]


def test_what_held_is_passed() -> None:
    assert verdict_of(outcome_of(lambda probe: probe.judge([Held(CLAUSE)]))) == (Verdict.PASSED, None)


def test_a_check_that_judges_nothing_is_inconclusive() -> None:
    assert verdict_of(outcome_of(lambda _: None)) == (Verdict.INCONCLUSIVE, None)


def test_a_check_that_gives_up_is_inconclusive_for_its_reason() -> None:
    outcome = outcome_of(lambda probe: probe.give_up("out of luck"))
    assert verdict_of(outcome) == (Verdict.INCONCLUSIVE, None)
    assert outcome.event.judgements[0].reason == "out of luck"


def test_a_check_over_the_budget_is_not_run_for_it() -> None:
    def test(probe: Probe) -> None:
        for _ in range(9):
            probe.start()

    assert verdict_of(outcome_of(test, max_executions=1)) == (Verdict.NOT_RUN, Cause.BUDGET)


def test_a_check_without_its_second_pipeline_is_not_run_for_it() -> None:
    with ScriptedServer(good) as server:
        conducted = Conducted(target_at(server.url, pipelines=(PIPELINE,)))
        conducted.conductor.open()
        outcome = conducted.make(lambda probe: probe.start(pipeline=probe.other_pipeline))
        conducted.conductor.close(Ending.COMPLETED)
    assert verdict_of(outcome) == (Verdict.NOT_RUN, Cause.PIPELINES)
    assert "--pipeline-arn" in (outcome.event.judgements[0].reason or "")


def test_a_check_that_is_broken_itself_is_an_error_and_the_run_goes_on() -> None:
    def test(_: Probe) -> None:
        raise ZeroDivisionError("a bug of the check")

    outcome = outcome_of(test)
    assert verdict_of(outcome) == (Verdict.ERROR, None)
    reason = outcome.event.judgements[0].reason or ""
    assert "ZeroDivisionError" in reason
    assert "a bug of the check" in reason
    assert outcome.fatal is None


def test_what_was_judged_before_a_check_broke_off_stands() -> None:
    def test(probe: Probe) -> None:
        probe.judge([Held(CLAUSE)])
        probe.give_up("enough")

    assert verdict_of(outcome_of(test)) == (Verdict.PASSED, None)


def test_a_target_that_is_lost_ends_the_run_and_its_last_exchange_is_named() -> None:
    with ScriptedServer(good) as server:
        conducted = Conducted(target_at(server.url))
        conducted.conductor.open()
        server.stop()
        outcome = conducted.make(lambda probe: probe.start())
        assert outcome.fatal is not None
        conducted.conductor.close(outcome.fatal.ending, outcome.fatal.reason)
    assert verdict_of(outcome) == (Verdict.ERROR, None)
    last = [event for event in conducted.events if isinstance(event, Intent)][-1]
    assert last.exchange in str(outcome.fatal)
    report = fold(conducted.events)
    assert report.run.ending is Ending.TARGET_LOST
    assert report.verdict is RunVerdict.INCOMPLETE
    assert last.exchange in report.verdict_sentence


def test_each_check_is_told_what_it_cost() -> None:
    def test(probe: Probe) -> None:
        probe.start()
        probe.measure("depth", 7)
        probe.note("by the way")

    outcome = outcome_of(test)
    assert outcome.event.executions in {0, 1}
    assert outcome.event.notes == ("by the way",)
    assert outcome.event.seconds > 0


def test_measurements_are_in_the_footer() -> None:
    with ScriptedServer(good) as server:
        conducted = Conducted(target_at(server.url))
        conducted.conductor.open()
        conducted.make(lambda probe: probe.measure("depth", 7))
        conducted.conductor.close(Ending.COMPLETED)
    footer = conducted.events[-1]
    assert isinstance(footer, Footer)
    assert footer.measured == {"depth": 7}


def test_the_first_start_is_made_once_and_shared() -> None:
    first: list[str | None] = []
    with ScriptedServer(good) as server:
        conducted = Conducted(target_at(server.url))
        conducted.conductor.open()
        for _ in range(2):
            conducted.make(lambda probe: first.append(probe.first_start().request.token))
        conducted.conductor._stack.close()
    known = [request for request in server.received if json.loads(request.body)["imagePipelineArn"] == PIPELINE]
    assert len(known) == 1
    assert first[0] == first[1] == json.loads(known[0].body)["clientToken"]


def test_every_token_of_a_run_begins_with_the_nonce_of_its_header() -> None:
    with ScriptedServer(good) as server:
        conducted = Conducted(target_at(server.url))
        conducted.conductor.open()
        conducted.make(lambda probe: probe.start())
        conducted.conductor._stack.close()
    header = conducted.events[0]
    assert isinstance(header, Header)
    tokens = [event.token for event in conducted.events if isinstance(event, Intent)]
    assert all(token is not None and token.startswith(header.run.nonce) for token in tokens)


def echo(request: Received) -> Reply:
    """Succeeds, without an image; or refuses, with secrets for a code."""
    if b"refuse" in request.body:
        return Reply(400, b'{"message": "no"}', (("X-Amzn-ErrorType", request.header("x-amz-security-token") or ""),))
    return Reply(200, f'{{"imageBuildVersionArn": "arn:{SECRET}"}}'.encode())


def test_no_event_holds_a_secret_that_the_target_made_a_reason_of() -> None:
    def test(probe: Probe) -> None:
        refused = probe.start(f"refuse-{probe.tokens.fresh()}")
        probe.note(f"came {refused}")
        probe.inconclusive(CLAUSE, f"came {refused}")
        probe.require(refused)

    with ScriptedServer(echo) as server:
        target = target_at(server.url, credentials=Credentials("AKIAKEY", SECRET, SESSION))
        conducted = Conducted(target)
        conducted.conductor.open()
        conducted.make(test)
        conducted.conductor.close(Ending.INTERRUPTED, f"interrupted at {SECRET}")
    for event in conducted.events:
        assert SECRET not in repr(event), type(event)
        assert SESSION not in repr(event), type(event)
    assert any("[redacted]" in repr(event) for event in conducted.events if isinstance(event, Result))


def test_nor_does_the_sentence_that_ends_a_run_before_it_begins() -> None:
    def deny(request: Received) -> Reply:
        return Reply(403, b"{}", (("X-Amzn-ErrorType", request.header("x-amz-security-token") or ""),))

    with ScriptedServer(deny) as server:
        target = target_at(server.url, credentials=Credentials("AKIAKEY", SECRET, SESSION))
        conducted = Conducted(target)
        with pytest.raises(NoVerdictError) as caught:
            conducted.conductor.open()
        conducted.conductor.close(caught.value.ending, caught.value.reason)
    assert SESSION not in str(caught.value)
    assert SESSION not in repr(conducted.events[-1])


def test_an_interrupted_run_can_be_closed_before_it_was_opened() -> None:
    conducted = Conducted(target_at("http://127.0.0.1:1"))
    conducted.conductor.close(Ending.INTERRUPTED, "the run was interrupted")
    assert conducted.names() == []


def test_a_run_keeps_the_rate_that_it_was_told() -> None:
    with ScriptedServer(good) as server:
        settings = Settings(target_at(server.url), suites=(Suite.CORE,), prefixes=("idempotency",), rate_limit=40.0)
        conductor = Conductor(settings, (CHECK,), lambda _: None)
        conductor.open()
        paces = []
        conductor.run(CHECK, lambda probe: paces.append(probe.client.pace))
        conductor.close(Ending.COMPLETED)
    assert paces[0].interval == pytest.approx(1 / 40)
