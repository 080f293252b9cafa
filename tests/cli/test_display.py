"""What the terminal shows of a report."""

import io
from dataclasses import replace
from pathlib import Path

from msgspec import structs
from rich.console import Console

from imagebuilder_conformance.cli.display import Display
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.events import ExchangeRecord
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict
from tests.reports.realistic import whole_report
from tests.reports.samples import clause, events_of, exchange, failure, finished, judged


def shown(*allowed_by: str) -> str:
    broken = failure("a.b", allowed_by=allowed_by)
    done = finished("check.one", judged("a.b", Verdict.FAILED), failures=(broken,))
    written = io.StringIO()
    Display(Settings(None), Console(file=written, width=200)).conclude(fold(events_of([clause("a.b")], [done])))
    return written.getvalue()


def test_a_failure_that_another_revision_allows_says_so() -> None:
    assert "allowed by revision current" in shown("current")
    assert "allowed by revision" not in shown()


def test_how_far_back_a_replay_reached_is_told() -> None:
    written = io.StringIO()
    report = replace(whole_report(), measured={"retention.tokens": 41.0, "retention.seconds": 1.52})
    Display(Settings(None), Console(file=written, width=200)).conclude(report)
    assert "a token was replayed after 41 other tokens and 1.5 s\n" in written.getvalue()


def broken_thrice(last: ExchangeRecord, *more: ExchangeRecord) -> str:
    """What is shown of a SHOULD and two MUSTs, one of which shares its cause with the other."""
    clauses = [clause("a.should", level="SHOULD"), clause("a.other"), clause("a.must")]
    must = failure("a.must", *more, last, shares=("a.other",), hint="Mend it.")
    judgements = (judged("a.should", Verdict.WARNED), *(judged(each.id, Verdict.FAILED) for each in clauses[1:]))
    done = finished("check.one", *judgements, failures=(failure("a.should"), failure("a.other"), must))
    written = io.StringIO()
    settings = Settings(None, report_dir=Path("a folder"))
    Display(settings, Console(file=written, width=200)).conclude(fold(events_of(clauses, [done])))
    return written.getvalue()


def test_what_to_mend_first_is_said_where_there_is_a_choice() -> None:
    assert "fix this first: a.other. Answer a start with 200.\n" in broken_thrice(exchange())
    assert "fix this first" not in shown()


def test_one_request_is_shown_by_curl_and_what_takes_more_by_a_replay() -> None:
    replayed = "imagebuilder-conformance replay 'a folder/report.json' check.one\n"
    one, other = exchange("x0001", at=1.0), exchange("x0002", at=1.0)
    left = exchange("x0003", status=None)
    hung_up = structs.replace(
        left, attempts=(structs.replace(left.last, fault="connection closed: the client hung up"),)
    )
    assert "curl --silent" in broken_thrice(one)
    # A target that was started anew has forgotten the first of two, and is right to accept the other.
    after = broken_thrice(one, exchange("x0000", at=0.1))
    for shown_of in (after, broken_thrice(one, other), broken_thrice(hung_up)):
        assert replayed in shown_of
        assert "curl" not in shown_of


def test_one_answer_that_breaks_four_clauses_is_one_block_with_one_command_line() -> None:
    clauses = [clause(f"a.{name}") for name in ("first", "second", "third", "fourth")]
    failures = tuple(
        failure(each.id, exchange("x0009"), hint="Another hint." if each.id == "a.third" else "Mend it.")
        for each in clauses
    )
    done = finished("check.one", *(judged(each.id, Verdict.FAILED) for each in clauses), failures=failures)
    written = io.StringIO()
    Display(Settings(None), Console(file=written, width=200)).conclude(fold(events_of(clauses, [done])))
    said = written.getvalue()
    assert said.count("curl --silent") == said.count("expected  ") == said.count("hint  ") == 1
    assert said.index("a.first") < said.index("breaks too") < said.index("a.second") < said.index("a.fourth")
    assert "Another hint." in said


def test_the_reason_of_an_error_is_told_once_for_all_that_it_kept_from_judging() -> None:
    clauses = [clause(f"a.{name}") for name in "abcde"]
    judgements = [judged(each.id, Verdict.ERROR, "there is no more memory") for each in clauses[:4]]
    done = finished("check.one", *judgements, judged("a.e", Verdict.ERROR, "the check itself failed"))
    written = io.StringIO()
    Display(Settings(None), Console(file=written, width=200)).conclude(fold(events_of(clauses, [done])))
    said = [line.strip() for line in written.getvalue().splitlines()]
    assert said[said.index("error  a.a, a.b, a.c and 1 more") + 1] == "reason  there is no more memory"
    assert said[said.index("error  a.e") + 1] == "reason  the check itself failed"
    assert written.getvalue().count("there is no more memory") == 1
