"""A baseline reads as its schema says, and what is wrong with one is said in a sentence."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from imagebuilder_reports.baseline import Known, parse_baseline, read_baseline
from imagebuilder_reports.errors import MisfitError, NotTomlError, OtherVersionError, ReportError, UnreadableError
from imagebuilder_reports.schemas import load_schema

VALIDATOR = Draft202012Validator(load_schema("baseline"))
WHOLE = """\
schema_version = 1

[[known]]
clause = "a.b"
check = "check.one"
failure = "start.wrong-status"
status = 201
error = "Teapot"
reason = "issue 17"
first_seen = 2025-11-01
expires = 2026-02-01
intermittent = true


  [[known]]  # indented
clause = "a.c"
check = "check.two"
failure = "start.no-image"
reason = "issue 18"
first_seen = 2025-11-02
"""


def fits(text: str) -> bool:
    return VALIDATOR.is_valid(json.loads(json.dumps(tomllib.loads(text), default=str)))


def test_entries_are_read_with_their_lines() -> None:
    first, second = parse_baseline(WHOLE, "known.toml").entries
    assert first.known == Known(
        clause="a.b",
        check="check.one",
        failure="start.wrong-status",
        reason="issue 17",
        first_seen=date(2025, 11, 1),
        status=201,
        error="Teapot",
        expires=date(2026, 2, 1),
        intermittent=True,
    )
    assert isinstance(second.known, Known)
    assert second.known.status is None
    assert [(entry.first, entry.last) for entry in (first, second)] == [(3, 12), (15, 20)]
    assert fits(WHOLE)


def test_a_baseline_may_be_empty() -> None:
    assert parse_baseline("schema_version = 1\n", "known.toml").entries == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('reason = "issue 17"', 'reason = " "', "at $.known[0]: an entry needs a reason"),
        ('reason = "issue 17"\n', "", "at $.known[0]: lacks the member 'reason'"),
        ("status = 201", 'status = "201"', 'at $.known[0].status: expected an integer, got "201"'),
        ("status = 201", "status = 201\nstate = 1", "at $.known[0]: has an unknown member 'state'"),
        ("first_seen = 2025-11-01", "first_seen = true", "at $.known[0].first_seen: expected a date, got true"),
        ("schema_version = 1", "schema_version = 1\nmore = 1", "at $: has an unknown member 'more'"),
    ],
)
def test_a_damaged_baseline_names_the_place(old: str, new: str, says: str) -> None:
    damaged = WHOLE.replace(old, new)
    with pytest.raises(MisfitError) as caught:
        parse_baseline(damaged, "known.toml")
    assert str(caught.value) == f"known.toml is not a baseline: {says}"
    assert not fits(damaged)


def test_a_date_with_a_time_is_not_a_date() -> None:
    damaged = WHOLE.replace("first_seen = 2025-11-01", "first_seen = 2025-11-01T00:00:00")
    with pytest.raises(MisfitError, match=r"first_seen: expected a date"):
        parse_baseline(damaged, "known.toml")


@pytest.mark.parametrize("version", ["", "schema_version = 2\n"])
def test_another_version_is_named(version: str) -> None:
    with pytest.raises(OtherVersionError, match=r"known\.toml has schema version (None|2): expected 1"):
        parse_baseline(version, "known.toml")


def test_what_is_not_toml_is_said_with_its_line() -> None:
    with pytest.raises(NotTomlError, match=r"known\.toml is not TOML: .*line 2"):
        parse_baseline("schema_version = 1\n[[known\n", "known.toml")


def test_entries_written_in_another_way_are_refused_as_no_line_could_be_named() -> None:
    entry = '{clause="a", check="b", failure="c", reason="d", first_seen=2025-11-01}'
    with pytest.raises(MisfitError, match=r"expected each entry below a line \[\[known\]\]"):
        parse_baseline(f"schema_version = 1\nknown = [{entry}]\n", "known.toml")


def test_the_same_entry_twice_is_refused() -> None:
    entry = WHOLE[WHOLE.index("[[known]]") : WHOLE.index("  [[known]]")]
    with pytest.raises(MisfitError, match=r"known\.toml has the same entry twice: at line 3 and at line 22"):
        parse_baseline(f"{WHOLE}\n{entry}", "known.toml")


def refused(path: Path) -> type[ReportError]:
    with pytest.raises(ReportError) as caught:
        read_baseline(path)
    assert "\n" not in str(caught.value)
    return caught.type


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere.toml") is UnreadableError
    (tmp_path / "known.toml").write_bytes(b"\xff\xfe")
    assert refused(tmp_path / "known.toml") is NotTomlError


def test_a_file_is_read_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(WHOLE)
    assert read_baseline(path) == parse_baseline(WHOLE, str(path))
