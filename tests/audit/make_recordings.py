"""Makes the recordings beside it with the tools that people record with.

    python -m tests.audit.make_recordings path/to/mitmdump

Chromium by Playwright, botocore's debug log, vcrpy (to be installed beside the tests), and mitmproxy, which wants other
releases of our dependencies and so comes from a virtual environment of its own:
`python3 -m venv there && there/bin/pip install mitmproxy`.
"""

import io
import logging
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.reference.server import ReferenceServer
from tests.audit.conversation import BROKEN, RECORDINGS, speak_by_sdk
from tests.browser.chromium import launched
from tests.browser.speaking import speak_by_browser
from tests.support.ports import free_port
from tests.support.runs import serving

_PATIENCE = 30


def main(mitmdump: str) -> None:
    """Record a conformant target and a broken one, with each tool."""
    RECORDINGS.mkdir(exist_ok=True)
    behaviours: dict[str, type[Behaviour]] = {
        "conformant": Behaviour,
        "broken": catalogue.find_defect(BROKEN).behaviour,
    }
    for name, behaviour in behaviours.items():
        with serving(behaviour, verify_signatures=False) as server:
            record_by_mitmproxy(mitmdump, server, RECORDINGS / f"mitmproxy-{name}.har")
        with serving(behaviour, verify_signatures=False) as server, launched() as browser:
            speak_by_browser(browser, server, str(RECORDINGS / f"chromium-{name}.har"))
        with serving(behaviour, verify_signatures=False) as server:
            record_by_botocore(server, RECORDINGS / f"botocore-{name}.log")
        with serving(behaviour, verify_signatures=False) as server:
            record_by_vcrpy(server, RECORDINGS / f"vcrpy-{name}.yaml")
    for har in RECORDINGS.glob("*.har"):
        # As every text of the tree ends.
        har.write_text(har.read_text(encoding="utf-8").rstrip("\n") + "\n", encoding="utf-8")


def record_by_botocore(server: ReferenceServer, log: Path) -> None:
    """Let botocore tell what it sends and gets, in the form of `boto3.set_stream_logger("")`."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s [%(levelname)s] %(message)s"))
    loggers = [logging.getLogger(name) for name in ("botocore", "urllib3")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        speak_by_sdk(server.url, server)
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)
    # Without what names the machine, and without what is many and says nothing of calls.
    lines = [line for line in said.getvalue().splitlines() if not re.search(r" botocore\.(hooks|loaders) ", line)]
    log.write_text(_anonymous("\n".join(lines)) + "\n", encoding="utf-8")


def record_by_vcrpy(server: ReferenceServer, cassette: Path) -> None:
    """Let vcrpy record a conversation."""
    import vcr

    cassette.unlink(missing_ok=True)
    with vcr.use_cassette(str(cassette), record_mode="all", filter_headers=["User-Agent", "Cookie"]):
        speak_by_sdk(server.url, server)


def _anonymous(text: str) -> str:
    return re.sub(r"os/\S+ md/arch#\S+", "os/linux", text)


def record_by_mitmproxy(mitmdump: str, server: ReferenceServer, har: Path) -> None:
    """Let mitmproxy record a conversation, as a reverse proxy before the target."""
    port = free_port()
    options = ["--set", f"hardump={har}", "--set", "keep_host_header=true", "--listen-host", "127.0.0.1", "--quiet"]
    words = [mitmdump, *options, "--listen-port", str(port), "--mode", f"reverse:{server.url}"]
    with subprocess.Popen(words) as proxy:
        try:
            _wait_for(port)
            speak_by_sdk(f"http://127.0.0.1:{port}", server)
        finally:
            # It writes the HAR when it is told to end.
            proxy.terminate()


def _wait_for(port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"waited {_PATIENCE} s for the proxy")


if __name__ == "__main__":
    main(sys.argv[1])
