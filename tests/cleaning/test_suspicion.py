"""Starts of unknown outcome are named with the images that they may have become."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imagebuilder_conformance.cleaning.images import Image
from imagebuilder_conformance.cleaning.suspicion import Detective, Suspicion
from imagebuilder_reports.events import Event
from imagebuilder_reports.ledger import StartedBuilds
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_spec import load_contract
from tests.reports.samples import PIPELINE, came, clause, events_of, image, sent

from .scripted import Clock, Scripted, refusal

SENT = datetime(2025, 11, 23, 8, tzinfo=UTC)
OTHER = f"{PIPELINE}-other"


def run_with(*between: Event) -> Report:
    return fold(events_of([clause("a.b")], [], between=between))


def at(seconds: float, number: int = 9) -> Image:
    return Image(image(number), "BUILDING", SENT + timedelta(seconds=seconds))


def suspected(report: Report, *images: Image) -> list[Suspicion]:
    return found_by(Scripted([None], pages={PIPELINE: list(images)}), report)


def found_by(images: Scripted, report: Report, clock: Clock | None = None, **how: Any) -> list[Suspicion]:
    clock = clock or Clock(3600)
    detective = Detective(images, pause=clock.pause, now=lambda: SENT + timedelta(seconds=clock.now), **how)
    return list(detective.suspicions(StartedBuilds.of(report), load_contract()))


def test_a_run_whose_outcomes_are_all_known_leaves_none() -> None:
    report = run_with(sent("x0001"), came("x0001", 200, image(1)), sent("x0002", "b"), came("x0002", 404))
    assert suspected(report, at(0)) == []


def test_every_start_of_unknown_outcome_is_named_and_no_other() -> None:
    report = run_with(
        sent("x0001", "a"), came("x0001", 200, image(1)), sent("x0002", "b"), came("x0002", None), sent("x0003", "c")
    )
    [suspicion] = suspected(report)
    assert [(start.token, start.exchange) for start in suspicion.starts] == [("b", "x0002"), ("c", "x0003")]
    assert suspicion.pipeline == PIPELINE


def test_images_of_that_time_are_candidates_and_those_of_the_report_are_not() -> None:
    report = run_with(sent("x0001", "a"), came("x0001", 200, image(1)), sent("x0002", "b"))
    [suspicion] = suspected(report, at(1, 1), at(1, 2), at(3600, 3), at(-3600, 4))
    assert [each.arn for each in suspicion.candidates] == [image(2)]
    assert suspicion.is_open


@pytest.mark.parametrize("seconds", [-299, 299])
def test_clocks_that_differ_as_far_as_signatures_allow_hide_no_candidate(seconds: int) -> None:
    [suspicion] = suspected(run_with(sent("x0001")), at(seconds))
    assert len(suspicion.candidates) == 1


def test_an_image_without_a_date_is_a_candidate() -> None:
    [suspicion] = suspected(run_with(sent("x0001")), Image(image(2), "BUILDING"))
    assert len(suspicion.candidates) == 1


def test_where_no_image_is_of_that_time_there_is_nothing_to_look_at() -> None:
    [suspicion] = suspected(run_with(sent("x0001")))
    assert not suspicion.is_open


def test_a_target_that_lists_no_images_leaves_it_open_and_says_why() -> None:
    images = Scripted([None], pages={PIPELINE: refusal("ListImagePipelineImages", "UnknownOperationException", 404)})
    [suspicion] = found_by(images, run_with(sent("x0001")))
    assert suspicion.is_open
    assert "ListImagePipelineImages was answered 404 UnknownOperationException" in (suspicion.unlisted or "")


@pytest.mark.parametrize("pipeline", [None, "not an ARN"])
def test_where_the_request_named_no_pipeline_those_of_the_run_are_looked_through(pipeline: str | None) -> None:
    report = run_with(replace(sent("x0001"), pipeline=pipeline))
    [suspicion] = suspected(report, at(1))
    assert (suspicion.pipeline, len(suspicion.candidates)) == (None, 1)


def test_pipelines_are_looked_through_one_by_one() -> None:
    report = run_with(sent("x0001"), replace(sent("x0002", "b"), pipeline=OTHER), sent("x0003", "c"))
    assert [(each.pipeline, len(each.starts)) for each in suspected(report)] == [(PIPELINE, 2), (OTHER, 1)]


def test_a_list_is_looked_at_only_when_it_must_have_what_was_started() -> None:
    clock = Clock(10)
    found_by(Scripted([None]), run_with(sent("x0001")), clock)
    assert clock.now == pytest.approx(60, abs=1)
    found_by(Scripted([None]), run_with(sent("x0001")), clock)
    assert clock.now == pytest.approx(60, abs=1)


def test_a_list_that_is_refused_for_a_while_is_tried_again() -> None:
    class Throttled(Scripted):
        refusals = 3

        def of_pipeline(self, pipeline: str) -> Iterator[Image]:
            self.refusals -= 1
            if self.refusals:
                raise refusal("ListImagePipelineImages", "CallRateLimitExceededException", 429)
            return super().of_pipeline(pipeline)

    [suspicion] = found_by(Throttled([None], pages={PIPELINE: [at(1)]}), run_with(sent("x0001")))
    assert len(suspicion.candidates) == 1


def test_an_image_that_another_run_is_known_to_have_started_is_no_candidate() -> None:
    images = Scripted([None], pages={PIPELINE: [at(1)]})
    [suspicion] = found_by(images, run_with(sent("x0001")), known={image(9)})
    assert not suspicion.is_open
