"""A page opens from its file, asks nothing of any network, and nothing in it goes wrong."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.browser.watching import Watched, Windows
from tests.support.absent import give_up


@pytest.mark.parametrize("name", ["report.html", "diff.html", "matrix.html"])
def test_nothing_but_the_file_is_requested_and_nothing_complains(name: str, windows: Windows, pages: Path) -> None:
    watched = windows.open(pages / name)
    expect(watched.one("h1")).to_be_visible()
    assert watched.requests == [watched.url]
    assert watched.complaints == []


def test_using_the_report_requests_nothing_either(report: Watched) -> None:
    report.page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    # Twice, so that filters which hide everything are taken back.
    for _ in range(2):
        for button in report.one("button:visible:enabled").all():
            if button.is_visible() and button.is_enabled():
                button.click()
    report.one("[data-search]").fill("token")
    report.one("[data-traffic-search]").fill("404")
    assert report.requests == [report.url]
    assert report.complaints == []


def test_the_policy_of_the_page_stops_what_does_not_belong_to_it(report: Watched) -> None:
    with report.page.expect_event("requestfailed") as failed:
        report.page.evaluate("() => { new Image().src = 'http://127.0.0.1:9/pixel' }")
    assert failed.value.failure == "csp"


def test_what_a_target_sent_runs_nothing(report: Watched) -> None:
    alerts: list[str] = []
    report.page.on("dialog", lambda dialog: alerts.append(dialog.message))
    report.page.reload()
    expect(report.one("h1")).to_have_text("Non-conformant")
    assert alerts == []


def test_without_javascript_every_clause_is_there_and_opens(windows: Windows, pages: Path) -> None:
    watched = windows.open(pages / "report.html", java_script_enabled=False)
    clause = watched.clause("idempotency.replay.same-image")
    clause.locator("> summary").click()
    expect(clause.get_by_text("Expected", exact=True)).to_be_visible()
    expect(watched.one("[data-toolbar]")).to_be_hidden()
    expect(watched.one("[data-theme-button]")).to_be_hidden()


def test_a_machine_without_the_browser_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(chromium.NoBrowserError, match=re.escape("install Debian's package of that name")):
        chromium.executable()


def test_ci_can_not_do_without_what_is_absent_and_other_machines_say_why_they_do() -> None:
    with pytest.raises(pytest.fail.Exception, match="no browser"):
        give_up("no browser", {"CI": "true"})
    for elsewhere in ({}, {"CI": ""}):
        with pytest.raises(pytest.skip.Exception, match="no browser"):
            give_up("no browser", elsewhere)
