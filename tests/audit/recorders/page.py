"""A page before a target that makes calls when it is loaded, for browsers that nobody drives."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

_PAGE = """<!doctype html><title>calls</title><script>
(async () => {
  for (const [clientToken, imagePipelineArn] of CALLS) {
    const answer = await fetch("/StartImagePipelineExecution", {
      method: "PUT",
      headers: {"Content-Type": "application/json"},
      body: JSON.stringify({clientToken, imagePipelineArn}),
    });
    await answer.text();
  }
})();
</script>
"""


# Developer tools take a while to be there; they note what is loaded after that.
_ENTRANCE = b"<!doctype html><script>setTimeout(() => location.assign('/calls'), 8000)</script>"


@contextmanager
def page_before(target: str, calls: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The URL of the page; all that is not the page is the target's."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            pages = {"/": _ENTRANCE, "/calls": _PAGE.replace("CALLS", json.dumps(calls)).encode()}
            self._answer(200, [("Content-Type", "text/html")], pages.get(self.path, b""))

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = Request(target + self.path, body, {"Content-Type": self.headers["Content-Type"]}, method="PUT")
            try:
                with urlopen(asked, timeout=30) as answer:
                    self._answer(answer.status, answer.headers.items(), answer.read())
            except HTTPError as error:
                self._answer(error.code, error.headers.items(), error.read())

        def _answer(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in ("content-length", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
