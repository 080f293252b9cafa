"""The page is complete in itself, holds everything, and nothing that a target sent becomes markup in it."""

import base64
import hashlib
import json
import re
import time
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from msgspec import structs

from imagebuilder_reports.explanation import Explanation, Item, Section
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_reports.writers.html import render_html

from .realistic import BROKEN, HOSTILE, whole_report
from .samples import clause, events_of, exchange, failure, finished, footer, judged, text_body

TEN_MEGABYTES = 10 * 1024 * 1024
# What the reader sees of it: its control character as an escape.
HOSTILE_SHOWN = HOSTILE.replace("\x1b", "\\x1b")


class Page(HTMLParser):
    """The elements of a page, and the text outside scripts and styles."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.contents: dict[str, list[str]] = {"script": [], "style": []}
        self.text = ""
        self._inside: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in self.contents:
            self.contents[tag].append("")
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.contents[self._inside[-1]][-1] += data
        else:
            self.text += data

    def having(self, attribute: str) -> list[str]:
        return [
            value or "" for _, attributes in self.elements for name, value in attributes.items() if name == attribute
        ]

    @property
    def tags(self) -> Counter[str]:
        return Counter(tag for tag, _ in self.elements)

    @property
    def policy(self) -> str:
        return self.having("content")[0]


def page_of(report: Report) -> Page:
    return Page(render_html(report))


@pytest.fixture(scope="module")
def report() -> Report:
    return whole_report()


@pytest.fixture(scope="module")
def page(report: Report) -> Page:
    return page_of(report)


def test_nothing_is_fetched(page: Page) -> None:
    assert all(link.startswith("#") for link in page.having("href"))
    assert page.having("src") == []
    assert "@import" not in page.contents["style"][0]
    assert "url(" not in page.contents["style"][0]


def test_only_our_script_and_style_may_apply(page: Page) -> None:
    script = next(text for text in page.contents["script"] if "use strict" in text)
    [style] = page.contents["style"]
    for text in (script, style):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in page.policy
    assert "unsafe" not in page.policy
    assert page.policy.startswith("default-src 'none';")


def test_what_a_target_sent_is_only_text(page: Page) -> None:
    assert HOSTILE_SHOWN in page.text
    assert page.tags["script"] == 2
    assert page.tags["img"] == 0
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "\x1b" not in page.source


def test_every_clause_can_be_linked_to(report: Report, page: Page) -> None:
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    assert {clause.id for clause in report.clauses} <= set(ids)
    assert {link[1:] for link in page.having("href")} <= set(ids)


def test_the_verdict_and_the_target_come_first(report: Report, page: Page) -> None:
    said = page.text[: page.text.index("What is broken")]
    assert "Non-conformant" in said
    assert report.target.endpoint in said
    assert "812 exchanges" in said


def test_a_failure_has_all_that_it_takes_to_see_it_again(page: Page) -> None:
    for part in ("Expected", "Received", "Hint", "Smallest example", "replay report.json check."):
        assert page.text.count(part) >= len(BROKEN)
    alone = page.text.count("--aws-sigv4")
    assert alone
    assert alone + page.text.count("No single request shows it") == page.text.count("Smallest example")


def test_only_idempotency_has_sequences(page: Page) -> None:
    broken = [clause_id for clause_id in BROKEN if clause_id.startswith("idempotency.")]
    assert page.tags["figure"] == len(broken)


def test_all_exchanges_are_in_the_page(report: Report, page: Page) -> None:
    data = json.loads(next(text for text in page.contents["script"] if text.startswith("{")))
    assert len(data["rows"]) == report.totals.exchanges
    _, _, check, label, answer, _, _ = data["rows"][0]
    assert data["checks"][check] == report.exchanges[0].check
    assert data["labels"][label] == report.exchanges[0].label
    assert data["answers"][answer].startswith(str(report.exchanges[0].status))


def test_ten_thousand_exchanges_stay_small_and_quick() -> None:
    report = whole_report(exchanges=10_000)
    began = time.perf_counter()
    source = render_html(report)
    # It takes less than one second; a busy machine is no failure.
    assert time.perf_counter() - began < 20
    assert len(source.encode("utf-8", "backslashreplace")) < TEN_MEGABYTES
    # Rows are data until they are looked at: elements do not grow with them.
    assert source.count("<tr") < 3000


def test_a_run_that_sent_nothing_has_a_page() -> None:
    page = page_of(fold(events_of([clause("a.b")], [], end=footer())))
    assert "none of the 1 selected clauses was judged" in page.text.lower()
    assert "latency" not in page.having("id")


def test_a_contract_that_is_unknown_here_leaves_out_its_error_table() -> None:
    report = whole_report(exchanges=10)
    source = render_html(report)
    foreign = source_of_revision(report, "2031-01")
    assert 'id="errors"' in source
    assert 'id="errors"' not in foreign


def source_of_revision(report: Report, revision: str) -> str:
    return render_html(replace(report, suite=replace(report.suite, contract=revision)))


def test_a_failure_without_exchanges_has_a_replay_line() -> None:
    done = finished("check.one", judged("a.b", Verdict.FAILED), failures=(failure("a.b"),))
    said = page_of(fold(events_of([clause("a.b")], [done]))).text
    assert "imagebuilder-conformance replay report.json check.one" in said
    assert "curl" not in said


def test_notes_and_reasons_are_shown() -> None:
    done = finished("check.one", judged("a.b", Verdict.INCONCLUSIVE, "the reason"), notes=("the note",))
    said = page_of(fold(events_of([clause("a.b", condition="the condition")], [done]))).text
    for part in ("the reason", "the note", "the condition"):
        assert part in said


def test_every_try_of_an_exchange_is_shown() -> None:
    first, last = exchange(status=None).last, exchange(status=200).last
    broken = failure("a.b", exchange(attempts=(first, last), violates="token.too-long"))
    done = finished("check.one", judged("a.b", Verdict.FAILED), failures=(broken,))
    said = page_of(fold(events_of([clause("a.b")], [done]))).text
    assert re.search(r"Answer to try 1\s+no answer in time", said)
    assert re.search(r"Answer to try 2\s+200", said)
    assert "token.too-long" in said


def test_what_is_broken_is_said_once_however_many_checks_found_it() -> None:
    done = [
        finished("check.one", judged("a.b", Verdict.FAILED), failures=(failure("a.b"), failure("a.b", code="other"))),
        finished("check.two", judged("a.b", Verdict.FAILED), failures=(failure("a.b"),)),
    ]
    source = render_html(fold(events_of([clause("a.b")], done)))
    said = source[source.index('id="broken"') : source.index('id="run"')]
    # One block, and in it the other kind of failure.
    assert (said.count("<li "), said.count("<li>")) == (1, 1)


def test_a_broken_clause_is_explained_and_no_other(report: Report) -> None:
    def explain(revision: str, clause: str) -> Explanation:
        asked.append((revision, clause))
        section = Section("Defects that break it", (Item(HOSTILE, f"breaks {clause}"),), code=True)
        right = Section(f"A right answer of {clause}", (Item("status", "200"), Item("body", HOSTILE)), code=True)
        return Explanation(clause, "A statement.", (Item("harm", "somebody waits"),), (section,), (right,))

    asked: list[tuple[str, str]] = []
    page = Page(render_html(report, explain))
    broken = [clause.id for clause in report.clauses if clause.verdict in {Verdict.FAILED, Verdict.WARNED}]
    assert asked == [(report.suite.contract, id_) for id_ in broken]
    for id_ in broken:
        assert f"explain-{id_}" in page.having("id")
        assert f"breaks {id_}" in page.text
        # Not among what is unfolded: it stands beside what was wrong.
        assert page.text.index(f"A right answer of {id_}") < page.text.index(f"breaks {id_}")
    assert len([name for name in page.having("id") if name.startswith("explain-")]) == len(broken)
    assert HOSTILE_SHOWN in page.text
    assert HOSTILE not in page.source


def broken_part(source: str) -> str:
    """What the page says first, before the facts of the run."""
    return source[source.index('id="broken"') : source.index('id="run"')]


def test_what_is_broken_says_what_was_sent_and_what_it_rests_on() -> None:
    sent = structs.replace(
        exchange().request, url="http://a.target/Start?x=1", body=text_body('{"clientToken":\n null}')
    )
    long = structs.replace(sent, body=text_body("a" * 1000))
    done = finished(
        "check.one",
        *(judged(id_, Verdict.FAILED) for id_ in ("a.one", "a.two", "a.three")),
        failures=(
            failure("a.one", structs.replace(exchange("x1"), request=sent)),
            failure("a.two", exchange("x2"), structs.replace(exchange("x3"), request=long)),
            failure("a.three"),
        ),
    )
    clauses = [clause(id_, source=f"the source of {id_}") for id_ in ("a.one", "a.two", "a.three")]
    one, two, three = broken_part(render_html(fold(events_of(clauses, [done])))).split('<li class="v-')[1:]
    assert "Sent</dt><dd><code>PUT /Start?x=1 {&#34;clientToken&#34;: null}</code>" in one
    assert "Source: the source of a.one (documented)." in one
    assert "Sent last</dt>" in two
    assert "a" * 160 + " … (1,000 bytes in all)" in two
    assert "<dt>Sent" not in three


@pytest.mark.parametrize(
    ("verdict", "level", "title"),
    [(Verdict.FAILED, "MUST", "What is broken"), (Verdict.WARNED, "SHOULD", "What could be better")],
)
def test_a_recommendation_that_is_not_kept_is_not_called_broken(verdict: Verdict, level: str, title: str) -> None:
    done = finished("check.one", judged("a.b", verdict), failures=(failure("a.b"),))
    source = render_html(fold(events_of([clause("a.b", level=level)], [done])))
    assert f'<h2 id="broken-title">{title}</h2>' in source
    assert f'<a href="#broken">{title}</a>' in source


def test_errors_that_never_came_have_their_status(page: Page) -> None:
    assert "ServiceUnavailableException (503)" in page.text
