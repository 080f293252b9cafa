"""Every form of the report, from a real run against a defect; and what becomes of them when something goes wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from jsonschema import Draft202012Validator

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.cli.render import FORMS
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.running.conductor import Conductor
from imagebuilder_conformance.running.outcomes import Outcome
from imagebuilder_reports import writers
from imagebuilder_reports.model import Report
from imagebuilder_reports.overview import broken_promises
from imagebuilder_reports.schemas import load_schema
from imagebuilder_reports.verdicts import Ending
from imagebuilder_reports.writers import FORMATS
from tests.gating.runs import PREFIX, broken, kept, report_of, run
from tests.support.command import invoked

XUNIT2 = Path(__file__).parents[1] / "reports" / "xunit2.xsd"


def test_render_offers_the_forms_that_there_are() -> None:
    assert set(FORMS) == set(FORMATS)


def test_a_run_leaves_every_form_and_its_events(broken_run: Path) -> None:
    files = {form.file for form in FORMATS.values()} | {"events.jsonl"}
    assert {path.name for path in broken_run.iterdir()} == files


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_made_again_from_the_report(form: str, broken_run: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    result = invoked("render", broken_run / "report.json", "--format", form, "-o", again)
    assert (result.exit_code, result.output) == (0, "")
    assert again.read_bytes() == (broken_run / FORMATS[form].file).read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_and_from_the_events(form: str, broken_run: Path) -> None:
    result = invoked("render", broken_run / "events.jsonl", "--format", form)
    assert result.exit_code == 0
    assert result.stdout == (broken_run / FORMATS[form].file).read_text()


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_what_people_read_tells_what_is_broken_and_how_to_see_it_again(name: str, broken_run: Path) -> None:
    text = (broken_run / name).read_text()
    [promise] = broken_promises(report_of(broken_run))
    for told in (PREFIX, promise.failure.title, "replay report.json idempotency.replay"):
        assert told in text
    # The line of one request would not show what takes two.
    assert "--aws-sigv4" not in text


def test_junit_is_valid_and_fails_by_the_clause(broken_run: Path, kept_run: Path) -> None:
    schema = xmlschema.XMLSchema(XUNIT2)
    for folder, failures in ((broken_run, 1), (kept_run, 0)):
        text = (folder / "junit.xml").read_text()
        schema.validate(text)
        suite = ET.fromstring(text.encode()).find("testsuite")
        assert suite is not None
        assert len(suite.findall(f"testcase[@name='{PREFIX}']/failure")) == failures
        assert len(suite.findall("testcase/failure")) == failures


def test_the_badge_says_the_verdict(broken_run: Path, kept_run: Path) -> None:
    validator = Draft202012Validator(load_schema("badge"))
    for folder, verdict in ((broken_run, "non-conformant"), (kept_run, "conformant")):
        badge = json.loads((folder / "badge.json").read_text())
        assert list(validator.iter_errors(badge)) == []
        assert badge["message"].startswith(verdict)
        assert badge["message"] in (folder / "badge.svg").read_text()


def _fail(_: Report) -> str:
    raise ZeroDivisionError


@pytest.mark.parametrize(("defect", "code"), [("replay-refused", 1), (None, 4)])
def test_a_writer_that_fails_costs_its_own_file_only(
    defect: str | None, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = dict(FORMATS) | {"html": replace(FORMATS["html"], render=_fail)}
    monkeypatch.setattr(writers, "FORMATS", failing)
    monkeypatch.setattr("imagebuilder_conformance.cli.leaving.FORMATS", failing)
    with broken(defect) if defect else kept() as server:
        result = run(server, tmp_path)
    # What was found is said all the same, and what should be green is not.
    assert result.exit_code == code, result.output
    assert "report.html was not written" in " ".join(result.output.split())
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {form.file for form in FORMATS.values()} - {"report.html"} | {"events.jsonl"}
    assert report_of(tmp_path).run.ending is Ending.COMPLETED


def test_a_file_that_can_not_be_replaced_stops_the_run_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with kept() as server:
        result = run(server, tmp_path)
        assert not server.behaviour.store.executions
    assert result.exit_code == 2
    assert "report.html" in result.stderr
    assert not (tmp_path / "events.jsonl").exists()


def test_an_interrupted_run_leaves_every_form_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(conductor: Conductor, check: Check, test: Callable[[Probe], None]) -> Outcome:
        if check.id != "errors.resource-not-found":
            raise KeyboardInterrupt
        return made(conductor, check, test)

    made = Conductor.make
    monkeypatch.setattr(Conductor, "make", interrupted)
    with kept() as server:
        result = run(server, tmp_path, prefix="errors")
    assert result.exit_code == 3, result.output
    assert {path.name for path in tmp_path.iterdir()} == {form.file for form in FORMATS.values()} | {"events.jsonl"}
    report = report_of(tmp_path)
    assert report.run.ending is Ending.INTERRUPTED
    for name in ("report.html", "report.md", "junit.xml"):
        assert report.verdict_sentence.removeprefix("incomplete: ") in (tmp_path / name).read_text().lower()
