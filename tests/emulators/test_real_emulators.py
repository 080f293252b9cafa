"""Emulators of AWS that lack the service: one sentence, and no verdict."""

from pathlib import Path

import pytest

from tests.support.command import here, report_in
from tests.support.environments import expect_ci, python_environment

from .servers import EMULATORS, Emulator, running


@pytest.mark.parametrize("emulator", EMULATORS, ids=lambda emulator: emulator.name)
def test_an_emulator_without_the_service_is_not_blamed_but_said_to_lack_it(emulator: Emulator, tmp_path: Path) -> None:
    expect_ci(emulator.name)
    programs = python_environment(emulator.requirements)
    (tmp_path / "of-the-emulator").mkdir()
    with running(emulator, programs, tmp_path / "of-the-emulator") as url:
        finished = here("run", "--endpoint-url", url, cwd=tmp_path)
        making = here("run", "--provision", "--endpoint-url", url, "--report-dir", "making", cwd=tmp_path)
    assert finished.code == 3, finished.text
    report = report_in(tmp_path / "conformance-report")
    assert report["verdict"] == "incomplete"
    assert report["verdict_sentence"] == (
        f"incomplete: not implemented: {url} does not implement StartImagePipelineExecution: "
        f"a valid request was answered {emulator.answer}"
    )
    assert not any(check["failures"] for check in report["checks"])
    # What it lacks to make pipelines it is said to lack too, and nothing is taken for made.
    lacks = (
        f"{url} lacks CreateInfrastructureConfiguration, which --provision takes: it was answered {emulator.answer};"
    )
    assert (making.code, making.out) == (3, "")
    assert lacks in making.err
    assert not (tmp_path / "making" / "started").exists()
