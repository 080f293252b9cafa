"""Whatever is on the wire, a run ends by itself with a verdict or without one, and leaves a whole report."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from imagebuilder_reports.reading import read_report
from tests.hostile.wire_modes import WIRE_MODES
from tests.support.command import here
from tests.support.scripted import ScriptedServer

pytestmark = pytest.mark.slow

FORMS = {"report.json", "report.html", "report.md", "junit.xml", "events.jsonl", "badge.svg", "badge.json"}
IMPATIENT = ("--connect-timeout", "5", "--read-timeout", "0.5")


def test_there_are_as_many_modes_as_are_promised() -> None:
    assert len(WIRE_MODES) >= 40


@pytest.mark.parametrize("mode", WIRE_MODES)
def test_a_run_ends_with_a_whole_report(mode: str, tmp_path: Path) -> None:
    with ScriptedServer.playing(WIRE_MODES[mode]) as server:
        ran = here("run", "operation", "response", "--endpoint-url", server.url, *IMPATIENT, cwd=tmp_path)
    assert ran.code in {1, 3}, ran.text
    assert "Traceback" not in ran.text
    assert "bug of the suite" not in ran.text
    assert not {char for char in ran.text if not char.isprintable()} - {"\n"}
    folder = tmp_path / "conformance-report"
    assert {path.name for path in folder.iterdir()} == FORMS
    assert read_report(folder).verdict == read_report(folder / "events.jsonl").verdict
    ET.fromstring((folder / "junit.xml").read_bytes())
    json.loads((folder / "badge.json").read_bytes())
    assert (folder / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
