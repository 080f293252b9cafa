"""Makes the recordings beside it with the tools that people record with: mitmproxy and Chromium.

    python -m tests.audit.make_recordings path/to/mitmdump

mitmproxy wants other releases of our dependencies, so it comes from a virtual environment of its own:
`python3 -m venv there && there/bin/pip install mitmproxy`.
"""

import socket
import subprocess
import sys
import time
from pathlib import Path

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.reference.server import ReferenceServer
from tests.audit.conversation import speak_by_browser, speak_by_sdk
from tests.browser.chromium import launched
from tests.support.ports import free_port
from tests.support.runs import serving

RECORDINGS = Path(__file__).parent / "recordings"
BROKEN = "token-ignored"
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
    for har in RECORDINGS.glob("*.har"):
        # As every text of the tree ends.
        har.write_text(har.read_text(encoding="utf-8").rstrip("\n") + "\n", encoding="utf-8")


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
