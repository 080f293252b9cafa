"""The scripts of the action, run as a runner runs them, keep the exit code and leave a summary and a report."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.settings import Settings
from tests.integrations.files import ACTION, load, steps
from tests.integrations.runner import Runner
from tests.project.places import ROOT
from tests.support.command import here, report_in, served

PIPELINES = Settings().pipelines
PREFIX = "request.client-token.required"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served("--defect", "token-optional", cwd=tmp_path_factory.mktemp("served")) as (url, _):
        yield url


# A Python that makes an environment of nothing but a note of what its own Python is told.
PYTHON = """#!/bin/sh
mkdir -p "$3/bin"
printf '#!/bin/sh\\nprintf "%%s\\\\n" "$@" >"%s/told"\\n' "$3" >"$3/bin/python"
chmod +x "$3/bin/python"
printf '%s\\n' "$@" >"$3/asked"
"""


@pytest.mark.parametrize(("package", "installed"), [("", f"{ROOT}[sdk]"), ("a wheel.whl", "a wheel.whl")])
def test_the_package_is_installed_where_the_run_looks_for_it(package: str, installed: str, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(PYTHON, encoding="utf-8")
    python.chmod(0o755)
    runner = Runner(tmp_path, package=package)
    ran = runner.step("Install", PYTHON=str(python))
    assert ran.code == 0, ran.said
    environment = runner.installed.parents[1]
    assert (environment / "asked").read_text().splitlines() == ["-m", "venv", str(environment)]
    assert (environment / "told").read_text().splitlines() == ["-m", "pip", "install", "--quiet", installed]


def test_a_broken_target_fails_the_step_and_leaves_everything(broken: str, tmp_path: Path) -> None:
    runner = Runner(tmp_path, endpoint_url=broken, args=PREFIX)
    ran = runner.step("Run")
    assert ran.code == 1, ran.said
    assert runner.outputs == {"exit-code": "1", "report-dir": "conformance-report"}
    assert runner.step("Summary").code == 0
    assert PREFIX in runner.summary
    report = tmp_path / "conformance-report"
    assert {path.name for path in report.iterdir()} >= {"report.html", "report.json", "report.md", "junit.xml"}


def test_every_input_reaches_the_command(broken: str, tmp_path: Path) -> None:
    pipelines = "\n".join(PIPELINES)
    runner = Runner(
        tmp_path,
        endpoint_url=broken,
        pipeline_arns=pipelines,
        suites="core\nauth",
        args=f"--strict\n--max-executions\n3\n\n{PREFIX}",
        report_dir="a folder",
    )
    assert runner.step("Run").code == 1
    written = report_in(tmp_path / "a folder")
    assert written["target"]["pipelines"] == list(PIPELINES)
    assert written["run"]["suites"] == ["core", "auth"]
    assert written["run"]["strict"] is True
    assert written["run"]["prefixes"] == [PREFIX]


def test_with_a_baseline_of_what_is_known_the_step_passes(broken: str, tmp_path: Path) -> None:
    assert Runner(tmp_path, endpoint_url=broken, args=PREFIX).step("Run").code == 1
    updated = here("baseline", "update", "conformance-report", "--output", "known.toml", cwd=tmp_path)
    assert updated.code == 0, updated.text
    (tmp_path / "again").mkdir()
    runner = Runner(tmp_path / "again", endpoint_url=broken, args=PREFIX, baseline="../known.toml")
    ran = runner.step("Run")
    assert ran.code == 0, ran.said


def test_an_endpoint_that_is_empty_is_refused_and_not_taken_for_the_reference_target(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    assert runner.step("Run").code == 2
    assert runner.outputs == {"exit-code": "2"}


def test_an_older_report_is_not_shown_as_that_of_a_run_that_wrote_none(broken: str, tmp_path: Path) -> None:
    assert Runner(tmp_path, endpoint_url=broken, args=PREFIX).step("Run").code == 1
    older = report_in(tmp_path / "conformance-report")
    (tmp_path / "output").unlink()
    again = Runner(tmp_path, endpoint_url=broken, args="no.such.clause")
    assert again.step("Run").code == 2
    # Neither the summary nor the artifact is made of a report that this step does not name.
    assert "report-dir" not in again.outputs
    assert report_in(tmp_path / "conformance-report") == older


def test_a_report_takes_the_place_of_an_older_one_and_of_nothing_else(broken: str, tmp_path: Path) -> None:
    report = tmp_path / "conformance-report"
    report.mkdir()
    for name in ("report.md", "theirs.txt"):
        (report / name).write_text("older")
    assert Runner(tmp_path, endpoint_url=broken, args=PREFIX).step("Run").code == 1
    assert "older" not in (report / "report.md").read_text()
    assert (report / "theirs.txt").read_text() == "older"


def test_an_empty_folder_for_the_report_is_refused(broken: str, tmp_path: Path) -> None:
    runner = Runner(tmp_path, endpoint_url=broken, args=PREFIX, report_dir="")
    assert runner.step("Run").code == 2
    assert runner.outputs == {"exit-code": "2"}


def test_the_runner_obeys_nothing_while_the_target_is_talked_to(broken: str, tmp_path: Path) -> None:
    lines = Runner(tmp_path, endpoint_url=broken, args=PREFIX).step("Run").said.splitlines()
    resume = lines[0].removeprefix("::stop-commands::")
    assert len(resume) == 32
    assert lines[-1] == f"::{resume}::"
    (tmp_path / "again").mkdir()
    assert Runner(tmp_path / "again", endpoint_url=broken, args=PREFIX).step("Run").said.splitlines()[0] != lines[0]


def test_nothing_of_an_input_is_run(tmp_path: Path) -> None:
    bad = "$(touch harm)`touch harm`; touch harm"
    runner = Runner(tmp_path, endpoint_url=bad, pipeline_arns=bad, suites=bad, args=bad, baseline=bad)
    assert runner.step("Run").code == 2
    assert not (tmp_path / "harm").exists()


def test_no_script_has_an_input_written_into_it() -> None:
    assert [name for name, step in steps().items() if "${{" in step.get("run", "")] == []


def test_the_summary_and_the_report_come_after_a_failure_too() -> None:
    condition = "${{ !cancelled() && steps.run.outputs.report-dir }}"
    assert [steps()[name]["if"] for name in ("Summary", "Report")] == [condition] * 2
    assert steps()["Report"]["with"]["path"] == "${{ steps.run.outputs.report-dir }}"


def test_every_input_is_used() -> None:
    text = ACTION.read_text(encoding="utf-8")
    assert [name for name in load(ACTION)["inputs"] if f"inputs.{name} }}" not in text] == []
