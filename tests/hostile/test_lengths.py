"""How long a text is, a target chooses: wherever it is shown it is capped, and the whole stays in the stream."""

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from imagebuilder_reports.legible import capped
from tests.support.command import Finished, here
from tests.support.scripted import Received, Reply, ScriptedServer

LONG = 150_000
TEXT = "".join(f"{number:06} " for number in range(LONG // 7))


def verbose(request: Received) -> Reply:
    """A target whose every text is long."""
    members = ("message", "code", "clientToken", "imageBuildVersionArn", "requestId")
    status = 200 if b"conformance-a" in request.body else 418
    return Reply(status, json.dumps(dict.fromkeys(members, TEXT)).encode(), (("Content-Type", "application/json"),))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Finished, Path]:
    folder = tmp_path_factory.mktemp("verbose")
    with ScriptedServer(verbose) as server:
        finished = here("run", "operation", "response", "errors", "--endpoint-url", server.url, cwd=folder)
    return finished, folder / "conformance-report"


def test_the_terminal_shows_a_few_lines(ran: tuple[Finished, Path]) -> None:
    told, _ = ran
    assert told.code == 1
    assert len(told.text.splitlines()) < 1500
    assert "characters in all, SHA-256 " in " ".join(told.text.split())


def test_the_page_stays_small_and_whole(ran: tuple[Finished, Path]) -> None:
    text = (ran[1] / "report.html").read_text(encoding="utf-8")
    assert len(text) < 4_000_000
    HTMLParser().feed(text)
    assert text.rstrip().endswith("</html>")


def test_the_summary_fits_a_job_and_ends_outside_of_its_tags(ran: tuple[Finished, Path]) -> None:
    text = (ran[1] / "report.md").read_text(encoding="utf-8")
    assert len(text.encode()) < 1024 * 1024
    html = MarkdownIt("commonmark").render(text)
    for tag in ("details", "summary", "code"):
        assert len(re.findall(f"<{tag}[ >]", html)) == html.count(f"</{tag}>")


def test_readers_of_junit_get_a_few_kilobytes_a_case(ran: tuple[Finished, Path]) -> None:
    assert (ran[1] / "junit.xml").stat().st_size < 2_000_000


def test_more_than_is_shown_is_in_the_stream(ran: tuple[Finished, Path]) -> None:
    events = [json.loads(line) for line in (ran[1] / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    codes = {event["record"]["code"] for event in events if event["event"] == "result"}
    # As much of it as is kept of any header: it begins and ends as it was sent.
    assert any(code and TEXT.startswith(code[:2000]) and TEXT.strip().endswith(code[-2000:]) for code in codes)


def test_what_is_cut_says_how_long_it_was_and_which_text() -> None:
    assert capped("short") == "short"
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    assert capped(TEXT) == f"{TEXT[:2000]} … ({len(TEXT):,} characters in all, SHA-256 {digest[:16]})"
    assert capped(f"{TEXT}a") != capped(f"{TEXT}b")
