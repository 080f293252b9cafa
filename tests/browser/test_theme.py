"""The page is as light or dark as the system, unless its reader chose; on paper it is light."""

from pathlib import Path

import pytest

from tests.browser.watching import Watched, Windows

LIGHT, DARK = "rgb(255, 255, 255)", "rgb(15, 18, 23)"


def background(watched: Watched) -> str:
    colour: str = watched.one("body").evaluate("body => getComputedStyle(body).backgroundColor")
    return colour


@pytest.mark.parametrize(
    ("name", "scheme", "colour"),
    [
        ("report.html", "light", LIGHT),
        ("report.html", "dark", DARK),
        ("diff.html", "dark", DARK),
        ("matrix.html", "dark", DARK),
    ],
)
def test_the_system_decides(name: str, scheme: str, colour: str, windows: Windows, pages: Path) -> None:
    assert background(windows.open(pages / name, color_scheme=scheme)) == colour


def test_the_button_goes_round(report: Watched) -> None:
    button = report.one("[data-theme-button]")
    seen = []
    for _ in range(4):
        seen.append((button.inner_text(), background(report)))
        button.click()
    system = ("Theme: as the system", LIGHT)
    assert seen == [system, ("Theme: light", LIGHT), ("Theme: dark", DARK), system]


def test_the_choice_beats_the_system_and_is_remembered(windows: Windows, pages: Path) -> None:
    watched = windows.open(pages / "report.html", color_scheme="dark")
    watched.one("[data-theme-button]").click()
    assert background(watched) == LIGHT
    watched.page.reload()
    assert background(watched) == LIGHT


def test_paper_is_light_and_has_no_controls(windows: Windows, pages: Path) -> None:
    watched = windows.open(pages / "report.html", color_scheme="dark")
    for _ in range(2):
        watched.one("[data-theme-button]").click()
    watched.page.emulate_media(media="print")
    assert background(watched) == LIGHT
    assert not watched.one("button:visible").count()


def test_failures_are_open_on_paper_and_closed_again_afterwards(report: Watched) -> None:
    report.page.evaluate(
        "() => addEventListener('afterprint', () => { document.title = 'printed' }, { capture: true })"
    )
    report.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert report.one("article.failure:visible").count() == report.one("article.failure").count() > 0
    report.page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert report.one("article.failure:visible").count() == 0


@pytest.mark.parametrize("name", ["report.html", "diff.html", "matrix.html"])
def test_paper_gets_it_all(name: str, windows: Windows, pages: Path) -> None:
    printed = windows.open(pages / name).page.pdf(format="A4")
    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type/Page/") >= 1
