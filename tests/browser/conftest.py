import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from imagebuilder_conformance.cli.forms import FORMATS
from imagebuilder_reports.diff import compare
from imagebuilder_reports.matrix import matrix
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.writers.diff_forms import diff_html
from imagebuilder_reports.writers.matrix_forms import matrix_html
from tests.browser.chromium import NoBrowserError, launched
from tests.browser.watching import PATIENCE_MS, Watched, Windows
from tests.project.places import ROOT
from tests.reports.realistic import whole_report
from tests.support.absent import give_up

# With server errors and hang-ups that the run asked for.
SAMPLE = ROOT / "reports/samples/conformant/report.json"


# Of this package and no longer: while Playwright runs, nothing else in the thread can have an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    try:
        with launched() as browser:
            yield browser
    except NoBrowserError as error:
        give_up(str(error), os.environ)


@pytest.fixture
def windows(browser: Browser) -> Iterator[Windows]:
    windows = Windows(browser)
    yield windows
    windows.close()


@pytest.fixture(scope="package")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a page of each kind, of runs with all sorts of failures, and that of a real run without any."""
    folder = tmp_path_factory.mktemp("pages")
    broken, mended = whole_report(exchanges=300), whole_report(exchanges=300, broken=False)
    # As a run writes them, with what there is to say of a broken clause.
    for name, report in (("report.html", broken), ("conformant.html", read_report(SAMPLE))):
        (folder / name).write_text(FORMATS["html"].render(report), encoding="utf-8")
    (folder / "diff.html").write_text(diff_html(compare(mended, broken)), encoding="utf-8")
    (folder / "matrix.html").write_text(matrix_html(matrix([mended, broken])), encoding="utf-8")
    return folder


@pytest.fixture
def report(windows: Windows, pages: Path) -> Watched:
    """The page of a broken target, opened in a wide window, in the light."""
    return windows.open(pages / "report.html")
