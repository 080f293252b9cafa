#!/usr/bin/env bash
# requests: HTTPAdapter(max_retries=3) sends a PUT again that the server has read and answered.
#
# Guess: what the class itself says, that such retries are for failed look-ups and connections, "never to requests where
# data has made it to the server". So a PUT that is answered 503 is sent once.
#
# Seen with requests 2.34.2 on urllib3 2.8.0: that holds for a 503 without Retry-After. One that carries the header is
# followed by three more sendings of the same body, also with `Retry-After: 0`; urllib3 honours the header for 413, 429 and
# 503 whenever there are retries left, and PUT is a method that it takes for idempotent. A POST is sent once.
#
# Who feels it: a PUT that starts a build and carries no client token starts four of them, and one that carries a token
# reaches the server four times for one call, without any retry code in sight.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check requests==2.34.2 urllib3==2.8.0

"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from requests.adapters import HTTPAdapter

bodies = []


class Unavailable(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(503)
        if self.path == "/later":
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_POST = answer

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Unavailable)
threading.Thread(target=server.serve_forever, daemon=True).start()
session = requests.Session()
session.trust_env = False
session.mount("http://", HTTPAdapter(max_retries=3))
for method, path in (("PUT", "/now"), ("PUT", "/later"), ("POST", "/later")):
    bodies.clear()
    try:
        came = session.request(method, f"http://127.0.0.1:{server.server_port}{path}", data=b"one call").status_code
    except requests.RequestException as error:
        came = type(error).__name__
    print(f"{method} {path}: {came} after {len(bodies)} sendings of {set(bodies)}")
server.shutdown()
PYTHON

diff "$folder/seen" - <<'EXPECTED'
PUT /now: 503 after 1 sendings of {b'one call'}
PUT /later: 503 after 4 sendings of {b'one call'}
POST /later: 503 after 1 sendings of {b'one call'}
EXPECTED
