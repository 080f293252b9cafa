"""`diff`, `matrix` and `merge` of real reports."""

import json
import shutil
from pathlib import Path

import pytest

from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import Ending, RunVerdict
from tests.gating.runs import PREFIX, broken, error_of, kept, report_of, run
from tests.support.command import invoked

FORMS = {"text": "", "markdown": "| --- |", "html": "<!doctype html>"}
OTHER = "errors.resource-not-found.code"


@pytest.fixture(scope="module")
def other_part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of another part of the contract, against a target that keeps it."""
    folder = tmp_path_factory.mktemp("other")
    with kept() as server:
        assert run(server, folder, prefix=OTHER).exit_code == 0
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_a_report_does_not_differ_from_itself(form: str, broken_run: Path) -> None:
    result = invoked("diff", broken_run, broken_run, "--format", form)
    assert result.exit_code == 0
    assert "No clause changed its verdict." in result.stdout
    assert FORMS[form] in result.stdout.lower()


def test_what_is_newly_broken_exits_1(broken_run: Path, kept_run: Path) -> None:
    result = invoked("diff", kept_run, broken_run)
    assert result.exit_code == 1
    assert "Newly broken (1)" in result.stdout
    assert f"{PREFIX}  passed, now failed" in result.stdout


def test_what_is_mended_or_not_comparable_does_not(broken_run: Path, kept_run: Path, other_part: Path) -> None:
    mended = invoked("diff", broken_run, kept_run)
    assert (mended.exit_code, "Mended (1)" in mended.stdout) == (0, True)
    apart = invoked("diff", broken_run, other_part)
    assert (apart.exit_code, "Not comparable" in apart.stdout) == (3, True)


def test_another_revision_is_not_comparable(broken_run: Path, kept_run: Path, tmp_path: Path) -> None:
    data = json.loads((kept_run / "report.json").read_text())
    data["suite"]["contract"] = "current"
    (tmp_path / "report.json").write_text(json.dumps(data))
    result = invoked("diff", tmp_path, broken_run)
    assert (result.exit_code, "Not comparable" in result.stdout) == (3, True)
    assert "Nothing could be compared" in result.stdout
    assert "different revisions of the contract: current, documented" in result.stdout


@pytest.mark.parametrize("form", FORMS)
def test_a_matrix_shows_a_verdict_of_each_target_for_each_clause(
    form: str, broken_run: Path, kept_run: Path, other_part: Path, tmp_path: Path
) -> None:
    words = ("matrix", broken_run, kept_run, other_part, "--format", form)
    result = invoked(*words)
    assert result.exit_code == 0
    assert FORMS[form] in result.stdout.lower()
    for shown in (PREFIX, OTHER, "failed", "passed", "not selected", report_of(broken_run).target.endpoint):
        # Markdown would make a link of an address.
        assert shown in result.stdout.replace("\\", "")
    assert invoked(*words, "-o", tmp_path / "matrix").stdout == ""
    assert (tmp_path / "matrix").read_text() == result.stdout


def test_parts_make_a_whole_in_every_form(kept_run: Path, other_part: Path, tmp_path: Path) -> None:
    result = invoked("merge", kept_run, other_part, "-o", tmp_path / "whole")
    assert result.exit_code == 0, result.output
    whole = report_of(tmp_path / "whole")
    assert whole.verdict is RunVerdict.CONFORMANT
    assert {clause.id for clause in whole.clauses if clause.selected} == {PREFIX, OTHER}
    for name in ("report.html", "junit.xml"):
        assert OTHER in (tmp_path / "whole" / name).read_text()
    assert "2 of 2 clauses" in (tmp_path / "whole" / "report.md").read_text()
    # In the layout of a run: facts, the table by area, the verdict.
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert [line.startswith(f"part {number} ") for number, line in enumerate(lines[:2], start=1)] == [True, True]
    assert lines[2:4] == ["", "area passed"]
    assert lines[-1] == whole.verdict_sentence


def test_a_file_gets_the_report_alone(kept_run: Path, other_part: Path, tmp_path: Path) -> None:
    assert invoked("merge", kept_run, other_part, "-o", tmp_path / "whole.json").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["whole.json"]
    assert read_report(tmp_path / "whole.json").verdict is RunVerdict.CONFORMANT


def test_a_contradiction_is_named_and_the_broken_promise_stands(
    broken_run: Path, kept_run: Path, tmp_path: Path
) -> None:
    result = invoked("merge", broken_run, kept_run, "-o", tmp_path / "whole.json")
    assert result.exit_code == 1
    assert f"{PREFIX}: failed in part 1, passed in part 2" in result.stderr


def test_a_whole_is_complete_only_if_its_parts_together_are(kept_run: Path, tmp_path: Path) -> None:
    with kept() as server:
        assert run(server, tmp_path / "short", "--max-executions", "0").exit_code == 3
    alone = invoked("merge", tmp_path / "short", "-o", tmp_path / "alone")
    assert (alone.exit_code, report_of(tmp_path / "alone").verdict) == (3, RunVerdict.INCOMPLETE)
    together = invoked("merge", tmp_path / "short", kept_run, "-o", tmp_path / "whole")
    assert (together.exit_code, report_of(tmp_path / "whole").verdict) == (0, RunVerdict.CONFORMANT)


def test_reports_of_other_contracts_are_not_merged(kept_run: Path, other_part: Path, tmp_path: Path) -> None:
    data = json.loads((other_part / "report.json").read_text())
    data["suite"]["contract"] = "current"
    (tmp_path / "other.json").write_text(json.dumps(data))
    assert "another contract" in error_of(invoked("merge", kept_run, tmp_path / "other.json", "-o", tmp_path / "whole"))
    assert not (tmp_path / "whole").exists()


def test_a_run_that_was_killed_leaves_no_report_of_an_earlier_one(broken_run: Path, tmp_path: Path) -> None:
    # As `run` clears its folder first, a killed one leaves its events alone.
    lines = (broken_run / "events.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "events.jsonl").write_bytes(b"".join(lines[:-1]))
    assert "cut short" in error_of(invoked("diff", tmp_path, broken_run))
    rendered = invoked("render", tmp_path, "--format", "json", "--allow-incomplete", "-o", tmp_path / "report.json")
    assert rendered.exit_code == 0
    report = report_of(tmp_path)
    # What it had found is not lost.
    assert (report.run.ending, report.verdict) == (Ending.TRUNCATED, RunVerdict.NON_CONFORMANT)


def test_a_run_clears_its_folder_before_it_sends(broken_run: Path, tmp_path: Path) -> None:
    shutil.copytree(broken_run, tmp_path / "report")
    nowhere = "http://127.0.0.1:9"
    result = invoked("run", PREFIX, "--endpoint-url", nowhere, "--report-dir", tmp_path / "report")
    assert result.exit_code == 3
    assert report_of(tmp_path / "report").target.endpoint == nowhere
    with broken("replay-refused") as server:
        assert run(server, tmp_path / "report").exit_code == 1
    assert report_of(tmp_path / "report").target.endpoint == server.url


def test_a_folder_that_can_not_be_made_is_one_sentence(kept_run: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "file/whole" in error_of(invoked("merge", kept_run, "-o", tmp_path / "file" / "whole"))
    sentence = error_of(invoked("render", kept_run, "--format", "junit", "-o", tmp_path / "none" / "junit.xml"))
    assert "none/junit.xml cannot be written" in sentence


def test_a_difference_of_what_nobody_judged_has_no_verdict(kept_run: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert invoked("run", "--endpoint-url", "http://127.0.0.1:9", "--report-dir", nowhere).exit_code == 3
    for pair in ((kept_run, nowhere), (nowhere, kept_run), (nowhere, nowhere)):
        result = invoked("diff", *pair)
        assert result.exit_code == 3
        assert "Nothing could be compared" in result.output


def test_a_matrix_takes_a_name_for_each_report(kept_run: Path, broken_run: Path) -> None:
    named = invoked("matrix", kept_run, broken_run, "--name", "release 1", "--name", "release 2")
    assert named.exit_code == 0
    assert "2  release 2  documented  non-conformant" in named.output
    assert invoked("matrix", kept_run, broken_run, "--name", "release 1").exit_code == 2
