"""On http.server of the standard library: no dependency, HTTP/1.0, a thread for each connection.

Usage: python http_server.py PORT. Left out: bodies in chunks, for which http.server leaves the reading to its user.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from operation import PATH, RefusedError, parse, start, unknown_operation


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    def do_PUT(self) -> None:
        """Start an image, or refuse to."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            self.answer(200, self.image(body))
        except RefusedError as refusal:
            self.answer(refusal.status, refusal.members())
        except Exception:
            self.answer(500, {"__type": "ServiceException", "message": "Something went wrong."})
            raise

    def image(self, body: bytes) -> dict[str, str]:
        """The image that a request starts. Raises `RefusedError`."""
        if self.path.partition("?")[0] != PATH:
            raise unknown_operation()
        return start(parse(body))

    def send_error(self, *_: object, **__: object) -> None:
        """Refuse what http.server itself refuses, such as other methods, but not with its page of HTML."""
        self.answer(405, unknown_operation().members())

    def answer(self, status: int, members: dict[str, str]) -> None:
        """Send a JSON object."""
        body = json.dumps(members).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
