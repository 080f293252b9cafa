"""The pictures show what was recorded: order, overlap, who got which image, which errors came."""

from itertools import pairwise

import pytest

from imagebuilder_reports.events import AttemptRecord, Event, ExchangeRecord
from imagebuilder_reports.legible import plural, printable, show_body, show_seconds
from imagebuilder_reports.model import Report
from imagebuilder_reports.pictures.coverage import coverage
from imagebuilder_reports.pictures.error_table import ErrorRow, Occasion, error_table
from imagebuilder_reports.pictures.latency import latency
from imagebuilder_reports.pictures.outcomes import Outcome
from imagebuilder_reports.pictures.sequence import Picture, sequence
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict

from .samples import came, clause, events_of, exchange, finished, image, judged, sent, text_body

# Coverage


def test_clauses_stand_by_area_and_level() -> None:
    clauses = [clause("a.b"), clause("a.c", "SHOULD"), clause("b.d"), clause("b.e", selected=False)]
    done = finished(
        "check.one", *(judged(each.id, Verdict.PASSED) for each in clauses[:2]), judged("b.d", Verdict.FAILED)
    )
    table = coverage(fold(events_of(clauses, [done])))
    assert table.levels == ("MUST", "SHOULD")
    counts = {area: [dict(cell.counts) for cell in cells] for area, cells in table.rows}
    assert counts == {"a": [{Verdict.PASSED: 1}, {Verdict.PASSED: 1}], "b": [{Verdict.FAILED: 1}, {}]}


# Error table


def report_with(*exchanges: ExchangeRecord, judged_clause: str = "operation.start", activity: str = "active") -> Report:
    between: list[Event] = []
    for each in exchanges:
        between += [sent(each.id), came(each.id, each.last.status, record=each)]
    done = finished("check.one", judged(judged_clause, Verdict.PASSED))
    return fold(events_of([clause(judged_clause, activity=activity)], [done], between=between))


def row_of(report: Report, code: str) -> ErrorRow:
    errors = error_table(report)
    assert errors is not None
    [row] = [row for row in (*errors.declared, *errors.others) if row.code == code]
    return row


def test_an_error_that_a_check_brought_about_is_exercised() -> None:
    report = report_with(judged_clause="errors.resource-not-found.status")
    assert row_of(report, "ResourceNotFoundException").occasion is Occasion.EXERCISED


def test_an_error_that_was_demanded_is_exercised() -> None:
    report = report_with(judged_clause="faults.service.answer")
    assert row_of(report, "ServiceException").occasion is Occasion.EXERCISED
    assert row_of(report, "ServiceUnavailableException").occasion is Occasion.NOT_SEEN


def test_an_error_met_on_the_way_is_seen_with_its_statuses() -> None:
    report = report_with(
        exchange("x0001", status=400, code="ClientException"),
        exchange("x0002", status=422, code="ClientException"),
        judged_clause="errors.client.status",
        activity="passive",
    )
    row = row_of(report, "ClientException")
    assert row.occasion is Occasion.SEEN
    assert row.seen == {400: 1, 422: 1}
    assert row.is_admissible(400)
    assert not row.is_admissible(422)


def test_an_error_that_never_came_is_not_seen() -> None:
    assert row_of(report_with(), "ServiceUnavailableException").occasion is Occasion.NOT_SEEN


def test_other_codes_are_listed_apart() -> None:
    report = report_with(
        exchange("x0001", status=400, code="ValidationException"), exchange("x0002", status=418, code="Teapot")
    )
    assert row_of(report, "ValidationException").due == "a common AWS error"
    teapot = row_of(report, "Teapot")
    assert teapot.due == "a code that AWS publishes nowhere"
    assert teapot.is_admissible(418)


# Latency


def test_each_exchange_is_a_point_of_its_kind() -> None:
    report = report_with(
        *(exchange(f"s{number}", at=number) for number in range(3)),
        exchange("r1", status=404),
        exchange("t1", status=503),
        exchange("t2", status=None),
    )
    picture = latency(report)
    assert picture is not None
    assert {series.outcome: series.count for series in picture.series} == {
        Outcome.SUCCESS: 3,
        Outcome.REFUSED: 1,
        Outcome.TROUBLE: 2,
    }
    assert (picture.median, picture.slowest) == ("20 ms", "20 ms")


@pytest.mark.parametrize("seconds", [0.0, 1e-7, 3600.0])
@pytest.mark.parametrize("at", [-1.0, 0.0, 86400.0])
def test_no_time_is_too_short_or_too_long_for_the_picture(at: float, seconds: float) -> None:
    only = exchange(attempts=(AttemptRecord(at, seconds, 200),))
    picture = latency(report_with(only))
    assert picture is not None
    assert "nan" not in picture.series[0].path
    assert 1 <= len(picture.across) <= 12
    assert all(0 <= tick.at <= picture.height for tick in picture.up)


def test_without_exchanges_there_is_no_latency() -> None:
    assert latency(report_with()) is None


# Sequences


def call(id_: str, at: float, seconds: float, *, token: str = "t", number: int | None = None) -> ExchangeRecord:
    attempt = AttemptRecord(at, seconds, 200, (), text_body("{}"))
    return exchange(id_, attempts=(attempt,), token=token, image=None if number is None else image(number))


def drawn(*exchanges: ExchangeRecord) -> Picture:
    picture = sequence(exchanges)
    assert picture is not None
    return picture


def test_a_single_exchange_is_no_sequence() -> None:
    assert sequence([call("a", 0, 1)]) is None
    assert sequence([]) is None


def test_rows_stand_in_the_order_of_sending() -> None:
    picture = drawn(call("late", 2, 1), call("early", 1, 0.5))
    assert [row.exchange for row in picture.rows] == ["early", "late"]


def test_calls_one_after_the_other_do_not_overlap() -> None:
    picture = drawn(call("a", 0, 0.01), call("b", 0.5, 0.01), call("c", 100, 0.01))
    assert picture.overlaps == ()
    for before, after in pairwise(picture.rows):
        assert before.bars[0].x + before.bars[0].width < after.bars[0].x


def test_calls_at_the_same_time_overlap_exactly_where_they_did() -> None:
    picture = drawn(call("a", 0, 3), call("b", 1, 3), call("c", 5, 1))
    first, second, _ = (row.bars[0] for row in picture.rows)
    [(x, width)] = picture.overlaps
    assert x == second.x
    assert x + width == pytest.approx(first.x + first.width, abs=0.2)


def test_calls_that_only_touch_do_not_overlap() -> None:
    assert drawn(call("a", 0, 1), call("b", 1, 1)).overlaps == ()


def test_everything_lies_within_the_picture() -> None:
    picture = drawn(*(call(str(number), number * 0.0001, 10.0**-number) for number in range(8)))
    for row in picture.rows:
        for bar in row.bars:
            assert bar.x >= 0
            assert bar.x + bar.width <= 100.1


def test_tokens_have_letters_and_strays_are_marked() -> None:
    picture = drawn(
        call("a", 0, 1, token="t", number=1),
        call("b", 2, 1, token="u", number=2),
        call("c", 4, 1, token="t", number=3),
        call("d", 6, 1, token="u", number=2),
        call("e", 8, 1, token="v", number=1),
    )
    assert [row.token_name for row in picture.rows] == ["A", "B", "A", "B", "C"]
    assert [row.strays for row in picture.rows] == [False, False, True, False, True]


def test_of_very_many_calls_the_middle_is_left_out() -> None:
    picture = drawn(*(call(str(number), number, 0.1, token=str(number)) for number in range(60)))
    assert (len(picture.rows), picture.omitted) == (24, 36)
    assert (picture.rows[0].exchange, picture.rows[-1].exchange) == ("0", "59")


def test_every_try_is_a_bar() -> None:
    tries = (AttemptRecord(0, 1, 503), AttemptRecord(2, 1, 200))
    picture = drawn(exchange("a", attempts=tries), call("b", 5, 1))
    assert [bar.outcome for bar in picture.rows[0].bars] == [Outcome.TROUBLE, Outcome.SUCCESS]


# Words


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (0.0004, "0.4 ms"), (0.02, "20 ms"), (1.5, "1.5 s"), (12.34, "12.3 s"), (86400, "86,400 s")],
)
def test_durations_have_three_digits(seconds: float, shown: str) -> None:
    assert show_seconds(seconds) == shown


def test_what_cannot_be_seen_is_written_out() -> None:
    assert printable("a\tb\nc\x00\x1b\u202e\ud800 \xe9") == "a\tb\nc\\x00\\x1b\\u202e\\ud800 \xe9"


def test_a_long_body_is_cut_and_says_so() -> None:
    assert show_body(text_body("\xe9" * 30), limit=11) == "\xe9" * 5 + " … (60 bytes in all)"
    assert show_body(text_body("short")) == "short"


def test_numbers_agree_with_their_nouns() -> None:
    assert (plural(1, "try"), plural(0, "case"), plural(1200, "case")) == ("1 try", "0 cases", "1,200 cases")
