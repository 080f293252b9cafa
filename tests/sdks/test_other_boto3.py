"""The suite `sdk` with another boto3, new and old: it blames no right target, and finds what is wrong."""

from pathlib import Path

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import find_defect
from imagebuilder_reports.verdicts import RunVerdict, Verdict
from imagebuilder_spec import Suite
from tests.project.places import ROOT
from tests.support.environments import expect_ci, python_environment
from tests.support.runs import failed, run_against, serving

# By default these releases try five times, or three, and send again what was throttled, or not.
RELEASES = {"1.17.112": "botocore-1.20", "1.26.165": "botocore-1.29", "1.44.8": "botocore"}


@pytest.fixture(scope="module", params=RELEASES, ids=lambda release: f"boto3-{release}")
def release(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """A release of boto3, and the interpreter that has it."""
    expect_ci("boto3 of other years")
    requirements = ROOT / "clients" / "requirements" / f"{RELEASES[request.param]}.txt"
    return request.param, python_environment(requirements) / "python"


def test_the_reference_target_is_conformant_to_it(release: tuple[str, Path]) -> None:
    version, python = release
    with serving(Behaviour) as server:
        report = run_against(server.url, suites=(Suite.SDK,), sdk_python=python)
    assert report.verdict is RunVerdict.CONFORMANT, report.verdict_sentence
    assert {clause.verdict for clause in report.clauses if clause.suite == Suite.SDK} == {Verdict.PASSED}
    assert (report.run.sdk or "").startswith(f"boto3 {version}, ")


# Defects that show to each of them. Others show in headers only that older releases do not send.
@pytest.mark.parametrize("name", ["sdk-server-errors-final", "sdk-message-null"])
def test_it_finds_a_defect_by_its_clause(release: tuple[str, Path], name: str) -> None:
    defect = find_defect(name)
    with serving(defect.behaviour) as server:
        report = run_against(server.url, suites=(Suite.SDK,), sdk_python=release[1])
    assert defect.breaks in failed(report)
