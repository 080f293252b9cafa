"""axe, the engine of most accessibility checkers, finds nothing to complain about."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.browser.watching import DESK, NARROW, TABLET, Watched, Windows

_AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_RUN = "() => axe.run({ resultTypes: ['violations'] }).then(found => found.violations)"
# What is seen only once it is opened.
_OPEN = "() => document.querySelectorAll('details.v-failed, details.v-warned, details.executions, details.deselected')"


def violations(watched: Watched) -> list[str]:
    """What axe finds, each with its rule and the first elements."""
    watched.page.add_script_tag(content=_AXE)
    found: list[dict[str, Any]] = watched.page.evaluate(_RUN)
    return [f"{each['id']}: {[node['target'] for node in each['nodes'][:5]]}" for each in found]


# The policy of the page would keep out axe, too.
def opened(windows: Windows, path: Path, scheme: str, viewport: dict[str, int]) -> Watched:
    return windows.open(path, color_scheme=scheme, viewport=viewport, bypass_csp=True)


# Colours depend on the scheme, what overlaps on the width: two of them tell all of the smaller pages.
BOTH = pytest.mark.parametrize(
    ("scheme", "viewport"), [("light", DESK), ("dark", NARROW)], ids=["light-wide", "dark-narrow"]
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [NARROW, TABLET, DESK], ids=lambda viewport: str(viewport["width"]))
def test_the_report(scheme: str, viewport: dict[str, int], windows: Windows, pages: Path) -> None:
    watched = opened(windows, pages / "report.html", scheme, viewport)
    watched.page.evaluate(f"() => ({_OPEN})().forEach(each => {{ each.open = true }})")
    for chip in watched.one("button[data-verdict]").all():
        chip.click()
    assert violations(watched) == []


@pytest.mark.parametrize("name", ["diff.html", "matrix.html"])
@BOTH
def test_the_other_pages(name: str, scheme: str, viewport: dict[str, int], windows: Windows, pages: Path) -> None:
    assert violations(opened(windows, pages / name, scheme, viewport)) == []


@pytest.mark.parametrize("viewport", [NARROW, TABLET, DESK], ids=lambda viewport: str(viewport["width"]))
@pytest.mark.parametrize("name", ["report.html", "conformant.html", "diff.html", "matrix.html"])
def test_a_window_scrolls_up_and_down_only(name: str, viewport: dict[str, int], windows: Windows, pages: Path) -> None:
    watched = windows.open(pages / name, viewport=viewport)
    width = watched.page.evaluate("() => document.documentElement.scrollWidth")
    assert width == viewport["width"]


def test_in_a_narrow_window_facts_stand_beside_their_names(windows: Windows, pages: Path) -> None:
    watched = windows.open(pages / "report.html", viewport=NARROW)
    edges = watched.page.evaluate(
        "() => [...document.querySelectorAll('.facts dd')].map(each => each.getBoundingClientRect().left)"
    )
    assert len(edges) > 4
    assert len(set(edges)) == 1
