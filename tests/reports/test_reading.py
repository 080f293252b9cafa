"""A report reads back as it was written, and what is wrong with one is said in a sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_reports.errors import (
    InconsistentError,
    MisfitError,
    NotJsonError,
    OtherVersionError,
    ReportError,
    UnreadableError,
    UnwritableError,
)
from imagebuilder_reports.model import report_to_json
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_reports.writing import write_report_json

from .samples import header, run_of, write_stream
from .test_streams import RICH

REPORT = fold(RICH)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    write_report_json(REPORT, tmp_path / "report.json")
    assert read_report(tmp_path / "report.json") == REPORT


def test_an_event_stream_is_folded(tmp_path: Path) -> None:
    assert read_report(write_stream(tmp_path / "events.jsonl", RICH)) == REPORT


def test_a_folder_is_read_by_its_report_and_else_by_its_events(tmp_path: Path) -> None:
    write_stream(tmp_path / "events.jsonl", RICH)
    assert read_report(tmp_path) == REPORT
    other = fold(run_of({"a.b": Verdict.PASSED}))
    write_report_json(other, tmp_path / "report.json")
    assert read_report(tmp_path) == other


def refused(path: Path) -> tuple[type[ReportError], str]:
    with pytest.raises(ReportError) as caught:
        read_report(path)
    message = str(caught.value).replace(str(path), "PATH")
    assert "\n" not in message
    return caught.type, message


def test_a_missing_report_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere") == (UnreadableError, "PATH cannot be read: No such file or directory")


def test_a_folder_without_a_report_says_what_it_lacks(tmp_path: Path) -> None:
    assert refused(tmp_path) == (
        UnreadableError,
        "PATH holds no report: expected report.json or events.jsonl in it",
    )


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xfe", b'{"schema_version": NaN}'])
def test_what_is_not_json_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(content)
    kind, message = refused(path)
    assert kind is NotJsonError
    assert message.startswith("PATH is not JSON: ")


@pytest.mark.parametrize(("version", "shown"), [(2, "2"), (None, "None"), ("1", "'1'"), (True, "True")])
def test_another_schema_version_is_named(tmp_path: Path, version: object, shown: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"schema_version": version}))
    assert refused(path) == (OtherVersionError, f"PATH has schema version {shown}: expected 1")


def damage_verdict(report: Any) -> None:
    report["clauses"][1]["verdict"] = "fine"


def damage_missing(report: Any) -> None:
    del report["checks"][0]["failures"][0]["exchanges"][1]["request"]["url"]


def damage_unknown(report: Any) -> None:
    report["run"]["speed"] = 7


def damage_pair(report: Any) -> None:
    report["checks"][0]["failures"][0]["exchanges"][0]["request"]["headers"][0] = ["alone"]


def damage_attempts(report: Any) -> None:
    report["checks"][0]["failures"][0]["exchanges"][0]["attempts"] = []


def damage_measure(report: Any) -> None:
    report["measured"] = {"replay.seconds": 10**400}


@pytest.mark.parametrize(
    ("damage", "place", "complaint"),
    [
        (damage_verdict, "$.clauses[1].verdict", "expected one of failed, error"),
        (damage_missing, "$.checks[0].failures[0].exchanges[1].request", "lacks the member 'url'"),
        (damage_unknown, "$.run", "has an unknown member 'speed'"),
        (damage_pair, "$.checks[0].failures[0].exchanges[0].request.headers[0]", "expected an array of 2"),
        (damage_attempts, "$.checks[0].failures[0].exchanges[0]", "exchange x0001 has no attempt"),
        (damage_measure, "$.measured.replay.seconds", "expected a number below 1e+15"),
    ],
)
def test_a_damaged_report_names_the_place(
    tmp_path: Path, damage: Callable[[Any], None], place: str, complaint: str
) -> None:
    data = json.loads(json.dumps(report_to_json(REPORT)))
    damage(data)
    path = tmp_path / "report.json"
    path.write_text(json.dumps(data))
    kind, message = refused(path)
    assert kind is MisfitError
    assert message.startswith(f"PATH is not a report: at {place}: {complaint}")


def test_a_stream_of_two_runs_is_refused_by_name(tmp_path: Path) -> None:
    path = write_stream(tmp_path / "events.jsonl", [*RICH, header([], [])])
    kind, message = refused(path)
    assert kind is InconsistentError
    assert message.startswith("PATH is not the record of one run: expected one header")


def test_a_report_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnwritableError, match=r"cannot be written: No such file or directory"):
        write_report_json(REPORT, tmp_path / "nowhere" / "report.json")
