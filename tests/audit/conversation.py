"""What clients say to a target while somebody records it: every kind of call, and other traffic in between."""

from contextlib import suppress
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from playwright.sync_api import Browser, Page

from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.calls import OTHER_PIPELINE, PIPELINE

COOKIE = "a-cookie-that-nobody-may-see"
SESSION_TOKEN = "a-session-token-that-nobody-may-see"
UNKNOWN = f"{PIPELINE}-unknown"
# A token that is replayed, and one more; two pipelines; a request that breaks each member's schema.
CALLS = (
    ("first", PIPELINE),
    ("first", PIPELINE),
    ("second", OTHER_PIPELINE),
    ("first", OTHER_PIPELINE),
    ("third", UNKNOWN),
    ("x" * 37, PIPELINE),
    ("fourth", "not-an-arn"),
    ("first", PIPELINE),
)

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


def speak_by_sdk(endpoint: str, server: ReferenceServer) -> None:
    """Say it through AWS's SDK, at the endpoint of what records."""
    client: Any = boto3.client(
        "imagebuilder",
        endpoint_url=endpoint,
        region_name=server.region,
        aws_access_key_id=server.credentials.access_key_id,
        aws_secret_access_key=server.credentials.secret_access_key,
        aws_session_token=SESSION_TOKEN,
        config=Config(retries={"total_max_attempts": 1}),
    )
    client.meta.events.register("before-send.imagebuilder.*", _add_cookie)
    for token, pipeline in CALLS:
        with suppress(ClientError):
            client.start_image_pipeline_execution(clientToken=token, imagePipelineArn=pipeline)
    with suppress(ClientError):
        client.list_image_pipelines()


def _add_cookie(request: Any, **_: Any) -> None:
    request.headers["Cookie"] = f"session={COOKIE}"


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
