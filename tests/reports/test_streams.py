"""An event stream reads back as it was written, and what is wrong with one is said in a sentence."""

import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from imagebuilder_reports.errors import (
    InconsistentError,
    MisfitError,
    MissingHeaderError,
    NotJsonError,
    OtherVersionError,
    ReportError,
    UnreadableError,
    UnwritableError,
)
from imagebuilder_reports.events import Event, Header, Intent, to_json
from imagebuilder_reports.report import fold
from imagebuilder_reports.stream import EventTail, EventWriter, read_events
from imagebuilder_reports.verdicts import Ending, RunVerdict, Verdict

from .samples import (
    came,
    check,
    clause,
    events_of,
    exchange,
    failure,
    finished,
    footer,
    header,
    image,
    judged,
    run_of,
    sent,
    write_stream,
)

RICH: Sequence[Event] = events_of(
    [clause("a.b"), clause("a.c", "SHOULD", condition="it holds")],
    [
        finished(
            "check.one",
            judged("a.b", Verdict.FAILED),
            judged("a.c", Verdict.WARNED, "why"),
            failures=(failure("a.b", exchange(status=None), exchange("x0002", violates="token.too-long")),),
            exchanges=(exchange("x0003", code="ClientException"),),
            notes=("a note with a lone surrogate \ud800 and a line\u2028separator",),
            executions=2,
            seconds=0.25,
        )
    ],
    between=[sent("x0001", None), came("x0001", None), sent("x0003"), came("x0003", 200, image(3), record=exchange())],
    end=footer(measured={"replay.seconds": 1.5}),
    max_executions=12,
)


def lines_of(events: Sequence[Event]) -> list[str]:
    return [json.dumps(to_json(event)) for event in events]


def write_lines(path: Path, *lines: str, end: str = "\n") -> Path:
    path.write_text("\n".join(lines) + end)
    return path


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    assert list(read_events(write_stream(tmp_path / "events.jsonl", RICH))) == RICH


def test_each_event_is_a_line_of_ascii(tmp_path: Path) -> None:
    content = write_stream(tmp_path / "events.jsonl", RICH).read_bytes()
    assert content.isascii()
    assert content.count(b"\n") == len(RICH)


def append_many(path: Path, worker: int) -> None:
    with EventWriter(path) as writer:
        for number in range(50):
            writer.write(came(f"w{worker}-{number}", record=exchange(label="l" * 5000)))


def test_lines_of_several_processes_never_mix(tmp_path: Path) -> None:
    path = write_stream(tmp_path / "events.jsonl", [header([], [])])
    with ProcessPoolExecutor(3) as pool:
        list(pool.map(append_many, [path] * 3, range(3)))
    assert len(list(read_events(path))) == 1 + 3 * 50


@pytest.mark.parametrize("keep", [1, 20])
def test_a_last_line_that_was_cut_short_makes_the_report_truncated(tmp_path: Path, keep: int) -> None:
    *whole, last = lines_of(run_of({"a.b": Verdict.PASSED}))
    path = write_lines(tmp_path / "events.jsonl", *whole, last[:keep], end="")
    report = fold(read_events(path))
    assert (report.run.ending, report.verdict) == (Ending.TRUNCATED, RunVerdict.INCOMPLETE)


def test_a_whole_last_line_counts_without_its_newline(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "events.jsonl", *lines_of(run_of({"a.b": Verdict.PASSED})), end="")
    assert fold(read_events(path)).run.ending is Ending.COMPLETED


def broken(tmp_path: Path, *lines: str) -> str:
    """The message with which a stream of these lines is refused."""
    with pytest.raises(ReportError) as caught:
        fold(read_events(write_lines(tmp_path / "events.jsonl", *lines)))
    return f"{caught.type.__name__}: {str(caught.value).replace(str(tmp_path), '')}"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"nowhere\.jsonl cannot be read: No such file or directory"):
        list(read_events(tmp_path / "nowhere.jsonl"))


def test_junk_in_the_middle_is_an_error_with_its_line(tmp_path: Path) -> None:
    first, *rest = lines_of(RICH)
    said = broken(tmp_path, first, "junk", *rest)
    assert said.startswith(f"{NotJsonError.__name__}: line 2 of /events.jsonl is not JSON")


def test_nan_is_not_json(tmp_path: Path) -> None:
    first, *rest = lines_of(RICH)
    assert "NaN is not JSON" in broken(tmp_path, first, '{"event": NaN}', *rest)


def test_deep_nesting_is_refused_in_a_sentence(tmp_path: Path) -> None:
    assert broken(tmp_path, "[" * 100_000).startswith(NotJsonError.__name__)


def test_another_schema_version_is_named_before_anything_else(tmp_path: Path) -> None:
    said = broken(tmp_path, '{"event": "header", "schema_version": 2, "new": true}')
    assert said == f"{OtherVersionError.__name__}: line 1 of /events.jsonl has schema version 2: expected 1"


@pytest.mark.parametrize("line", ["[]", '{"event": "unheard-of"}', '{"event": []}', "{}"])
def test_a_line_that_is_no_event_is_refused(tmp_path: Path, line: str) -> None:
    said = broken(tmp_path, lines_of(RICH)[0], line)
    assert said.startswith(f"{MisfitError.__name__}: line 2 of /events.jsonl is not an event")


def test_a_misfit_names_the_place(tmp_path: Path) -> None:
    first, *_ = lines_of(RICH)
    misfit = first.replace('"level": "SHOULD"', '"level": 7')
    said = broken(tmp_path, misfit)
    assert said.endswith("is not a header event: at $.clauses[1].level: expected a string, got 7")


def test_a_stream_must_begin_with_its_header(tmp_path: Path) -> None:
    assert broken(tmp_path, *lines_of(RICH)[1:]).startswith(MissingHeaderError.__name__)
    with pytest.raises(MissingHeaderError):
        fold([])


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (header([], []), "expected one header, got a second: two runs wrote to one stream"),
        (finished("check.unheard-of"), "expected a check that the header announces, got 'check.unheard-of'"),
        (
            finished("check.two", judged("a.unheard-of", Verdict.PASSED)),
            "expected a clause that the header announces, got 'a.unheard-of' from 'check.two'",
        ),
    ],
)
def test_a_stream_that_contradicts_itself_is_refused(extra: Event, says: str) -> None:
    done = finished("check.one", judged("a.b", Verdict.PASSED))
    events = events_of([clause("a.b")], [done], planned=[check("check.two")])
    with pytest.raises(InconsistentError) as caught:
        fold([*events, extra])
    assert str(caught.value) == says


def test_a_stream_that_cannot_be_opened_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnwritableError, match=r"cannot be written: Is a directory"):
        EventWriter(tmp_path)


def test_a_full_disk_is_said_so() -> None:
    with EventWriter(Path("/dev/full")) as writer, pytest.raises(UnwritableError, match="No space left on device"):
        writer.write(RICH[0])


def test_only_a_file_that_took_nothing_is_taken_away(tmp_path: Path) -> None:
    # By way of a link, so that no device is lost where this fails.
    (tmp_path / "device").symlink_to("/dev/null")
    for name in ("device", "file"):
        EventWriter(tmp_path / name).close()
    assert [path.name for path in tmp_path.iterdir()] == ["device"]


def test_events_are_dataclasses_again(tmp_path: Path) -> None:
    first, second, *_ = read_events(write_stream(tmp_path / "events.jsonl", RICH))
    assert isinstance(first, Header)
    assert isinstance(second, Intent)


# Following a stream


def test_a_tail_gives_each_event_once_as_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    events = RICH
    with EventWriter(path) as writer:
        tail = EventTail(path)
        assert list(tail.new()) == []
        seen: list[Event] = []
        for event in events:
            writer.write(event)
            seen += tail.new()
    assert seen == list(events)
    assert list(tail.new()) == []
    tail.close()


def test_a_line_that_is_being_written_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    event = RICH[0]
    line = json.dumps(to_json(event)).encode() + b"\n"
    path.write_bytes(line[:20])
    tail = EventTail(path)
    assert list(tail.new()) == []
    path.write_bytes(line)
    assert list(tail.new()) == [event]
    # Also where somebody takes it away.
    path.unlink()
    assert list(tail.new()) == []
    tail.close()


@pytest.mark.parametrize("order", [(Verdict.FAILED, Verdict.PASSED), (Verdict.PASSED, Verdict.FAILED)])
def test_a_check_that_was_made_again_is_one_and_the_worst_counts(order: tuple[Verdict, Verdict]) -> None:
    made = [
        finished(
            "check.one",
            judged("a.b", verdict),
            failures=(failure("a.b"),) if verdict is Verdict.FAILED else (),
            executions=1,
            seconds=0.5,
            notes=("noted",),
        )
        for verdict in order
    ]
    begun, *rest = events_of([clause("a.b")], made[:1])
    report = fold([begun, made[1], *rest])
    assert report.verdict is RunVerdict.NON_CONFORMANT
    [only] = report.checks
    assert (only.verdict, len(only.failures), only.executions, only.seconds) == (Verdict.FAILED, 1, 2, 1.0)
    assert only.notes[0] == "noted"
    assert "made more than once" in only.notes[1]


def test_a_check_that_was_left_out_is_not_run_and_leaves_the_stream_whole() -> None:
    left_out = replace(check("check.two", "a.c"), deselected=True)
    planned = [left_out]
    done = [finished("check.one", judged("a.b", Verdict.PASSED))]
    report = fold(events_of([clause("a.b"), clause("a.c")], done, planned=planned))
    assert report.run.ending is Ending.COMPLETED
    assert report.verdict is RunVerdict.CONFORMANT
    assert "1 of 2 clauses were left out by pytest (a.c)" in report.verdict_sentence
    assert [each.verdict for each in report.clauses] == [Verdict.PASSED, Verdict.NOT_RUN]
