"""Clauses are filtered, searched, linked to; a failure's lines can be copied."""

import json
import shlex
from pathlib import Path

import pytest
from playwright.sync_api import expect

from imagebuilder_spec import load_contract
from tests.browser.watching import NARROW, WIDE, Watched, Windows
from tests.reports.realistic import BROKEN, UNKEPT

FAILED = sorted(BROKEN)
ONE = "idempotency.replay.same-image"
SHOWN_BY_ONE_REQUEST = "request.client-token.max-length"


def test_all_clauses_are_shown_at_first(report: Watched) -> None:
    shown = len(report.shown_clauses())
    expect(report.one("[data-count]")).to_have_text(f"{shown} of {shown} clauses")
    expect(report.one("[data-reset]")).to_be_hidden()


def test_a_verdict_filters(report: Watched) -> None:
    every = len(report.shown_clauses())
    chip = report.one('button[data-verdict="failed"]')
    chip.click()
    assert sorted(report.shown_clauses()) == FAILED
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(report.one("[data-count]")).to_have_text(f"{len(FAILED)} of {every} clauses")
    chip.click()
    assert len(report.shown_clauses()) == every


def test_two_verdicts_show_both(report: Watched) -> None:
    report.one('button[data-verdict="failed"]').click()
    report.one('button[data-verdict="warned"]').click()
    assert set(report.shown_clauses()) == {*FAILED, *UNKEPT}


def test_filters_narrow_each_other(report: Watched) -> None:
    report.one('button[data-verdict="failed"]').click()
    report.one('[data-filter="area"]').select_option("idempotency")
    assert sorted(report.shown_clauses()) == [id_ for id_ in FAILED if id_.startswith("idempotency.")]
    report.one('[data-filter="level"]').select_option("SHOULD")
    assert report.shown_clauses() == []
    expect(report.one("[data-nothing]")).to_be_visible()


def test_search_wants_every_word_anywhere_in_a_clause(report: Watched) -> None:
    report.one("[data-search]").fill("same-image REPLAY.another")
    assert report.shown_clauses() == [ONE]


def test_areas_without_a_clause_that_fits_are_gone(report: Watched) -> None:
    report.one("[data-search]").fill(ONE)
    expect(report.one("[data-area-group]:visible h3")).to_have_text("idempotency")


def test_show_all_takes_every_filter_back(report: Watched) -> None:
    every = len(report.shown_clauses())
    report.one("[data-search]").fill("nothing has these words")
    expect(report.one("[data-count]")).to_have_text(f"0 of {every} clauses")
    report.one("[data-reset]").click()
    assert len(report.shown_clauses()) == every
    expect(report.one("[data-search]")).to_be_focused()


def test_the_tally_leads_to_the_clauses_of_its_verdict(report: Watched) -> None:
    report.one('[data-show="warned"]').click()
    assert report.shown_clauses() == list(UNKEPT)
    expect(report.one("#clauses-title")).to_be_in_viewport()


def test_a_deep_link_opens_its_clause(windows: Windows, pages: Path) -> None:
    linked = windows.open(pages / "report.html", ONE)
    clause = linked.clause(ONE)
    expect(clause).to_have_attribute("open", "")
    expect(clause.locator("> summary")).to_be_in_viewport()
    linked.page.keyboard.press("Tab")
    expect(clause.locator("> summary")).to_be_focused()
    expect(clause.get_by_text("Expected", exact=True)).to_be_visible()


def test_a_link_to_a_clause_that_the_filters_hide_shows_it(report: Watched) -> None:
    report.one('button[data-verdict="passed"]').click()
    report.one(f'.broken a[href="#{ONE}"]').click()
    expect(report.clause(ONE)).to_be_visible()
    expect(report.clause(ONE)).to_have_attribute("open", "")
    assert report.page.url.endswith(f"#{ONE}")


def test_a_link_to_a_clause_that_was_not_selected_finds_it(windows: Windows, pages: Path) -> None:
    unselected = next(id_ for id_, clause in load_contract().clauses.items() if clause.suite == "auth")
    linked = windows.open(pages / "report.html", unselected)
    expect(linked.clause(unselected)).to_be_in_viewport()


def test_the_curl_line_and_the_replay_line_can_be_copied(windows: Windows, pages: Path) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    linked = windows.open(pages / "report.html", SHOWN_BY_ONE_REQUEST, permissions=permissions)
    curl, replay = linked.clause(SHOWN_BY_ONE_REQUEST).locator("[data-copy]").all()

    curl.click()
    expect(curl).to_have_text("Copied")
    words = shlex.split(linked.page.evaluate("() => navigator.clipboard.readText()"))
    assert words[0] == "curl"
    assert "--aws-sigv4" in words
    assert json.loads(words[words.index("--data-binary") + 1])["clientToken"] == "n0nce-000017"

    replay.click()
    copied = linked.page.evaluate("() => navigator.clipboard.readText()")
    assert copied == f"imagebuilder-conformance replay report.json check.{SHOWN_BY_ONE_REQUEST}"
    assert linked.complaints == []


def test_what_several_requests_show_has_the_replay_line_alone(windows: Windows, pages: Path) -> None:
    found = windows.open(pages / "report.html", ONE).clause(ONE)
    expect(found.locator("[data-copy]")).to_have_count(1)
    expect(found.locator(".copyable")).to_contain_text(f"replay report.json check.{ONE}")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_sequence_shows_calls_and_answers_without_scrolling(
    viewport: dict[str, int], windows: Windows, pages: Path
) -> None:
    picture = windows.open(pages / "report.html", ONE, viewport=viewport).clause(ONE).locator(".sequence")
    rows = picture.locator("li")
    assert rows.count() > 1
    for row in rows.all():
        for part in (".who", ".call", ".came"):
            box = row.locator(part).first.bounding_box()
            assert box is not None
            assert box["width"] > 0
            assert 0 <= box["x"] <= box["x"] + box["width"] <= viewport["width"]


def test_exchanges_are_shown_a_page_at_a_time_and_searched(report: Watched) -> None:
    rows = report.one("[data-traffic] tbody tr")
    expect(rows).to_have_count(50)
    earlier, later = report.one("[data-traffic-step]").all()
    expect(earlier).to_be_disabled()
    later.click()
    expect(report.one("[data-traffic-count]")).to_contain_text("51 to 100 of")
    report.one("[data-traffic-search]").fill("500 ServiceException")
    expect(report.one("[data-traffic-count]")).to_contain_text("1 to ")
    assert all("500 ServiceException" in row for row in rows.all_inner_texts())
