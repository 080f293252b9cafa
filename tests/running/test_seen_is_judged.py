"""What a run has seen it has judged, however the check ended that had asked for it; and no cause is told twice."""

from collections.abc import Callable
from types import FunctionType

import pytest

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.client.budget import OverBudgetError
from imagebuilder_conformance.oracles.starts import distinct, same_image
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.probing.sending import InconclusiveError
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.running.conductor import Conductor
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.events import Event
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Ending, RunVerdict
from imagebuilder_spec import Suite
from tests.support.calls import target_at
from tests.support.runs import failed, run_against, serving

SAME_IMAGE, DISTINCT = "idempotency.replay.same-image", "idempotency.token.distinct"
CHECK = Check("idempotency.some-check", (SAME_IMAGE, DISTINCT), "It holds.", executions=2)
TOKEN_IGNORED = catalogue.find_defect("token-ignored").behaviour
NUMBER_CONSTANT = catalogue.find_defect("build-number-constant").behaviour


def run_of_one(
    behaviour: type[Behaviour],
    test: Callable[[Probe], object],
    *,
    doubtful: bool = False,
    before: Callable[[Probe], None] = lambda _: None,
) -> Report:
    """The report of a run with one check; `doubtful` says that a worker made it, beside others.

    `before` is done by a check before it, which judges nothing.
    """
    events: list[Event] = []

    def call(probe: Probe) -> None:
        test(probe)

    with serving(behaviour) as server:
        settings = Settings(target_at(server.url), suites=(Suite.CORE,), prefixes=("idempotency",))
        conductor = Conductor(settings, [CHECK], events.append)
        conductor.open()
        if doubtful:
            # As a worker's exchanges come to the process that leads.
            made: list[Probe] = []

            def make(probe: Probe) -> None:
                made.append(probe)
                call(probe)

            conductor.make(CHECK, make)
            conductor.take(made[0].exchanges, doubtful=True)
        else:
            conductor.make(CHECK, before)
            conductor.run(CHECK, call)
        conductor.close(Ending.COMPLETED)
    return fold(events)


def told(report: Report) -> dict[str, set[str]]:
    """The clauses that each check tells to be broken."""
    found = {check.id: {failure.clause for failure in check.failures} for check in report.checks}
    return {id_: clauses for id_, clauses in found.items() if clauses}


def twice(probe: Probe) -> None:
    probe.replay(probe.started())


def two_tokens(probe: Probe) -> None:
    probe.started()
    probe.started()


@pytest.mark.parametrize("ends", [OverBudgetError("no more"), InconclusiveError("no"), RuntimeError("a bug"), None])
def test_two_images_for_a_token_are_told_however_the_check_ended(ends: Exception | None) -> None:
    def test(probe: Probe) -> None:
        twice(probe)
        if ends is not None:
            raise ends

    report = run_of_one(TOKEN_IGNORED, test)
    assert told(report) == {"answers.to-tokens": {SAME_IMAGE}}
    assert report.verdict is RunVerdict.NON_CONFORMANT


def test_one_image_for_two_tokens_of_one_check_is_told() -> None:
    assert told(run_of_one(NUMBER_CONSTANT, two_tokens)) == {"answers.images-distinct": {DISTINCT}}


def test_what_the_check_has_told_is_not_told_again() -> None:
    def same(probe: Probe) -> None:
        original = probe.started()
        probe.judge(same_image(original, probe.replay(original), SAME_IMAGE))

    def apart(probe: Probe) -> None:
        # Told of each token: that of the run's first start too.
        for _ in range(2):
            probe.judge(distinct(probe.first_start(), probe.started(), DISTINCT))

    assert told(run_of_one(TOKEN_IGNORED, same)) == {CHECK.id: {SAME_IMAGE}}
    assert told(run_of_one(NUMBER_CONSTANT, apart)) == {CHECK.id: {DISTINCT}}


def test_a_clause_that_a_check_has_told_is_not_told_again_of_other_tokens() -> None:
    def one_of_two(probe: Probe) -> None:
        original = probe.started()
        probe.judge(same_image(original, probe.replay(original), SAME_IMAGE))

    report = run_of_one(TOKEN_IGNORED, one_of_two, before=twice)
    assert told(report) == {CHECK.id: {SAME_IMAGE}}


def test_what_was_seen_beside_others_is_left_to_who_asks_again_alone() -> None:
    assert told(run_of_one(TOKEN_IGNORED, twice, doubtful=True)) == {}


@pytest.mark.parametrize("test", [twice, two_tokens])
def test_a_right_target_is_told_of_by_nobody(test: FunctionType) -> None:
    assert told(run_of_one(Behaviour, test)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["race-last-wins", "race-first-kept", "token-kept-with-connection"])
def test_under_the_least_budget_a_racing_store_is_always_found(name: str) -> None:
    behaviour = catalogue.find_defect(name).behaviour
    for _ in range(5):
        with serving(behaviour) as server:
            report = run_against(server.url, max_executions=7)
        assert {clause for clause in failed(report) if clause.startswith("idempotency.")}, report.verdict_sentence
