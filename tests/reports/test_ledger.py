"""What runs into one folder have started stays on the list until it is accounted for, and nothing else does."""

from dataclasses import replace
from pathlib import Path

import pytest

from imagebuilder_reports.errors import ReportError
from imagebuilder_reports.events import Event, Header
from imagebuilder_reports.ledger import STARTED_FOLDER, Ledger, keep_started, started_builds
from imagebuilder_reports.provisioned import Provisioned, ResourceState, in_short, updated
from imagebuilder_reports.report import fold
from imagebuilder_reports.writing import write_report_json

from .samples import came, clause, events_of, image, sent, write_stream


def events(nonce: str = "one", *, reference: bool = False, recorded: bool = False) -> list[Event]:
    between: list[Event] = [sent("x0001", "a"), came("x0001", 200, image(1)), sent("x0002", "b")]
    header, *others = events_of([clause("a.b")], [], between=between, reference=reference)
    assert isinstance(header, Header)
    target = replace(header.target, recorded=recorded)
    return [replace(header, run=replace(header.run, nonce=nonce), target=target), *others]


def ran(folder: Path, nonce: str = "one", *, reference: bool = False, recorded: bool = False) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "events.jsonl").unlink(missing_ok=True)
    write_stream(folder / "events.jsonl", events(nonce, reference=reference, recorded=recorded))


def nonces(folder: Path) -> list[str]:
    return [each.nonce for each in started_builds(folder)]


def test_each_run_is_kept_once_and_the_present_one_is_the_last(tmp_path: Path) -> None:
    for nonce in ("one", "two", "three"):
        ran(tmp_path, nonce)
        keep_started(tmp_path)
        keep_started(tmp_path)
    assert nonces(tmp_path)[-1] == "three"
    assert sorted(nonces(tmp_path)) == ["one", "three", "two"]
    assert {len(each.executions) for each in started_builds(tmp_path)} == {2}


def test_a_list_outlives_the_report(tmp_path: Path) -> None:
    ran(tmp_path)
    keep_started(tmp_path)
    (tmp_path / "events.jsonl").unlink()
    [kept] = started_builds(tmp_path)
    assert [each.image for each in kept.executions] == [image(1), None]
    assert kept.is_open


def test_without_events_the_report_tells(tmp_path: Path) -> None:
    write_report_json(fold(events()), tmp_path / "report.json")
    keep_started(tmp_path)
    assert len(list((tmp_path / STARTED_FOLDER).iterdir())) == 1


@pytest.mark.parametrize("how", ["reference", "recorded"])
def test_what_started_nothing_that_stays_is_not_kept(how: str, tmp_path: Path) -> None:
    ran(tmp_path, reference=how == "reference", recorded=how == "recorded")
    keep_started(tmp_path)
    assert not (tmp_path / STARTED_FOLDER).exists()


def test_what_is_settled_is_not_kept(tmp_path: Path) -> None:
    ran(tmp_path)
    ledger = Ledger(tmp_path)
    [builds] = started_builds(tmp_path)
    ledger.keep(replace(builds, settled=True))
    keep_started(tmp_path)
    assert not (tmp_path / STARTED_FOLDER).exists()


def test_events_that_nobody_can_read_and_that_tell_of_starts_are_not_thrown_away(tmp_path: Path) -> None:
    ran(tmp_path)
    stream = tmp_path / "events.jsonl"
    stream.write_bytes(b"\n".join(stream.read_bytes().splitlines()[1:]))
    with pytest.raises(ReportError, match="only list of builds"):
        keep_started(tmp_path)
    assert stream.exists()


def test_what_tells_of_no_start_is_in_nobody_s_way(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(b"")
    keep_started(tmp_path)
    (tmp_path / "events.jsonl").write_bytes(b"no event at all\n")
    keep_started(tmp_path)


def test_lines_that_can_not_be_read_are_counted_and_the_others_are_kept(tmp_path: Path) -> None:
    ran(tmp_path)
    stream = tmp_path / "events.jsonl"
    lines = stream.read_bytes().splitlines(keepends=True)
    stream.write_bytes(b"".join([*lines[:2], b'{"event": "res\n', *lines[2:], b'{"event": "int']))
    keep_started(tmp_path)
    [kept] = Ledger(tmp_path).earlier()
    assert (kept.unreadable, len(kept.executions)) == (1, 2)


def test_a_nonce_that_can_be_no_file_name_is_none(tmp_path: Path) -> None:
    ran(tmp_path, "../../elsewhere")
    keep_started(tmp_path)
    [file] = (tmp_path / STARTED_FOLDER).iterdir()
    assert file.parent == tmp_path / STARTED_FOLDER


def test_a_list_that_is_damaged_is_an_error_and_not_an_empty_list(tmp_path: Path) -> None:
    ran(tmp_path)
    keep_started(tmp_path)
    [file] = (tmp_path / STARTED_FOLDER).iterdir()
    file.write_text("{}")
    with pytest.raises(ReportError):
        started_builds(tmp_path)


RECIPE = Provisioned(kind="image-recipe", name="a", arn="arn:a")


def test_what_was_made_for_a_run_is_on_the_list_until_it_is_gone(tmp_path: Path) -> None:
    ran(tmp_path)
    ledger = Ledger(tmp_path)
    [builds] = started_builds(tmp_path)
    for state in ResourceState:
        resource = replace(RECIPE, state=state)
        ledger.keep(replace(builds, executions=(), provisioned=(resource,)))
        [kept] = ledger.earlier()
        assert kept.provisioned == (resource,)
        assert kept.is_open == (state is not ResourceState.REMOVED)


def test_the_list_knows_more_of_it_than_the_report_which_is_older(tmp_path: Path) -> None:
    header, *others = events()
    assert isinstance(header, Header)
    made = replace(header, run=replace(header.run, provisioned=(RECIPE,)))
    write_stream(tmp_path / "events.jsonl", [made, *others])
    [builds] = started_builds(tmp_path)
    assert builds.remaining == (RECIPE,)
    gone = replace(RECIPE, state=ResourceState.REMOVED)
    Ledger(tmp_path).keep(replace(builds, provisioned=(gone,)))
    [builds] = started_builds(tmp_path)
    assert builds.provisioned == (gone,)
    assert builds.remaining == ()
    assert len(builds.executions) == 2


def test_a_run_that_was_killed_before_its_header_is_found_by_the_list_alone(tmp_path: Path) -> None:
    ran(tmp_path, "earlier")
    [builds] = started_builds(tmp_path)
    Ledger(tmp_path).keep(replace(builds, nonce="killed", executions=(), provisioned=(RECIPE,)))
    (tmp_path / "events.jsonl").unlink()
    [killed] = started_builds(tmp_path)
    assert (killed.nonce, killed.remaining) == ("killed", (RECIPE,))


def test_a_list_and_a_report_of_before_have_none(tmp_path: Path) -> None:
    ran(tmp_path)
    keep_started(tmp_path)
    [file] = (tmp_path / STARTED_FOLDER).iterdir()
    text = file.read_text(encoding="utf-8")
    older = text.replace(', "provisioned": []', "")
    assert older != text
    file.write_text(older, encoding="utf-8")
    [builds] = started_builds(tmp_path)
    assert builds.provisioned == ()


def test_a_change_takes_the_place_of_what_was_known() -> None:
    other = replace(RECIPE, name="b")
    changed = replace(RECIPE, state=ResourceState.LEFT, reason="No.")
    assert updated((RECIPE, other), changed) == (changed, other)
    assert updated((other,), changed) == (other, changed)
    assert in_short(()) == ()
    assert in_short((changed, replace(other, state=ResourceState.REMOVED))) == (
        "2 resources on the target, 1 of them taken away",
        "arn:a: left, No.",
    )
