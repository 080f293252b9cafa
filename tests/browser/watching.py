"""A page from a file, and what it asked for and complained about since it was opened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 390, "height": 844}
TABLET = {"width": 768, "height": 1024}
DESK = {"width": 1440, "height": 900}
PATIENCE_MS = 30_000


@dataclass(frozen=True)
class Watched:
    """A page under watch; both lists grow while it is used."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def one(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def clause(self, id_: str) -> Locator:
        """The clause of that id, which is the id of its element too."""
        return self.page.locator(f'[id="{id_}"]')

    def shown_clauses(self) -> list[str]:
        """The ids of the clauses that the filters let through."""
        shown: list[str] = self.one("[data-clause]:visible").evaluate_all("all => all.map(each => each.id)")
        return shown

    def focused(self) -> str:
        """What has the keyboard: its text, or its role in the page where it has none."""
        said: str = self.page.evaluate(
            "() => { const e = document.activeElement; return (e.innerText || e.ariaLabel || e.outerHTML).trim() }"
        )
        return said


class Windows:
    """Opens pages, each in a context of its own, and closes all of them in the end."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def open(self, path: Path, fragment: str = "", **context: Any) -> Watched:
        """Open a page from its file.

        Args:
            path: The file.
            fragment: The id to go to, none by default.
            **context: Options of Playwright's contexts, such as `color_scheme`.
        """
        made = self._browser.new_context(**({"viewport": WIDE, "color_scheme": "light"} | context))
        made.set_default_timeout(PATIENCE_MS)
        self._contexts.append(made)
        page = made.new_page()
        watched = Watched(page, path.as_uri() + (f"#{fragment}" if fragment else ""))
        page.on("request", _noting(watched.requests, lambda request: request.url))
        page.on("console", _noting(watched.complaints, lambda said: f"{said.type}: {said.text}"))
        page.on("pageerror", _noting(watched.complaints, str))
        page.goto(watched.url)
        return watched

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def _noting(notes: list[str], text: Callable[[Any], str]) -> Callable[[Any], None]:
    return lambda event: notes.append(text(event))
