"""What the terminal shows of a report."""

import io

from rich.console import Console

from imagebuilder_conformance.cli.display import Display
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.overview import frugality
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict
from tests.reports.realistic import whole_report
from tests.reports.samples import clause, events_of, failure, finished, judged


def shown(*allowed_by: str) -> str:
    broken = failure("a.b", allowed_by=allowed_by)
    done = finished("check.one", judged("a.b", Verdict.FAILED), failures=(broken,))
    written = io.StringIO()
    Display(Settings(None), Console(file=written, width=200)).conclude(fold(events_of([clause("a.b")], [done])))
    return written.getvalue()


def test_a_failure_that_another_revision_allows_says_so() -> None:
    assert "matches revision current" in shown("current")
    assert "matches revision" not in shown()


def test_what_was_judged_for_each_exchange_is_told() -> None:
    written = io.StringIO()
    report = whole_report()
    Display(Settings(None), Console(file=written, width=200)).conclude(report)
    assert f"clauses judged: {frugality(report)}" in written.getvalue()
