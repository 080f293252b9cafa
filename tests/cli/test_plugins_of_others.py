"""The suites beside plugins and options of pytest that make checks twice, leave them out, or break them off."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagebuilder_conformance.counting import Counter
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import find_defect
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_reports.diff import Change, compare
from imagebuilder_reports.merge import merge
from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import Cause, RunVerdict, Verdict
from tests.support.command import Finished, here, python
from tests.support.runs import serving

pytestmark = pytest.mark.slow

SUITES = ("-m", "pytest", "--pyargs", "imagebuilder_conformance.suites", "-q", "-rA")
CLAUSE = "request.client-token.max-length"
CHECK, TEST = "request.client-token.max-length", "test_max_length"

# As pytest-repeat, pytest-flakefinder and --keep-duplicates have it.
TWICE = """
def pytest_collection_modifyitems(items):
    items[:] = [item for item in items for _ in range(2)]
"""
# As pytest-rerunfailures has it.
AGAIN = """
import pytest
from _pytest.runner import runtestprotocol

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for _ in range(2):
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
"""
# As pytest-timeout has it, by its signals.
TIMEOUT = """
import signal
import pytest

def _over(*_):
    pytest.fail("Timeout (>0.05s) from somebody's plugin")

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    signal.signal(signal.SIGALRM, _over)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
"""
RENAMED = "[pytest]\npython_files = spec_*.py\npython_functions = it_*\npython_classes = Describe*\n"


class Slow(Behaviour):
    """Takes longer for an answer than the plugin gives a check, on any machine."""

    async def answer(self, call: Call) -> Answer:
        await asyncio.sleep(0.3)
        return await super().answer(call)


@pytest.fixture(scope="module")
def right() -> Iterator[str]:
    with serving(Behaviour) as server:
        yield server.url


@pytest.fixture(scope="module")
def wrong() -> Iterator[str]:
    with serving(find_defect("token-one-too-long-accepted").behaviour) as server:
        yield server.url


def suites(url: str, *options: str, cwd: Path, clause: str = CLAUSE) -> tuple[Finished, Report]:
    """A run of one clause; `others.py` in the folder is a plugin of it."""
    words = [*SUITES, "-p", "imagebuilder_conformance.plugin", "--imagebuilder-report-dir", "left"]
    words += ["--imagebuilder-endpoint-url", url, "--imagebuilder-clause", clause, *options]
    words += ["-p", "others"] if (cwd / "others.py").exists() else []
    env = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(cwd)}
    run = python(*words, cwd=cwd, env=env)
    assert "INTERNALERROR" not in run.text
    return run, read_report(cwd / "left" / "events.jsonl")


@pytest.mark.parametrize("plugin", [TWICE, AGAIN], ids=["twice", "again"])
def test_a_check_that_is_made_twice_is_one_and_says_so(plugin: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / "others.py").write_text(plugin)
    run, report = suites(wrong, cwd=tmp_path)
    assert run.code == pytest.ExitCode.TESTS_FAILED, run.text
    assert report.verdict is RunVerdict.NON_CONFORMANT
    [check] = [each for each in report.checks if each.id == CHECK]
    assert check.verdict is Verdict.FAILED
    assert any("more than once" in note for note in check.notes)
    assert len({(each.clause, each.code) for each in check.failures}) == len(check.failures)
    for words in (
        ("render", "left", "--format", "markdown"),
        ("diff", "left", "left"),
        ("cleanup", "left", "--dry-run"),
    ):
        assert here(*words, cwd=tmp_path).code != 4
        assert "finish" not in here(*words, cwd=tmp_path).err


def test_what_pytest_leaves_out_is_not_run_and_the_digest_is_another(right: str, wrong: str, tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("broken", "whole", "less")}
    for folder in folders.values():
        folder.mkdir()
    area = "request.client-token"
    _, broken = suites(wrong, cwd=folders["broken"], clause=area)
    _, whole = suites(right, cwd=folders["whole"], clause=area)
    run, less = suites(right, "-k", f"not {TEST}", cwd=folders["less"], clause=area)
    assert run.code == 0, run.text
    [check] = [each for each in less.checks if each.id == CHECK]
    assert (check.deselected, check.verdict) == (True, Verdict.NOT_RUN)
    assert whole.suite.digest == broken.suite.digest
    assert less.suite.digest != whole.suite.digest
    [clause] = [each for each in less.clauses if each.id == CLAUSE]
    assert clause.verdict is Verdict.NOT_RUN
    assert clause.cause is Cause.DESELECTED
    assert less.verdict is not RunVerdict.CONFORMANT or "left out by pytest" in less.verdict_sentence
    # What was broken is not mended because nobody asked.
    assert [each.change for each in compare(broken, whole).changes if each.id == CLAUSE] == [Change.MENDED]
    assert Change.MENDED not in [each.change for each in compare(broken, less).changes if each.id == CLAUSE]
    together = merge([whole, less]).report
    assert together.suite.digest == whole.suite.digest


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the plugin's timeouts are of POSIX")
def test_a_check_that_a_timeout_ends_is_an_error_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "others.py").write_text(TIMEOUT)
    with serving(Slow) as server:
        run, report = suites(server.url, cwd=tmp_path, clause="idempotency.concurrent")
    assert run.code == pytest.ExitCode.TESTS_FAILED, run.text
    errors = [each for each in report.checks if each.verdict is Verdict.ERROR]
    assert errors
    assert all("from outside: Failed: Timeout" in (each.judgements[0].reason or "") for each in errors)
    assert report.verdict is RunVerdict.INCOMPLETE


def test_the_users_names_of_files_and_functions_are_his(right: str, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(RENAMED)
    run, report = suites(right, "-c", str(tmp_path / "pytest.ini"), cwd=tmp_path)
    assert run.code == 0, run.text
    assert report.verdict is RunVerdict.CONFORMANT


def test_a_failure_points_at_the_check(wrong: str, tmp_path: Path) -> None:
    run, _ = suites(wrong, "--tb=line", cwd=tmp_path)
    [line] = [line for line in run.out.splitlines() if "CheckFailed" in line and ".py:" in line][:1]
    assert "test_request_token.py" in line


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_fork_goes_on_counting() -> None:
    counter = Counter()
    seen = [counter.next()]
    for _ in range(3):
        child = os.fork()
        if not child:
            os._exit(counter.next() + counter.next())
        seen.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    assert seen == [0, 1 + 2, 3 + 4, 5 + 6]
    assert counter.next() == 7
