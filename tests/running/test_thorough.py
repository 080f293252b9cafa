"""What a run asks for more on demand: an age of tokens, more rounds of races, more pairs."""

from collections import Counter
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.idempotency.memory import TokenForgottenAfterASecond
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_spec import Suite
from tests.support.calls import target_at
from tests.support.command import here, report_in
from tests.support.runs import failed, run_of, serving, verdicts

DELAY = "idempotency.replay.after-delay"


class ForgottenAfterFourSeconds(TokenForgottenAfterASecond):
    """A token is remembered for four seconds."""

    seconds = 4.0


def run(behaviour: type[Behaviour], *prefixes: str, retention: float | None = None, thorough: bool = False) -> Report:
    with serving(behaviour) as server:
        target = target_at(server.url)
        return run_of(Settings(target, suites=(Suite.CORE,), prefixes=prefixes, retention=retention, thorough=thorough))


@pytest.mark.slow
def test_the_age_that_was_asked_for_is_reached_and_said() -> None:
    report = run(Behaviour, DELAY, retention=2.0)
    assert verdicts(report)[DELAY] is Verdict.PASSED
    assert report.measured["retention.seconds"] >= 2.0
    assert report.run.retention == 2.0
    [note] = [note for check in report.checks for note in check.notes if "looked back" in note]
    assert "2." in note


@pytest.mark.slow
def test_a_store_that_forgets_later_is_found_by_who_waits_longer() -> None:
    assert failed(run(ForgottenAfterFourSeconds, DELAY)) == set()
    assert failed(run(ForgottenAfterFourSeconds, DELAY, retention=4.5)) == {DELAY}


@pytest.mark.parametrize("age", [None, 1.0])
def test_a_budgeted_run_waits_only_if_it_is_asked_to(age: float | None) -> None:
    with serving(Behaviour) as server:
        target = target_at(server.url)
        report = run_of(Settings(target, suites=(Suite.CORE,), prefixes=(DELAY,), max_executions=3, retention=age))
    assert (report.measured["retention.seconds"] >= 1.0) is (age is not None)


def test_thorough_races_are_more_and_of_several_widths() -> None:
    usual, thorough = (run(Behaviour, "idempotency.concurrent.duplicates", thorough=more) for more in (False, True))
    assert failed(thorough) == set()
    assert (usual.run.thorough, thorough.run.thorough) == (False, True)
    racing = [
        Counter(row.label for row in report.exchanges if row.label == "one of the duplicates").total()
        for report in (usual, thorough)
    ]
    assert racing == [2 * 6, 2 * 2 * (6 + 2 + 12)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--retention", "-1"), "--retention: expected seconds, 0 or more"),
        (("--retention", "nan"), "--retention: expected seconds, 0 or more"),
        (("--retention", "1e9"), "and at most 1,000,000"),
        (("--retention", "60", "--time-limit", "30"), "expected less than the 30 seconds of --time-limit, got 60"),
    ],
)
def test_an_age_that_makes_no_sense_is_refused(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    done = here("run", *words, cwd=tmp_path)
    assert (done.code, sentence in " ".join(done.err.split())) == (2, True), done.text


def test_both_can_stand_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text("retention = 0.1\nthorough = true\n")
    done = here("run", "operation", "--config", "conformance.toml", cwd=tmp_path)
    assert done.code == 0, done.text
    run = report_in(tmp_path / "conformance-report")["run"]
    assert (run["retention"], run["thorough"]) == (0.1, True)
    assert "more rounds" in done.out
