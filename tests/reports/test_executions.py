"""What a run may have started is accounted for, whatever came back."""

from dataclasses import replace

from imagebuilder_reports.events import CheckFinished, Event, Header
from imagebuilder_reports.model import Execution, Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict

from .samples import PIPELINE, came, clause, events_of, exchange, failure, finished, image, judged, sent

# What `sent` says of an intent, 0.1 s after the start of the run.
SENT = "2025-11-23T08:00:00.100+00:00"
# And `came` of its answer.
ANSWERED = "2025-11-23T08:00:00.200+00:00"


def run_with(*between: Event) -> Report:
    return fold(events_of([clause("a.b")], [finished("check.one", judged("a.b", Verdict.PASSED))], between=between))


def test_an_image_is_listed_once_however_often_it_is_named() -> None:
    report = run_with(
        sent("x0001", "a"),
        came("x0001", 200, image(1)),
        sent("x0002", "a"),
        came("x0002", 200, image(1)),
        sent("x0003", "b"),
        came("x0003", 200, image(2)),
    )
    assert report.executions == (
        Execution("x0001", "a", PIPELINE, image(1), SENT, ANSWERED),
        Execution("x0003", "b", PIPELINE, image(2), SENT, ANSWERED),
    )
    assert report.totals.executions == 2


def test_an_intent_without_a_result_is_an_unknown_outcome() -> None:
    report = run_with(sent("x0001", "a"))
    assert report.executions == (Execution("x0001", "a", PIPELINE, None, SENT),)


def test_no_answer_and_a_server_error_leave_the_outcome_unknown() -> None:
    report = run_with(sent("x0001", "a"), came("x0001", None), sent("x0002", "b"), came("x0002", 503))
    assert [execution.exchange for execution in report.executions] == ["x0001", "x0002"]


def test_a_success_that_names_no_image_leaves_the_outcome_unknown() -> None:
    report = run_with(sent("x0001", "a"), came("x0001", 200))
    assert report.executions == (Execution("x0001", "a", PIPELINE, None, SENT, ANSWERED),)


def test_where_the_start_of_the_run_is_no_time_nobody_knows_when_it_was_sent() -> None:
    header, *others = events_of([clause("a.b")], [], between=[sent("x0001", "a")])
    assert isinstance(header, Header)
    report = fold([replace(header, run=replace(header.run, started="today")), *others])
    assert report.executions == (Execution("x0001", "a", PIPELINE, None, None),)


def test_a_refusal_started_nothing() -> None:
    assert run_with(sent("x0001", "a"), came("x0001", 404)).executions == ()


def test_an_unknown_outcome_is_reconciled_by_its_token() -> None:
    report = run_with(sent("x0001", "a"), came("x0001", None), sent("x0002", "a"), came("x0002", 200, image(1)))
    assert report.executions == (Execution("x0002", "a", PIPELINE, image(1), SENT, ANSWERED),)


def test_without_a_token_nothing_is_reconciled() -> None:
    report = run_with(sent("x0001", None), sent("x0002", None), came("x0002", 200, image(1)))
    assert [execution.image for execution in report.executions] == [None, image(1)]


def test_results_may_come_in_another_order_than_intents() -> None:
    report = run_with(
        sent("x0001", "a"), sent("x0002", "b"), came("x0002", 200, image(2)), came("x0001", 200, image(1))
    )
    assert [execution.image for execution in report.executions] == [image(1), image(2)]


def test_every_exchange_has_one_row_in_the_order_of_time() -> None:
    late, early, shown = exchange("x0002", at=2.0), exchange("x0001", at=1.0), exchange("x0003", at=3.0, status=404)
    check = CheckFinished(
        "check.one",
        (judged("a.b", Verdict.FAILED),),
        failures=(failure("a.b", late, shown),),
        exchanges=(late,),
    )
    report = fold(events_of([clause("a.b")], [check], between=[sent("x0001"), came("x0001", 200, record=early)]))
    assert [(row.id, row.at, row.status) for row in report.exchanges] == [
        ("x0001", 1.0, 200),
        ("x0002", 2.0, 200),
        ("x0003", 3.0, 404),
    ]
    assert report.totals.exchanges == 3


def test_a_row_shows_the_last_try_and_how_many_there_were() -> None:
    first, last = exchange(at=1.0, status=500).last, exchange(at=2.0, status=200).last
    record = exchange(attempts=(first, last), code="ServiceException")
    row = run_with(sent("x0001"), came("x0001", record=record)).exchanges[0]
    assert (row.at, row.status, row.code, row.tries) == (2.0, 200, "ServiceException", 2)
