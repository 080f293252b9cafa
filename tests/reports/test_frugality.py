"""How much a run judged for what it cost."""

from dataclasses import replace

from imagebuilder_reports.overview import frugality
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_reports.writers.html import render_html
from imagebuilder_reports.writers.markdown import render_markdown

from .realistic import whole_report
from .samples import came, clause, events_of, exchange, finished, judged, report_of, sent

ARN = "arn:aws:imagebuilder:us-east-1:123456789012:image/recipe/1.0.0/1"


def test_clauses_that_were_judged_are_counted_by_exchange_and_execution() -> None:
    verdicts = {"a.a": Verdict.PASSED, "a.b": Verdict.PASSED, "a.c": Verdict.FAILED, "a.d": Verdict.NOT_RUN}
    clauses = [clause(name) for name in verdicts]
    done = [finished(f"check.{name}", judged(name, verdict)) for name, verdict in verdicts.items()]
    header, *rest = events_of(clauses, done)
    started = sent("x1"), came("x1", 200, ARN, record=exchange("x1"))
    replayed = sent("x2"), came("x2", 200, ARN, record=exchange("x2"))
    assert frugality(fold([header, *started, *replayed, *rest])) == "1.50 an exchange, 3.00 an execution"


def test_where_nothing_was_sent_there_is_nothing_to_count() -> None:
    assert frugality(report_of({"a.b": Verdict.PASSED})) is None
    report = whole_report()
    assert frugality(replace(report, target=replace(report.target, recorded=True))) is None


def test_both_pages_tell_it() -> None:
    report = whole_report()
    said = frugality(report)
    assert said is not None
    assert said in render_html(report)
    assert said in render_markdown(report)
