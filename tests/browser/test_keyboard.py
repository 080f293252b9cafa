"""Everything can be reached and done with the keyboard alone, in the order in which it is read."""

from playwright.sync_api import expect

from tests.browser.watching import Watched

ONE = "idempotency.replay.same-image"
# What can have the keyboard, is seen, and is to be stopped at.
_STOPS = """() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
    .filter(each => each.checkVisibility() && each.tabIndex >= 0 && !each.disabled)"""


def stops(report: Watched) -> int:
    found: int = report.page.evaluate(f"() => ({_STOPS})().length")
    return found


def place(report: Watched) -> int:
    """Which of the stops has the keyboard; -1 for none of them."""
    found: int = report.page.evaluate(f"() => ({_STOPS})().indexOf(document.activeElement)")
    return found


def test_tab_goes_from_top_to_bottom_and_leaves_nothing_out(report: Watched) -> None:
    visited = []
    for _ in range(stops(report)):
        report.page.keyboard.press("Tab")
        visited.append(place(report))
    assert visited == list(range(len(visited)))


def test_what_has_the_keyboard_is_outlined(report: Watched) -> None:
    for _ in range(12):
        report.page.keyboard.press("Tab")
        style = report.page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", report.focused()


def test_the_first_stop_skips_to_the_content(report: Watched) -> None:
    report.page.keyboard.press("Tab")
    assert report.focused() == "Skip to the content"
    expect(report.one(".skip")).to_be_in_viewport()
    report.page.keyboard.press("Enter")
    report.page.keyboard.press("Tab")
    assert report.page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def test_enter_opens_a_failure_and_closes_it_again(report: Watched) -> None:
    clause = report.clause(ONE)
    clause.locator("> summary").focus()
    report.page.keyboard.press("Enter")
    expect(clause.get_by_text("Expected", exact=True)).to_be_visible()
    report.page.keyboard.press("Enter")
    expect(clause).not_to_have_attribute("open", "")


def test_a_failure_is_found_opened_and_copied_without_a_mouse(report: Watched) -> None:
    report.one(".broken a").first.focus()
    report.page.keyboard.press("Enter")
    opened = report.one("details[open][data-clause]")
    expect(opened.locator("> summary")).to_be_focused()
    for _ in range(30):
        report.page.keyboard.press("Tab")
        if report.focused().startswith("Copy"):
            break
    expect(opened.locator("[data-copy]").first).to_be_focused()
    report.page.keyboard.press("Enter")
    expect(opened.locator("[data-copy]").first).not_to_have_text("Copy")


def test_a_filter_is_set_with_the_space_bar(report: Watched) -> None:
    chip = report.one('button[data-verdict="warned"]')
    chip.focus()
    report.page.keyboard.press("Space")
    expect(chip).to_have_attribute("aria-pressed", "true")
