"""A second pipeline that can't be used: mistyped, disabled, or in another region. Nobody is blamed for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from imagebuilder_conformance.cli.run import command
from imagebuilder_conformance.reference import DEFAULT_PIPELINES
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Execution, StartRequest
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.store import Pipeline
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict
from tests.support.calls import OTHER_PIPELINE, PIPELINE, target_at
from tests.support.runs import failed, run_against

MISTYPED = f"{OTHER_PIPELINE}-mistyped"
IN_OTHER_REGION = OTHER_PIPELINE.replace("us-east-1", "eu-central-1")
IN_OTHER_ACCOUNT = PIPELINE.replace("123456789012", "999999999999")
MISMATCHES = {
    "idempotency.mismatch.refused",
    "idempotency.mismatch.original-intact",
    "errors.idempotent-parameter-mismatch.code",
    "idempotency.concurrent.mismatch",
}


class DisabledAfterLookup(Behaviour):
    """The second pipeline is disabled, which is seen when a build is to start: a used token is a mismatch before."""

    def find(self, request: StartRequest) -> Pipeline:
        self.expect_enabled(request)
        return super().find(request)

    def expect_enabled(self, request: StartRequest) -> None:
        if request.pipeline_arn == OTHER_PIPELINE:
            raise Fault("InvalidRequestException", "The pipeline is disabled.")


class DisabledBeforeLookup(DisabledAfterLookup):
    """The second pipeline is disabled, which is seen before the token is looked at."""

    def read(self, call: Call) -> StartRequest:
        request = super().read(call)
        self.expect_enabled(request)
        return request


@contextmanager
def knowing(*pipelines: str, behaviour: type[Behaviour] = Behaviour) -> Iterator[ReferenceServer]:
    with ReferenceServer(Settings(pipelines=pipelines), behaviour=behaviour) as server:
        yield server


class KnownFirst(Behaviour):
    """The pipeline is looked up before the token."""

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        self.find(request)
        return super().recall(call, request)


@pytest.mark.parametrize(("behaviour", "limit"), [(Behaviour, None), (KnownFirst, None), (KnownFirst, 7)], ids=str)
@pytest.mark.parametrize("mistyped", [MISTYPED, f"{IN_OTHER_REGION}-mistyped"])
def test_one_that_is_mistyped_gets_the_sentence_of_the_first(
    behaviour: type[Behaviour], limit: int | None, mistyped: str
) -> None:
    with knowing(*DEFAULT_PIPELINES, behaviour=behaviour) as server:
        report = run_against(target_at(server.url, pipelines=(PIPELINE, mistyped)), max_executions=limit)
    assert report.failures == ()
    assert report.verdict is RunVerdict.INCOMPLETE
    if limit is None or mistyped is MISTYPED:
        assert report.run.ending is Ending.PIPELINE_UNKNOWN
        assert report.run.reason == f"{server.url} does not know the pipeline {mistyped}; name one with --pipeline-arn"
        # The first start of the first pipeline, and no other.
        # Two look-ups, the second with a token that is too long for a revision, and a start of each pipeline.
        assert (report.totals.executions, report.totals.exchanges) == (1, 4)


def test_a_mistyped_one_whose_mismatch_is_seen_first_does_no_harm() -> None:
    with knowing(*DEFAULT_PIPELINES) as server:
        report = run_against(target_at(server.url, pipelines=(PIPELINE, MISTYPED)), max_executions=7)
    assert report.failures == ()
    assert report.clause("idempotency.mismatch.refused").verdict is Verdict.PASSED


@pytest.mark.slow
@pytest.mark.parametrize("limit", [None, 7])
@pytest.mark.parametrize("behaviour", [DisabledAfterLookup, DisabledBeforeLookup])
def test_one_that_is_known_and_refuses_starts_is_inconclusive_and_named(
    behaviour: type[Behaviour], limit: int | None
) -> None:
    with knowing(*DEFAULT_PIPELINES, behaviour=behaviour) as server:
        report = run_against(server.url, "operation", "idempotency", "errors", max_executions=limit)
    assert failed(report) == set(), [(each.clause, each.received) for each in report.failures]
    [check] = [check for check in report.checks if check.id == "operation.other-pipeline"]
    # Where the token is looked up first, the least budget never starts the second one.
    if limit is None:
        assert check.verdict is Verdict.INCONCLUSIVE
        assert report.verdict is RunVerdict.INCOMPLETE
        reason = report.clause("operation.start").reason or ""
        assert OTHER_PIPELINE in reason
        assert "400 InvalidRequestException, 'The pipeline is disabled.'" in reason


@pytest.mark.slow
@pytest.mark.parametrize("elsewhere", [IN_OTHER_REGION, IN_OTHER_ACCOUNT])
def test_of_one_elsewhere_no_mismatch_is_judged(elsewhere: str) -> None:
    with knowing(PIPELINE, elsewhere) as server:
        report = run_against(target_at(server.url, pipelines=(PIPELINE, elsewhere)))
    assert failed(report) == set(), [(each.clause, each.received) for each in report.failures]
    assert report.verdict is RunVerdict.INCOMPLETE
    unjudged = {clause.id for clause in report.clauses if clause.cause is Cause.PIPELINES}
    assert unjudged == MISMATCHES - {"idempotency.mismatch.refused"} or unjudged == MISMATCHES
    assert "region and account" in report.verdict_sentence
    for id_ in unjudged:
        assert elsewhere in (report.clause(id_).reason or "")


def test_tokens_that_are_apart_by_region_are_right() -> None:
    class ByRegion(Behaviour):
        """Tokens are those of a region."""

        def token_key(self, call: Call, request: StartRequest) -> tuple[str, str]:  # noqa: ARG002  # the step's shape
            return request.pipeline_arn.split(":")[3], request.client_token

    with knowing(PIPELINE, IN_OTHER_REGION, behaviour=ByRegion) as server:
        report = run_against(target_at(server.url, pipelines=(PIPELINE, IN_OTHER_REGION)))
    assert failed(report) == set(), [(each.clause, each.received) for each in report.failures]


@pytest.mark.slow
def test_of_three_those_of_one_place_judge_mismatches() -> None:
    pipelines = (PIPELINE, IN_OTHER_REGION, OTHER_PIPELINE)
    with knowing(*pipelines) as server:
        report = run_against(target_at(server.url, pipelines=pipelines), "idempotency", "errors")
    assert {report.clause(id_).verdict for id_ in MISMATCHES} == {Verdict.PASSED}


def test_a_mistyped_one_elsewhere_is_named_and_not_blamed() -> None:
    with knowing(*DEFAULT_PIPELINES) as server:
        target = target_at(server.url, pipelines=(PIPELINE, IN_OTHER_REGION))
        report = run_against(target, "operation", max_executions=7)
    assert failed(report) == set()
    assert report.verdict is RunVerdict.INCOMPLETE
    reason = f"the target does not know the pipeline {IN_OTHER_REGION}; name one with --pipeline-arn"
    assert report.clause("operation.start").reason == reason


@pytest.mark.parametrize(
    ("prefix", "code"),
    [("idempotency.mismatch", 2), ("errors.idempotent-parameter-mismatch.code", 2), ("response.status", 0)],
)
def test_mismatches_asked_for_by_name_take_pipelines_of_one_place(
    prefix: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pipelines = ["--pipeline-arn", PIPELINE, "--pipeline-arn", IN_OTHER_REGION]
    with knowing(PIPELINE, IN_OTHER_REGION) as server:
        result = CliRunner().invoke(command, [prefix, "--endpoint-url", server.url, *pipelines])
    assert result.exit_code == code, result.output
    assert ("tokens may be apart" in result.output) is (code == 2)
