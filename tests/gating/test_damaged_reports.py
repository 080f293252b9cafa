"""Damaged input to every command that reads reports: one clear sentence and exit 2, or an honest `truncated`."""

import json
from pathlib import Path

import pytest

from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import Ending, RunVerdict
from tests.gating.runs import error_of, kept, run
from tests.support.command import invoked


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sound report."""
    folder = tmp_path_factory.mktemp("sound")
    with kept() as server:
        assert run(server, folder).exit_code == 0
    return folder


COMMANDS = (
    ("render", "{}", "--format", "html"),
    ("diff", "{}", "{}"),
    ("matrix", "{}", "{}"),
    ("merge", "{}", "{}", "-o", "{}.merged"),
    ("baseline", "update", "{}", "--output", "{}.toml"),
    ("replay", "{}", "idempotency.replay"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_report_of_another_schema_version_is_one_sentence(
    command: tuple[str, ...], sound: Path, tmp_path: Path
) -> None:
    report = json.loads((sound / "report.json").read_text())
    other = tmp_path / "other.json"
    other.write_text(json.dumps(report | {"schema_version": 99}))
    sentence = error_of(invoked(*(word.format(other) for word in command)))
    assert "99" in sentence


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_half_a_report_is_one_sentence(command: tuple[str, ...], sound: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.json"
    text = (sound / "report.json").read_text()
    half.write_text(text[: len(text) // 2])
    assert str(half) in error_of(invoked(*(word.format(half) for word in command)))


DAMAGED = {
    "not TOML": "known = [",
    "an entry without what it pins": "schema_version = 1\n[[known]]\n",
    "another version": "schema_version = 99\n",
    "an unknown member": "schema_version = 1\nknwon = []\n",
    "nested too deeply": "schema_version = 1\nknown = " + "[" * 5000,
}


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.parametrize(
    "command", [("update", "--output"), ("check", "--baseline"), ("prune", "--baseline")], ids=lambda words: words[0]
)
def test_a_damaged_baseline_is_one_sentence_and_stays_as_it_is(
    command: tuple[str, str], damage: str, sound: Path, tmp_path: Path
) -> None:
    path = tmp_path / "known.toml"
    path.write_text(DAMAGED[damage])
    name, option = command
    assert str(path) in error_of(invoked("baseline", name, sound, option, path))
    assert path.read_text() == DAMAGED[damage]


@pytest.mark.parametrize("lines", [0, 1, 12])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_stream_that_was_cut_short_is_one_sentence(
    command: tuple[str, ...], lines: int, sound: Path, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    whole = (sound / "events.jsonl").read_bytes().splitlines(keepends=True)
    # In the middle of a line, as a machine that loses its power leaves it.
    path.write_bytes(b"".join(whole[:lines]) + whole[lines][:20])
    assert str(path) in error_of(invoked(*(word.format(path) for word in command)))


def test_a_stream_that_breaks_off_never_looks_complete(sound: Path, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    header, _, rest = (sound / "events.jsonl").read_bytes().partition(b"\n")
    events.write_bytes(header + b"\n" + rest[: int(len(rest) * 0.6)])
    report = read_report(events)
    assert report.run.ending is Ending.TRUNCATED
    assert report.verdict is RunVerdict.INCOMPLETE
    assert "cut short" in error_of(invoked("render", events, "--format", "markdown"))
    rendered = invoked("render", events, "--format", "markdown", "--allow-incomplete")
    assert rendered.exit_code == 0
    assert "truncated" in rendered.stdout


def test_every_form_of_a_report_is_made_again_from_its_json(sound: Path) -> None:
    for form, name in {"html": "report.html", "markdown": "report.md", "junit": "junit.xml"}.items():
        assert invoked("render", sound / "report.json", "--format", form).stdout.strip() == (
            (sound / name).read_text().strip()
        )


def test_a_report_differs_from_itself_in_nothing(sound: Path) -> None:
    result = invoked("diff", sound, sound)
    assert result.exit_code == 0
    assert "No clause changed its verdict." in result.stdout
