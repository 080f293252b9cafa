"""Tokens that every run sends alike: who is right is not blamed for what another run did with them."""

from collections.abc import Hashable
from dataclasses import replace

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.messages import Call, Execution, StartRequest
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings as ReferenceSettings
from imagebuilder_conformance.running.embedded import target_of
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_spec import fixed_words
from tests.support.runs import CORE, run_of

CLAUSE = "idempotency.token.names"
DISTINCT = "idempotency.token.distinct"
PIPELINES = tuple(f"arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/words-{name}" for name in "abcdef")
PAIRS = [PIPELINES[:2], PIPELINES[2:4], PIPELINES[4:]]


class OfASize(Behaviour):
    """Keeps the last few tokens only."""

    def remember(self, call: Call, request: StartRequest, execution: Execution) -> None:
        """Forget the oldest."""
        kept: dict[Hashable, Execution] = self.store.executions
        if len(kept) >= 2 * len(fixed_words()) - 1:
            del kept[next(iter(kept))]
        super().remember(call, request, execution)


def run_with(server: ReferenceServer, pipelines: tuple[str, ...], *, limit: int | None = None) -> Report:
    target = replace(target_of(server, "persistent"), pipelines=pipelines)
    return run_of(Settings(target, suites=CORE, prefixes=(CLAUSE,), max_executions=limit, thorough=True))


def verdicts(report: Report) -> dict[str, Verdict]:
    return {clause.id: clause.verdict for clause in report.clauses if clause.id in {CLAUSE, DISTINCT}}


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", [Behaviour, OfASize])
# The first start of the run takes a unit, the control another.
@pytest.mark.parametrize("cut", [2, 3, 4, 5, None])
def test_runs_with_other_pipelines_against_one_store_blame_nobody(behaviour: type[Behaviour], cut: int | None) -> None:
    with ReferenceServer(ReferenceSettings(pipelines=PIPELINES), behaviour=behaviour) as server:
        first, *others = PAIRS
        reports = [run_with(server, first, limit=cut), *(run_with(server, pair) for pair in [*others, first, *others])]
    assert [report.checks for report in reports]
    for report in reports:
        assert not {Verdict.FAILED, Verdict.WARNED} & set(verdicts(report).values())


def test_a_word_that_another_run_has_used_is_not_asked_about() -> None:
    with ReferenceServer(ReferenceSettings(pipelines=PIPELINES)) as server:
        one, other = (run_with(server, pair) for pair in PAIRS[:2])
    assert verdicts(one)[CLAUSE] is Verdict.PASSED
    assert verdicts(other)[CLAUSE] is Verdict.NOT_RUN


def test_no_control_is_a_word_and_each_has_the_shape_of_its_word() -> None:
    words = fixed_words()
    assert {word.text for word in words}.isdisjoint(word.control for word in words)
    for word in words:
        assert len(word.text) == len(word.control)
        assert [each.isalpha() for each in word.text] == [each.isalpha() for each in word.control]
        assert sum(one != other for one, other in zip(word.text, word.control, strict=True)) == 1
