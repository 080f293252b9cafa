"""The samples in `reports/samples` are reports of this suite; `reports/samples/make` renews them once they are not."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from jsonschema import Draft202012Validator

from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.schemas import load_schema
from imagebuilder_reports.verdicts import Ending, RunVerdict
from imagebuilder_spec import load_contract

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "reports/samples"
VERDICTS = {"conformant": RunVerdict.CONFORMANT, "broken": RunVerdict.NON_CONFORMANT}
FORMS = {"report.html", "report.json", "report.md", "junit.xml"}
EACH = pytest.mark.parametrize("name", VERDICTS)


def report_of(name: str) -> Report:
    return read_report(SAMPLES / name)


def texts_of(name: str) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (SAMPLES / name).iterdir()}


@EACH
def test_a_sample_is_a_whole_run_with_the_verdict_that_it_stands_for(name: str) -> None:
    report = report_of(name)
    assert report.verdict is VERDICTS[name]
    assert report.run.ending is Ending.COMPLETED
    assert set(texts_of(name)) == FORMS


@EACH
def test_it_fits_the_published_schema(name: str) -> None:
    sample: Any = json.loads((SAMPLES / name / "report.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(load_schema("report")).iter_errors(sample)] == []


@EACH
def test_its_clauses_are_those_of_the_contract(name: str) -> None:
    report = report_of(name)
    contract = load_contract(report.suite.contract)
    assert {clause.id for clause in report.clauses} == set(contract.clauses)


@EACH
def test_its_other_forms_tell_of_the_same_run(name: str) -> None:
    report, texts = report_of(name), texts_of(name)
    xmlschema.XMLSchema(Path(__file__).with_name("xunit2.xsd")).validate(texts["junit.xml"])
    for form in FORMS:
        assert report.target.endpoint in texts[form]
    for form in ("report.html", "report.md"):
        for clause in (clause for clause in report.clauses if clause.verdict == "failed"):
            assert clause.id in texts[form]


@EACH
def test_it_holds_no_signature_and_no_session_token(name: str) -> None:
    for text in texts_of(name).values():
        assert not re.search(r"Signature=[0-9a-f]{64}", text)
        assert "x-amz-security-token" not in text.lower().replace("x-amz-security-token: $", "")


def test_the_broken_one_shows_a_race() -> None:
    assert '<figure class="sequence">' in texts_of("broken")["report.html"]
    assert 'class="overlap"' in texts_of("broken")["report.html"]


def test_every_picture_on_the_readme_is_there_and_every_picture_of_a_page_is_used() -> None:
    shown = set(re.findall(r'(?:src|srcset)="(docs/pictures/[^"]+)"', (ROOT / "README.md").read_text(encoding="utf-8")))
    kept = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/pictures").glob("*.png")}
    assert shown
    assert shown == kept
