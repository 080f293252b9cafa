"""The conversation of `tests/audit`, said from a page in a browser."""

from playwright.sync_api import Browser, Page

from imagebuilder_conformance.reference.server import ReferenceServer
from tests.audit.conversation import CALLS, COOKIE
from tests.support.calls import PIPELINE

_FETCH = """([token, pipeline]) => fetch("/StartImagePipelineExecution", {
  method: "PUT",
  headers: {"Content-Type": "application/json"},
  body: JSON.stringify({clientToken: token, imagePipelineArn: pipeline}),
}).then(answer => answer.text())"""
_HANG_UP = """pipeline => {
  const leaving = new AbortController();
  const sent = fetch("/StartImagePipelineExecution", {
    method: "PUT",
    headers: {"Content-Type": "application/json"},
    body: JSON.stringify({clientToken: "left alone", imagePipelineArn: pipeline}),
    signal: leaving.signal,
  });
  leaving.abort();
  return sent.catch(() => null);
}"""


def speak_by_browser(browser: Browser, server: ReferenceServer, har: str) -> None:
    """Say it from a page, and let Playwright record it; the target must not verify signatures."""
    context = browser.new_context(record_har_path=har)
    try:
        context.add_cookies([{"name": "session", "value": COOKIE, "url": server.url}])
        page: Page = context.new_page()
        page.goto(server.url)
        for token, pipeline in CALLS:
            page.evaluate(_FETCH, [token, pipeline])
        page.evaluate(_HANG_UP, PIPELINE)
    finally:
        # It writes the HAR when it is closed.
        context.close()
