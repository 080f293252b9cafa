import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import mutation_score
from benchmarks.measuring import Process, Spread, exponent, machine, run_process, table
from benchmarks.mutation_score import chosen_defects, chosen_variations, stratified
from benchmarks.ours import OurRun, found_after
from benchmarks.peak import peak, peak_said
from benchmarks.schemathesis_side.runner import SchemathesisRun
from benchmarks.targets import counted_target
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.target import Target
from tests.reports.samples import came, exchange, failure, finished, sent
from tests.support.calls import target_at
from tests.support.runs import run_against

ROOT = Path(__file__).parents[2]
GROUPS = {"a": [f"a{number}" for number in range(60)], "b": [f"b{number}" for number in range(30)], "c": ["c0"]}


@pytest.mark.parametrize("size", range(0, 92, 7))
def test_a_sample_is_as_large_as_asked(size: int) -> None:
    assert len(set(stratified(GROUPS, size, seed=1))) == size


def test_each_group_has_its_share_and_at_least_one() -> None:
    counts = Counter(name[0] for name in stratified(GROUPS, 31, seed=1))
    assert counts == {"a": 20, "b": 10, "c": 1}
    assert set(Counter(name[0] for name in stratified(GROUPS, 3, seed=1))) == {"a", "b", "c"}


def test_a_sample_depends_on_its_seed_alone() -> None:
    assert stratified(GROUPS, 20, seed=1) == stratified(GROUPS, 20, seed=1) != stratified(GROUPS, 20, seed=2)


def test_a_sample_larger_than_all_is_all() -> None:
    assert stratified(GROUPS, 1000, seed=1) == [name for group in GROUPS.values() for name in group]


def test_a_sample_of_the_catalogue_touches_every_area() -> None:
    every = {defect.area for defect in catalogue.defects().values()}
    assert {defect.area for defect in chosen_defects(24, seed=1)} == every
    assert len(chosen_defects(None, seed=1)) == mutation_score.count()
    assert len(chosen_variations(5, seed=1)) == 5


def test_a_spread_is_the_median_between_the_extremes() -> None:
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0)
    assert Spread.of([3.0, 1.0, 2.0]).text(1, " s") == "2.0 s (1.0 to 3.0)"
    assert Spread.of([1234.0]).text(0) == "1,234"


def test_a_table_is_markdown() -> None:
    assert table(("a", "b"), [(1, 2)]) == "| a | b |\n| --- | ---: |\n| 1 | 2 |"


def test_the_machine_is_named() -> None:
    assert "cores" in machine()


def test_a_process_knows_nothing_of_the_callers_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://example.com")
    done = run_process(["sh", "-c", "echo ${AWS_ENDPOINT_URL-none} $OWN; exit 3"], environment={"OWN": "own"})
    assert (done.code, done.output) == (3, "none own\n")
    assert done.seconds > 0


def test_an_exponent_of_one_is_linear() -> None:
    assert exponent((10, 3.0), (1_000, 300.0)) == pytest.approx(1)
    assert exponent((10, 1.0), (100, 100.0)) == pytest.approx(2)


def test_a_peak_is_that_of_the_process_and_not_of_its_parent() -> None:
    held = bytearray(200 * 2**20)
    said = run_process((sys.executable, "-m", "benchmarks.peak", "--help"), folder=ROOT)
    assert 0 < peak_said(said) < 100 < len(held) / 2**20 < peak()


def test_a_defect_is_found_when_the_exchanges_that_show_it_were_made() -> None:
    exchanges = [event for number in range(1, 6) for event in (sent(f"x{number}"), came(f"x{number}"))]
    early = finished("answers.first", failures=(failure("a.b", exchange("x2"), exchange("x3")),))
    late = finished("check.last", failures=(failure("a.b", exchange("x5")), failure("a.c")))
    assert found_after([*exchanges, late, early]) == {"a.b": 3, "a.c": 5}


def test_what_was_sent_later_found_nothing_sooner() -> None:
    assert found_after([sent("x1"), came("x1"), finished("check.one")]) == {}


def trial(name: str, shown: int | None, *theirs: tuple[int, bool]) -> mutation_score.Trial:
    """A defect that showed in the suite's run after so many exchanges, and Schemathesis's runs: requests, alarm."""
    defect, ended = catalogue.find_defect(name), Process(0, "", 1.0, 1.0)
    ours = OurRun(ended, {"clauses": []}, {} if shown is None else {defect.breaks: shown})
    *fewer, most = [SchemathesisRun(ended, requests, {"alarm": 1} if alarm else {}) for requests, alarm in theirs]
    return mutation_score.Trial(defect, self_test=True, ours=ours, requests=400, schemathesis=most, fewer=tuple(fewer))


def test_the_score_rises_where_a_defect_had_shown() -> None:
    tried = [
        trial("status-created", 40, (10, False), (30, True)),
        trial("token-stripped", 5, (20, False), (50, False)),
        trial("method-any", None, (12, True), (40, True)),
    ]
    lines = mutation_score.by_requests(tried)
    assert lines["the suite"] == [(0, 0), (5, 1 / 3), (40, 2 / 3)]
    assert lines["Schemathesis"] == [(0, 0), (12, 1 / 3), (40, 2 / 3)]
    *_, last = mutation_score.curve(tried).splitlines()
    assert last == "| 100% | never | never |"


@pytest.mark.slow
@pytest.mark.parametrize("name", [None, "status-created", "members-added"])
def test_a_target_counts_what_reaches_it(name: str | None) -> None:
    with counted_target(name) as counted:
        target: Target = target_at(counted.server.url)
        report = run_against(target, "operation", "response")
        assert counted.requests == report.totals.exchanges > 0
        assert bool([failure for failure in report.failures if name != "members-added"]) is (name == "status-created")
