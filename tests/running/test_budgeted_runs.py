"""The budget of a run is a promise, and the least that will do is known beforehand."""

import json
import re
import unicodedata

import pytest

from imagebuilder_conformance.checks import Check, SharedStart
from imagebuilder_conformance.probing.thrift import WITH_EVERY_CHARACTER, Thrift
from imagebuilder_conformance.probing.tokens import new_nonce
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import find_defect, find_variation
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings as ReferenceSettings
from imagebuilder_conformance.running.conductor import Conductor
from imagebuilder_conformance.running.own_pytest import Gatherer, run_suites
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.suites import declared_checks
from imagebuilder_reports.events import CheckFinished
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import Cause, RunVerdict
from imagebuilder_spec import Suite, load_contract
from tests.project.places import ROOT
from tests.support.calls import target_at
from tests.support.runs import CORE, failed, run_against, run_of, serving

CHECKS = [check for check in declared_checks() if isinstance(check, Check)]
AWS = "https://imagebuilder.us-east-1.amazonaws.com"


def documented_least() -> int:
    page = (ROOT / "docs" / "executions.md").read_text(encoding="utf-8")
    found = re.search(r"The least is (\d+) executions", page)
    assert found
    return int(found[1])


LEAST = documented_least()


def unpaid_musts(report: Report) -> set[str]:
    return {clause.id for clause in report.clauses if clause.level == "MUST" and clause.cause is Cause.BUDGET}


def limit_on_aws(*prefixes: str, suites: tuple[Suite, ...] = CORE) -> int | None:
    settings = Settings(target_at(AWS), suites=suites, prefixes=prefixes)
    return Conductor(settings, CHECKS, lambda _: None).max_executions


@pytest.mark.parametrize("limit", [0, 1, 5, LEAST - 1, LEAST, 10])
def test_a_conformant_target_never_starts_more_builds_than_the_budget_allows(limit: int) -> None:
    with serving(Behaviour) as server:
        report = run_against(server.url, max_executions=limit)
        started = len(server.behaviour.store.images)
    assert started <= limit
    assert report.totals.executions == started
    assert report.run.max_executions == limit
    assert failed(report) == set()
    # The documented number is the least: one less leaves out a MUST, and it leaves out none.
    assert bool(unpaid_musts(report)) == (limit < LEAST)
    assert report.verdict is (RunVerdict.INCOMPLETE if limit < LEAST else RunVerdict.CONFORMANT)
    assert ("--max-executions" in report.verdict_sentence) == (limit < LEAST)


def test_on_aws_the_documented_least_is_the_default() -> None:
    assert limit_on_aws() == LEAST
    # Neither of these starts anything.
    assert limit_on_aws(suites=(Suite.CORE, Suite.AUTH, Suite.THROTTLING)) == LEAST


@pytest.mark.parametrize(
    ("prefix", "least"),
    [
        ("request.image-pipeline-arn", 0),
        ("idempotency.replay.succeeds", 1),
        ("idempotency.mismatch", 1),
        ("idempotency.token.blanks", 3),
        ("idempotency.hang-up", 2),
        ("auth", 0),
        ("response", 1),
    ],
)
def test_and_for_a_part_of_the_clauses_it_is_less(prefix: str, least: int) -> None:
    assert limit_on_aws(prefix) == least


def test_elsewhere_there_is_no_limit_unless_one_is_asked_for() -> None:
    settings = Settings(target_at("http://127.0.0.1:1"), suites=CORE)
    assert Conductor(settings, CHECKS, lambda _: None).max_executions is None


def generous() -> tuple[type[Behaviour], list[str]]:
    """A behaviour that starts an image for whatever comes, replays and what should be refused included."""
    started: list[str] = []

    class Generous(Behaviour):
        async def answer(self, call: Call) -> Answer:  # noqa: ARG002  # a step of the behaviour
            pipeline = next(iter(self.store.pipelines.values()))
            image = pipeline.image_arn(pipeline.next_build())
            started.append(image)
            members = {"clientToken": "t", "requestId": str(len(started)), "imageBuildVersionArn": image}
            return Answer(200, json.dumps(members).encode(), {"Content-Type": "application/json"})

    return Generous, started


@pytest.mark.parametrize("limit", [0, 1, 5, LEAST, 10])
def test_a_target_that_starts_a_build_for_everything_is_stopped_one_above_the_budget(limit: int) -> None:
    behaviour, started = generous()
    with serving(behaviour) as server:
        report = run_against(server.url, max_executions=limit)
    assert len(started) <= limit + 1
    assert report.verdict in {RunVerdict.NON_CONFORMANT, RunVerdict.INCOMPLETE}


@pytest.mark.parametrize("limit", [5, LEAST])
def test_a_target_that_ignores_the_token_is_found_and_stopped(limit: int) -> None:
    started: list[str] = []

    class Counting(find_defect("token-ignored").behaviour):  # type: ignore[misc]  # a base that is looked up
        def image_arn(self, pipeline: object) -> str:
            arn: str = super().image_arn(pipeline)
            started.append(arn)
            return arn

    with serving(Counting) as server:
        report = run_against(server.url, max_executions=limit)
    assert len(started) <= limit + 1
    assert "idempotency.replay.same-image" in failed(report)
    # Once a replay had started a build, no other was started on purpose.
    assert Cause.BUDGET in {clause.cause for clause in report.clauses}


def test_under_a_budget_what_judges_comes_first_and_of_that_the_cheap_checks() -> None:
    with serving(Behaviour) as server:
        settings = Settings(target_at(server.url), suites=CORE, prefixes=("idempotency",), max_executions=2)
        gatherer = Gatherer(settings)
        run_suites(gatherer)
    essential = Conductor(settings, CHECKS, lambda _: None).essential
    costs = {check.id: (check.id not in essential, check.least) for check in CHECKS if not check.last}
    made = [event.id for event in gatherer.events if isinstance(event, CheckFinished) and event.id in costs]
    assert [costs[check] for check in made] == sorted(costs[check] for check in made)
    assert len(made) > 10


def test_the_page_has_each_check_with_what_it_takes() -> None:
    page = (ROOT / "docs" / "executions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z.-]+\.[a-z.-]+)` \| (\d+) \| ([^|]+) \| (\d+) \|$", page, flags=re.MULTILINE)
    # Those of other revisions are of no matter to the documented least.
    documented = {check for check in CHECKS if set(check.clauses) <= load_contract().clauses.keys()}
    assert rows
    assert {row[0]: row[1:] for row in rows} == {
        check.id: (str(check.least), ", ".join(check.shares or ("of its own",)), str(check.executions))
        for check in documented
        if check.executions
    }


@pytest.mark.parametrize("revision", ["documented", "current"])
def test_the_shared_tokens_are_legal_and_hold_every_character(revision: str) -> None:
    contract = load_contract(revision)
    thrift = Thrift("qhzkvbtm", contract)
    tokens = {start: thrift.token(start) for start in SharedStart}
    assert all(len(token) in contract.token_lengths for token in tokens.values())
    assert len(set(tokens.values())) == len(tokens)
    assert len(tokens[SharedStart.FIRST]) == contract.token_lengths.stop - 1
    printable = {chr(code) for code in range(0x20, 0x7F)}
    assert set("".join(tokens[start] for start in WITH_EVERY_CHARACTER)) == printable
    assert len(tokens) == LEAST


def test_the_pairs_differ_in_one_respect() -> None:
    thrift = Thrift("qhzkvbtm", load_contract())
    [case], [whole], [blank], [alike] = map(thrift.pairs, ("case", "whole", "blank", "unicode"))
    assert case.first.lower() == case.second.lower()
    assert whole.first[:-1] == whole.second[:-1]
    assert blank.first == blank.second.strip()
    assert unicodedata.normalize("NFKC", alike.second) == alike.first


def test_the_shortest_token_differs_from_run_to_run() -> None:
    nonces = [new_nonce() for _ in range(100)]
    tokens = {Thrift(nonce, load_contract()).token(SharedStart.SHORTEST) for nonce in nonces}
    assert {len(token) for token in tokens} == {1}
    assert len(tokens) > 30


def test_two_runs_share_no_token_but_the_shortest() -> None:
    one, other = Thrift("qhzkvbtm", load_contract()), Thrift("mtbvkzhq", load_contract())
    starts = set(SharedStart) - {SharedStart.SHORTEST}
    assert {one.token(start) for start in starts}.isdisjoint(other.token(start) for start in starts)


def test_the_least_is_enough_for_the_other_revision_too() -> None:
    contract = load_contract("current")
    settings = Settings(target_at(AWS), contract=contract.revision, suites=CORE)
    least = Conductor(settings, CHECKS, lambda _: None).max_executions
    assert f"By revision `current` the least is {least}:" in (ROOT / "docs" / "executions.md").read_text(
        encoding="utf-8"
    )
    with ReferenceServer(ReferenceSettings(contract=contract)) as server:
        target = target_at(server.url)
        report = run_of(Settings(target, contract=contract.revision, suites=CORE, max_executions=least))
        started = len(server.behaviour.store.images)
    assert unpaid_musts(report) == set()
    assert least is not None
    assert started <= least


@pytest.mark.parametrize("clause", ["request.client-token.max-length", "request.client-token.code-points"])
def test_a_token_that_another_revision_allows_takes_a_unit_or_a_pipeline_that_is_not_there(clause: str) -> None:
    with serving(Behaviour) as server:
        report = run_against(server.url, clause, max_executions=1)
        assert len(server.behaviour.store.images) <= 1
    embedded = run_of(Settings(None, suites=CORE, prefixes=("request.client-token.max-length",), max_executions=1))
    assert failed(report) == failed(embedded) == set()
    assert embedded.verdict is RunVerdict.CONFORMANT


@pytest.mark.slow
def test_where_a_token_may_be_legal_elsewhere_no_more_is_started_than_the_budget_allows() -> None:
    """A target that looks pipelines up first and takes tokens of up to 64 characters, at every budget."""
    behaviour = find_variation("existence-before-token").behaviour
    for limit in range(1, LEAST + 2):
        settings = ReferenceSettings(contract=load_contract("current"))
        with ReferenceServer(settings, behaviour=behaviour) as server:
            run_against(server.url, "request.client-token", "idempotency.token", max_executions=limit)
            assert len(server.behaviour.store.images) <= limit
