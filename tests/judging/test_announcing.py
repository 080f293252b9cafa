from imagebuilder_conformance.judging.announcing import announce, target_info
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS
from imagebuilder_reports.events import Header, RunInfo
from imagebuilder_spec import Suite
from tests.support.calls import CONTRACT, target_at

RUN = RunInfo(
    started="2026-01-01T00:00:00.000+00:00",
    nonce="abc",
    seed=1,
    workers=1,
    suites=(Suite.CORE,),
    prefixes=(),
    strict=False,
)


def announced(*clauses: str) -> Header:
    return announce(CONTRACT, target_info(target_at("http://127.0.0.1:1")), RUN, clauses=clauses, passive=())


def test_what_runs_compare_by_depends_on_the_selected_clauses() -> None:
    digests = [announced(*clauses).suite.digest for clauses in ((), (), ("operation.start",), ("response.status",))]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_every_clause_is_announced_and_the_selected_ones_are_marked() -> None:
    header = announced("operation.start")
    assert {clause.id for clause in header.clauses} == CONTRACT.clauses.keys()
    assert [clause.id for clause in header.clauses if clause.selected] == ["operation.start"]


def test_a_passive_check_is_announced_as_one_that_starts_nothing() -> None:
    target = target_info(target_at("http://127.0.0.1:1"))
    header = announce(CONTRACT, target, RUN, clauses=CONTRACT.clauses, passive=PASSIVE_CHECKS)
    assert [check.id for check in header.checks] == [check.id for check in PASSIVE_CHECKS]
    assert {check.executions for check in header.checks} == {0}
