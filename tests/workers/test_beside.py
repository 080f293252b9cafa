"""Workers by default: as many threads as pay, and the verdicts of one."""

import asyncio
import itertools
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_conformance.running.own_pytest import Gatherer, run_suites
from imagebuilder_conformance.running.workers.beside import lanes_that_pay
from imagebuilder_conformance.settings import AUTO, Settings
from imagebuilder_conformance.target import Timeouts
from imagebuilder_reports.events import Event
from imagebuilder_reports.model import Report
from imagebuilder_reports.stream import EventWriter, read_events
from imagebuilder_reports.verdicts import Ending, RunVerdict
from imagebuilder_spec import Suite
from tests.support.calls import target_at
from tests.support.runs import failed, run_of, serving

DELAY = 0.02
PREFIXES = ("idempotency", "request.client-token", "errors", "wire")


def late(behaviour: type[Behaviour] = Behaviour, *, in_turn: bool = False) -> type[Behaviour]:
    """The behaviour, each of whose answers takes a while; `in_turn` has it serve one request at a time."""

    class Late(behaviour):  # type: ignore[misc, valid-type]  # whatever it is
        turn = asyncio.Lock()

        async def answer(self, call: Call) -> Answer:
            if in_turn:
                async with self.turn:
                    await asyncio.sleep(DELAY)
            else:
                await asyncio.sleep(DELAY)
            answer: Answer = await super().answer(call)
            return answer

    return Late


def judged(behaviour: type[Behaviour], *, workers: int = AUTO, max_executions: int | None = None) -> Report:
    with serving(behaviour) as server:
        settings = Settings(
            target_at(server.url),
            suites=(Suite.CORE,),
            prefixes=PREFIXES,
            workers=workers,
            max_executions=max_executions,
        )
        return run_of(settings)


@pytest.mark.parametrize(
    ("latency", "lanes"), [(0.0, 1), (0.0005, 1), (0.0079, 1), (0.01, 5), (0.03, 15), (0.1, 16), (30.0, 16)]
)
def test_more_lanes_pay_where_more_is_waited(latency: float, lanes: int) -> None:
    assert lanes_that_pay(latency) == lanes


@pytest.mark.slow
@pytest.mark.parametrize("in_turn", [False, True])
def test_a_slow_target_is_judged_by_several_as_by_one(in_turn: bool) -> None:  # noqa: FBT001  # the parameter of a test
    several = judged(late(in_turn=in_turn))
    assert several.run.ending is Ending.COMPLETED
    assert several.run.workers > 1
    assert several.verdict is RunVerdict.CONFORMANT, several.verdict_sentence
    tokens = [each.token for each in several.executions if each.token is not None]
    assert len(tokens) == len(set(tokens))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["token-ignored", "race-last-wins", "token-cut-to-length", "unknown-pipeline-400"])
def test_what_is_broken_is_found_by_several_too(name: str) -> None:
    behaviour = catalogue.find_defect(name).behaviour
    several = judged(late(behaviour))
    assert several.run.workers > 1
    assert failed(several) == failed(judged(behaviour, workers=1))


@pytest.mark.slow
@pytest.mark.parametrize("gone", [False, True])
def test_a_target_that_many_at_once_do_not_reach_is_asked_again_by_one(*, gone: bool) -> None:
    class Crowded(Behaviour):
        under_way = 0
        lost = False

        async def answer(self, call: Call) -> Answer:
            Crowded.under_way += 1
            try:
                if Crowded.under_way > 3 or (gone and Crowded.lost):
                    Crowded.lost = True
                    await asyncio.sleep(0.5)
                await asyncio.sleep(DELAY)
            finally:
                Crowded.under_way -= 1
            return await super().answer(call)

    with serving(Crowded) as server:
        target = replace(target_at(server.url), timeouts=Timeouts(connect=1.0, read=0.3))
        report = run_of(Settings(target, prefixes=("request.client-token", "errors"), workers=AUTO))
    assert Crowded.lost
    assert report.run.workers > 3
    assert report.run.ending is (Ending.TARGET_LOST if gone else Ending.COMPLETED)
    assert report.verdict is (RunVerdict.INCOMPLETE if gone else RunVerdict.CONFORMANT), report.verdict_sentence
    assert gone or any("beside other checks" in note for check in report.checks for note in check.notes)


@pytest.mark.slow
def test_a_limit_of_executions_is_kept_by_one() -> None:
    report = judged(late(), max_executions=7)
    assert report.run.workers == 1
    assert report.run.ending is Ending.COMPLETED


def test_events_are_passed_on_in_the_order_of_the_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a report tells goes by their order, be it read from the stream or not."""
    write, numbers = EventWriter.write, itertools.count()

    def write_and_dawdle(writer: EventWriter, event: Event) -> None:
        write(writer, event)
        threading.Event().wait(0.01 * (next(numbers) % 2))

    monkeypatch.setattr(EventWriter, "write", write_and_dawdle)
    with serving(late()) as server:
        gatherer = Gatherer(Settings(target_at(server.url), prefixes=("errors",), report_dir=tmp_path, workers=AUTO))
        run_suites(gatherer)
    assert list(read_events(tmp_path / "events.jsonl")) == gatherer.events
