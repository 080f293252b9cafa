"""The suites as plain pytest: the same verdicts, by pytest's own means."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import find_defect
from imagebuilder_conformance.running.sessions import BrokenShouldWarning, CheckError, CheckFailed, report
from imagebuilder_reports.events import CheckFinished, FailureRecord, Judgement
from imagebuilder_reports.folder import claimed
from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict
from tests.support.calls import PIPELINE
from tests.support.command import Finished, python
from tests.support.runs import serving

pytestmark = pytest.mark.slow

SUITES = ("-m", "pytest", "--pyargs", "imagebuilder_conformance.suites", "-q", "-rA")

BROKEN = "request.client-token.max-length"

# The benchmarks bring this plugin; it takes seconds to load, and nothing here is about it.
QUICK = ("-p", "no:schemathesis")

# The caller whom the reference target refuses.
DENIED = """
[denied]
aws_access_key_id = imagebuilder-conformance-denied
aws_secret_access_key = imagebuilder-conformance-denied
"""

REVERSER = """
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    items.reverse()
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(Behaviour) as server:
        yield server.url


def checks_of(report: Report) -> dict[str, Verdict]:
    return {check.id: check.verdict for check in report.checks}


def suites(*arguments: str, cwd: Path) -> Finished:
    """Without the plugins of others, which take their time."""
    env = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return python(*SUITES, "-p", "imagebuilder_conformance.plugin", *arguments, cwd=cwd, env=env)


def test_from_an_unrelated_folder_and_in_another_order_every_check_gets_the_same_verdict(
    url: str, tmp_path: Path, reference_run: Report
) -> None:
    (tmp_path / "reverser.py").write_text(REVERSER)
    (tmp_path / "credentials").write_text(DENIED)
    target = ("--imagebuilder-endpoint-url", url, "--imagebuilder-denied-profile", "denied")
    options = (*target, "--imagebuilder-report-dir", "left", "-p", "reverser", *QUICK)
    env = {"PYTHONPATH": str(tmp_path), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")}
    run = python(*SUITES, *options, cwd=tmp_path, env=env)
    assert run.code == 0, run.text
    backwards = read_report(tmp_path / "left")
    assert backwards.verdict is RunVerdict.CONFORMANT
    # What it takes a server error to show is shown by the suite `faults`, which is not among the defaults.
    forwards = checks_of(reference_run) | {
        "answers.retry-after-error": Verdict.NOT_RUN,
        "answers.error-kept": Verdict.NOT_RUN,
    }
    # Against a target of one's own the core suite is the default.
    assert len(backwards.checks) > 40
    assert checks_of(backwards) == {check.id: forwards[check.id] for check in backwards.checks}
    order = [row.check for row in backwards.exchanges]
    assert order.index("wire.recovery") < order.index("idempotency.replay")
    # What looks back at other traffic comes last, whatever the order.
    assert order[-1] == "idempotency.retention"


def test_a_broken_must_fails_and_says_all_that_the_command_says(tmp_path: Path) -> None:
    with serving(find_defect("token-one-too-long-accepted").behaviour) as server:
        options = (
            "--imagebuilder-endpoint-url",
            server.url,
            "--imagebuilder-clause",
            BROKEN,
        )
        run = suites(*options, "--junit-xml", "junit.xml", cwd=tmp_path)
    assert run.code == pytest.ExitCode.TESTS_FAILED, run.text
    for shown in (BROKEN, "expected:", "received:", "hint:"):
        assert shown in run.out
    cases = ElementTree.parse(tmp_path / "junit.xml").getroot().iter("testcase")  # written by pytest just now
    assert any(case.find("failure") is not None for case in cases)


def test_maxfail_ends_the_run_early_and_says_so(tmp_path: Path) -> None:
    with serving(find_defect("token-ignored").behaviour) as server:
        options = ("--imagebuilder-endpoint-url", server.url, "--imagebuilder-report-dir", "report")
        assert suites(*options, "--maxfail", "1", cwd=tmp_path).code == pytest.ExitCode.TESTS_FAILED
    report = read_report(tmp_path / "report")
    assert (report.run.ending, report.run.reason) == (Ending.INTERRUPTED, "stopping after 1 failures")


def test_what_can_not_be_used_is_a_usage_error(tmp_path: Path) -> None:
    run = suites("--imagebuilder-pipeline-arn", PIPELINE, cwd=tmp_path)
    assert run.code == pytest.ExitCode.USAGE_ERROR, run.text
    assert "--endpoint-url" in run.text
    assert "Traceback" not in run.text


def test_where_nothing_listens_the_session_ends_with_the_reason(tmp_path: Path) -> None:
    run = suites("--imagebuilder-endpoint-url", "http://127.0.0.1:9", cwd=tmp_path)
    assert run.code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
    assert "nothing listens at http://127.0.0.1:9" in run.text
    assert "Traceback" not in run.text


# Verdicts as pytest's outcomes

CLAUSE = "operation.start"


def finished(*verdicts: tuple[Verdict, str | None], broken: bool = False) -> CheckFinished:
    judgements = tuple(
        Judgement(CLAUSE, verdict, reason, Cause.BUDGET if verdict is Verdict.NOT_RUN else None)
        for verdict, reason in verdicts
    )
    failure = FailureRecord(CLAUSE, "a.code", "It is broken", "this", "that", "Mend it.")
    return CheckFinished("some.check", judgements, (failure,) if broken else ())


def test_passed_is_passed() -> None:
    report(finished((Verdict.PASSED, None)))


def test_failed_fails_with_the_whole_story() -> None:
    with pytest.raises(CheckFailed) as caught:
        report(finished((Verdict.FAILED, None), broken=True))
    for shown in ("It is broken", CLAUSE, "this", "that", "Mend it."):
        assert shown in str(caught.value)


def test_a_failure_that_another_revision_allows_says_so() -> None:
    event = finished((Verdict.FAILED, None), broken=True)
    allowed = replace(event, failures=(replace(event.failures[0], allowed_by=("current",)),))
    with pytest.raises(CheckFailed, match="note: allowed by revision current"):
        report(allowed)
    with pytest.raises(CheckFailed) as caught:
        report(event)
    assert "note:" not in str(caught.value)


def test_warned_passes_with_a_warning() -> None:
    with pytest.warns(BrokenShouldWarning, match="It is broken"):
        report(finished((Verdict.WARNED, None), broken=True))


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.NOT_RUN])
def test_what_was_not_judged_is_skipped_with_the_reason(verdict: Verdict) -> None:
    with pytest.raises(pytest.skip.Exception, match="for a reason"):
        report(finished((verdict, "for a reason")))


def test_an_error_is_no_skip() -> None:
    with pytest.raises(CheckError, match="out of order"):
        report(finished((Verdict.ERROR, "out of order")))


def test_one_clause_that_passed_is_enough_not_to_skip() -> None:
    report(finished((Verdict.PASSED, None), (Verdict.NOT_RUN, "no budget")))


def test_a_report_folder_that_another_run_has_is_a_usage_error(url: str, tmp_path: Path) -> None:
    options = ("--imagebuilder-endpoint-url", url, "--imagebuilder-report-dir", "left")
    with claimed(tmp_path / "left"):
        run = suites(*options, cwd=tmp_path)
    assert run.code == pytest.ExitCode.USAGE_ERROR, run.text
    assert "in use by another run" in run.text
    assert list((tmp_path / "left").iterdir()) == []


def test_the_head_says_which_key_signs_and_which_revision_the_answers_fit(url: str, tmp_path: Path) -> None:
    words = (
        "-m",
        "pytest",
        "--pyargs",
        "imagebuilder_conformance.suites",
        *QUICK,
        f"--imagebuilder-endpoint-url={url}",
    )
    finished = python(*words, "--imagebuilder-clause=errors.resource-not-found", cwd=tmp_path)
    assert finished.code == 0, finished.text
    assert "imagebuilder: credentials: imagebuilder-conformance from this suite, a dummy" in finished.out
    assert "imagebuilder: revision: the answers fit documented" in finished.out
