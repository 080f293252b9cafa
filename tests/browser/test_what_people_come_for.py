"""Is it right, what is broken, what do I do first: told on the first screens, and nothing cries without need."""

import colorsys
import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import expect

from imagebuilder_reports.verdicts import Cause
from tests.browser.watching import DESK, NARROW, TABLET, Watched, Windows
from tests.reports.realistic import BROKEN, whole_report

WIDTHS = pytest.mark.parametrize("viewport", [NARROW, TABLET, DESK], ids=lambda viewport: str(viewport["width"]))
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
# Seen by the reader: not what is kept for screen readers, nor what scrolls by itself because it is a message as sent.
_CUT_OFF = """() => [...document.querySelectorAll('body *')]
    .filter(each => each.checkVisibility() && !each.closest('pre, .sprite, .unseen, .skip, legend, thead, svg svg'))
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
    .map(each => each.outerHTML.slice(0, 120))"""
_COLOURS = """() => [...document.querySelectorAll('body *')].filter(each => each.checkVisibility()).flatMap(each => {
    const style = getComputedStyle(each);
    const borders = ['Top', 'Right', 'Bottom', 'Left'].filter(side => parseFloat(style[`border${side}Width`]))
        .map(side => style[`border${side}Color`]);
    return [style.color, style.backgroundColor, style.fill, style.stroke, ...borders]
        .map(colour => [colour, each.outerHTML.slice(0, 120)]);
})"""


def opened(windows: Windows, path: Path, scheme: str = "light", viewport: dict[str, int] = DESK) -> Watched:
    """A page with all of its details open."""
    watched = windows.open(path, color_scheme=scheme, viewport=viewport)
    watched.page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    return watched


def is_red(colour: str) -> bool:
    """Whether a computed colour is seen, and seen as red."""
    found = [float(part) for part in re.findall(r"[0-9.]+", colour)]
    if not colour.startswith("rgb") or (len(found) > 3 and found[3] == 0):
        return False
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in found[:3]))
    return (hue < 15 / 360 or hue > 345 / 360) and saturation > 0.3 and 0.15 < lightness < 0.95


def red_parts(watched: Watched) -> list[str]:
    return [f"{colour}: {element}" for colour, element in watched.page.evaluate(_COLOURS) if is_red(colour)]


@WIDTHS
def test_what_to_do_first_is_on_the_first_two_screens(viewport: dict[str, int], windows: Windows, pages: Path) -> None:
    watched = windows.open(pages / "report.html", viewport=viewport)
    first = watched.one(".broken > li").first
    expect(first.get_by_text("Fix this first")).to_be_visible()
    for part in ("Expected", "Received", "Hint"):
        told = first.locator(".contrast > div", has=watched.page.get_by_text(part, exact=True)).bounding_box()
        assert told is not None
        assert told["y"] + told["height"] <= 2 * viewport["height"], part


@SCHEMES
def test_nothing_is_red_on_a_conformant_page(scheme: str, windows: Windows, pages: Path) -> None:
    watched = opened(windows, pages / "conformant.html", scheme)
    expect(watched.one(".points.k-trouble").first).to_be_attached()
    assert red_parts(watched) == []
    watched.page.emulate_media(media="print")
    assert red_parts(watched) == []


@SCHEMES
def test_what_is_broken_is_red(scheme: str, windows: Windows, pages: Path) -> None:
    told = red_parts(opened(windows, pages / "report.html", scheme))
    assert any("k-broken" in part for part in told)
    assert not any("k-trouble" in part and "call" not in part for part in told)


@WIDTHS
@pytest.mark.parametrize("name", ["report.html", "conformant.html", "diff.html"])
def test_nothing_is_cut_off(name: str, viewport: dict[str, int], windows: Windows, pages: Path) -> None:
    assert opened(windows, pages / name, viewport=viewport).page.evaluate(_CUT_OFF) == []


def test_nothing_is_cut_off_on_paper(windows: Windows, pages: Path) -> None:
    # A page of A4 within its margins.
    watched = opened(windows, pages / "report.html", viewport={"width": 718, "height": 1000})
    watched.page.emulate_media(media="print")
    assert watched.page.evaluate(_CUT_OFF) == []


def test_no_two_headings_are_the_same(windows: Windows, pages: Path) -> None:
    watched = opened(windows, pages / "report.html")
    said = Counter(" ".join(text.split()) for text in watched.one("h1, h2, h3, h4, h5").all_inner_texts())
    assert len(said) > len(BROKEN)
    assert [text for text, count in said.items() if count > 1] == []


def test_links_look_like_links(windows: Windows, pages: Path) -> None:
    watched = opened(windows, pages / "report.html")
    bare = watched.page.evaluate(
        """() => [...document.querySelectorAll('a:not(.squares a)')].filter(each => each.checkVisibility())
            .filter(each => getComputedStyle(each).textDecorationLine !== 'underline').map(each => each.outerHTML)"""
    )
    assert bare == []


def test_what_the_target_never_showed_is_quiet(windows: Windows, pages: Path) -> None:
    never = {clause.id for clause in whole_report(exchanges=300).clauses if clause.cause is Cause.NEVER_SHOWN}
    watched = windows.open(pages / "report.html")
    for id_ in sorted(never)[:3]:
        pill = watched.clause(id_).locator("summary .verdict")
        assert pill.evaluate("each => getComputedStyle(each).backgroundColor") == "rgba(0, 0, 0, 0)"
    expect(watched.one("#errors .intro")).to_contain_text("ServiceUnavailableException")
    assert not watched.one("#errors tr").filter(has_text="ServiceUnavailableException").count()


def test_coverage_says_in_words_what_the_figures_are(windows: Windows, pages: Path) -> None:
    row = windows.open(pages / "report.html").one(".coverage tr").filter(has_text="errors")
    expect(row).to_contain_text(re.compile(r"\d+ passed, 1 failed, \d+ not run"))
