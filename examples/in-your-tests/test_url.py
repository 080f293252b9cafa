"""A target that the tests serve themselves, with failures that are known."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from first import PIPELINES, Handler

from imagebuilder_conformance import check_target

KNOWN = Path(__file__).with_name("known.toml")


class Quiet(Handler):
    """The first version of the example emulator, without its log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where the emulator is."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_tokens_are_idempotent_but_for_what_is_known(url: str) -> None:
    """No failure is news, and none of the known ones is mended."""
    report = check_target(
        url,
        pipelines=sorted(PIPELINES),
        clauses=["idempotency.replay", "idempotency.mismatch"],
        known_failures=KNOWN,
    )
    assert report.gate is not None
    assert report.gate.verdict == "passed", report.gate.sentence
