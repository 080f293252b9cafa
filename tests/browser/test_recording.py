"""What Playwright records now is judged as what it recorded when the recordings of `tests/audit` were made."""

from pathlib import Path

from playwright.sync_api import Browser

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from tests.audit.conversation import BROKEN
from tests.browser.speaking import speak_by_browser
from tests.support.command import here
from tests.support.runs import serving


def test_traffic_that_a_browser_records_now_is_judged_the_same(browser: Browser, tmp_path: Path) -> None:
    for behaviour, code in ((Behaviour, 0), (catalogue.find_defect(BROKEN).behaviour, 1)):
        path = tmp_path / f"{code}.har"
        with serving(behaviour, verify_signatures=False) as server:
            speak_by_browser(browser, server, str(path))
        assert here("audit", str(path), cwd=tmp_path).code == code
