"""A first version of an emulator, as one writes it on the first evening. It works, and keeps few of the promises.

Usage: python first.py [PORT]
"""

import itertools
import json
import sys
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIPELINES = {f"arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-{name}" for name in "ab"}
IMAGES: dict[str, str] = {}
BUILDS = itertools.count(1)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        """Start an image, or find the one that the token has started."""
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token, pipeline = request["clientToken"], request["imagePipelineArn"]
        if pipeline not in PIPELINES:
            self.answer(404, {"__type": "ResourceNotFoundException", "message": f"There is no {pipeline}."})
            return
        if token not in IMAGES:
            IMAGES[token] = f"arn:aws:imagebuilder:us-east-1:123456789012:image/recipe/1.0.0/{next(BUILDS)}"
        self.answer(200, {"requestId": str(uuid.uuid4()), "clientToken": token, "imageBuildVersionArn": IMAGES[token]})

    def answer(self, status: int, members: dict[str, str]) -> None:
        """Send a JSON object."""
        body = json.dumps(members).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 8480), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201  # it is a program
    server.serve_forever()
