"""The command: a master and two workers in processes of their own."""

import os
import signal
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.defects.catalogue import load_defects
from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import Ending, RunVerdict
from tests.support.absent import give_up
from tests.support.command import command, finished, here, served, started
from tests.support.ports import free_port
from tests.support.runs import failed

pytestmark = pytest.mark.slow

AWS = ("--endpoint-url", "https://imagebuilder.us-east-1.amazonaws.com")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "a-secret-of-nobody"}


@pytest.fixture
def load_extra() -> None:
    if find_spec("locust") is None:
        give_up("a soak takes Locust: install the extra `load`", os.environ)


def soaked(cwd: Path, *options: str, defect: str | None = None, workers: int = 2) -> tuple[int, str, Report]:
    """What came of a soak by a master and its workers."""
    with ExitStack() as stack:
        url, _ = stack.enter_context(served(*(["--defect", defect] if defect else []), cwd=cwd))
        to = ("soak", "--endpoint-url", url, "--master-port", str(free_port()))
        led = ("--master", "--expect-workers", str(workers), "--users", "24")
        master = stack.enter_context(started(*to, *led, *options, cwd=cwd))
        sending = [stack.enter_context(started(*to, "--worker", cwd=cwd)) for _ in range(workers)]
        done = finished(master)
        assert [finished(each).code for each in sending] == [0] * workers
        return done.code, done.text, read_report(cwd / "soak-report")


@pytest.mark.usefixtures("load_extra")
def test_two_workers_find_nothing_wrong_with_the_reference_target(tmp_path: Path) -> None:
    code, text, report = soaked(tmp_path, "--duration", "4")
    assert code == 0, text
    assert report.verdict is RunVerdict.CONFORMANT
    assert failed(report) == set()
    assert report.measured["soak.workers"] == 2
    assert report.measured["soak.exchanges-per-second"] > 0
    assert report.totals.exchanges > report.totals.executions > 0
    ids = {row.id.split("-")[0] for row in report.exchanges}
    assert {"w1", "w2"} <= ids
    # It ends in a table whose figures have units.
    shown = [line.split() for line in text[text.index("measured ") :].splitlines()[1:]]
    assert len(shown) >= len(report.measured)
    assert all(line[-1] in {"second", "ms", "tokens", "images", "answers", "users", "workers"} for line in shown)
    assert "soak." not in text


@pytest.mark.usefixtures("load_extra")
def test_tokens_that_two_workers_share_show_a_defect_that_needs_load_to_their_master(tmp_path: Path) -> None:
    # More connections than its first instance takes: that depends on no machine's speed.
    defect = load_defects()["second-instance-knows-nothing"]
    code, text, report = soaked(tmp_path, "--duration", "4", defect=defect.name)
    assert code == 1, text
    assert defect.breaks in failed(report)
    assert all(failure.exchanges for failure in report.failures)
    between = {each.id.split("-")[0] for failure in report.failures for each in failure.exchanges}
    assert between == {"w1", "w2"}


@pytest.mark.usefixtures("load_extra")
def test_a_limit_of_executions_is_kept_by_all_workers_together(tmp_path: Path) -> None:
    code, text, report = soaked(tmp_path, "--duration", "3", "--max-executions", "21")
    assert code == 0, text
    assert 0 < report.totals.executions <= 21
    assert report.totals.exchanges > 21
    assert len(report.executions) == report.totals.executions


@pytest.mark.usefixtures("load_extra")
def test_one_process_does_without_workers_and_an_interrupted_soak_is_incomplete(tmp_path: Path) -> None:
    with (
        served(cwd=tmp_path) as (url, _),
        started("soak", "--endpoint-url", url, "--duration", "600", cwd=tmp_path) as soak,
    ):
        assert soak.stdout is not None
        soak.stdout.readline()
        soak.send_signal(signal.SIGTERM)
        done = finished(soak)
    assert done.code == 3, done.text
    report = read_report(tmp_path / "soak-report")
    assert report.run.ending is Ending.INTERRUPTED
    assert report.verdict is RunVerdict.INCOMPLETE


@pytest.mark.usefixtures("load_extra")
def test_nobody_listening_is_one_sentence_and_no_verdict(tmp_path: Path) -> None:
    done = command("soak", "--endpoint-url", f"http://127.0.0.1:{free_port()}", "--duration", "5", cwd=tmp_path)
    assert done.code == 3, done.text
    assert "nothing listens at" in done.text
    assert "Traceback" not in done.text


def test_aws_is_refused_without_a_word_and_without_a_limit(tmp_path: Path) -> None:
    arn = ("--pipeline-arn", "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/mine")
    plain = here("soak", *AWS, *arn, cwd=tmp_path, env=KEYS)
    assert plain.code == 2
    assert "--allow-aws" in plain.text
    unlimited = here("soak", *AWS, *arn, "--allow-aws", cwd=tmp_path, env=KEYS)
    assert unlimited.code == 2
    assert "--max-executions" in unlimited.text


def test_a_soak_without_a_target_is_refused(tmp_path: Path) -> None:
    done = here("soak", cwd=tmp_path)
    assert done.code == 2
    assert "--endpoint-url" in done.text
