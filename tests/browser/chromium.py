"""Debian's Chromium, driven by Playwright, which can't download a browser of its own everywhere."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NEEDED = "expected the browser `chromium` on the PATH, got none: install Debian's package of that name"


class NoBrowserError(Exception):
    """The machine has no Chromium."""


def executable() -> str:
    """Where Chromium is.

    Raises:
        NoBrowserError: It is nowhere.
    """
    found = shutil.which("chromium")
    if found is None:
        raise NoBrowserError(_NEEDED)
    return found


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless browser."""
    path = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()
