"""A report of ten thousand exchanges opens and filters without a wait."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from imagebuilder_reports.writers.html import render_html
from tests.browser.watching import Windows
from tests.reports.realistic import BROKEN, whole_report

# It takes about one; a busy machine is no failure.
SECONDS = 20
TEN_MEGABYTES = 10 * 1024 * 1024


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "report.html"
    path.write_text(render_html(whole_report(exchanges=10_000)), encoding="utf-8")
    return path


@contextmanager
def quickly(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    took = time.perf_counter() - began
    assert took < SECONDS, f"{what} took {took:.1f} s"


def test_it_opens_and_filters_quickly(large: Path, windows: Windows) -> None:
    assert large.stat().st_size < TEN_MEGABYTES
    with quickly("opening"):
        watched = windows.open(large)
        expect(watched.one("[data-traffic-count]")).to_contain_text("of 10012")
    with quickly("filtering"):
        watched.one('button[data-verdict="failed"]').click()
        expect(watched.one("[data-count]")).to_contain_text(f"{len(BROKEN)} of")
    with quickly("searching"):
        watched.one("[data-traffic-search]").fill("x04711")
        expect(watched.one("[data-traffic-count]")).to_contain_text("1 to 1 of 1")
    assert watched.complaints == []
