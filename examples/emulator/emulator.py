"""An emulator of StartImagePipelineExecution that keeps the contract, with the standard library alone.

Usage: python emulator.py [PORT]
"""

import itertools
import json
import re
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATH = "/StartImagePipelineExecution"
PIPELINES = {f"arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-{name}" for name in "ab"}
PIPELINE_ARN = re.compile(r"arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image-pipeline/[a-z0-9-_]+")
LONGEST_TOKEN = 36
LARGEST_BODY = 100_000


class RefusedError(Exception):
    """A request is refused with one of the operation's errors."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def route(target: str) -> None:
    """See that a request is for the operation, with or without host and query. Raises `RefusedError`."""
    if re.sub("^https?://[^/]*", "", target).partition("?")[0] != PATH:
        raise RefusedError(404, "UnknownOperationException", "There is no such operation.")


def parse(body: bytes) -> dict[str, Any]:
    """The members of a request. Raises `RefusedError`."""
    try:
        members = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise RefusedError(400, "InvalidRequestException", "The body is not JSON.") from None
    if not isinstance(members, dict):
        raise RefusedError(400, "InvalidRequestException", "The body is not a JSON object.")
    return members


def validate(members: dict[str, Any]) -> tuple[str, str]:
    """The token and the pipeline of a request. Raises `RefusedError`."""
    token, pipeline = members.get("clientToken"), members.get("imagePipelineArn")
    if not isinstance(token, str) or not 1 <= len(token) <= LONGEST_TOKEN:
        raise RefusedError(400, "ClientException", f"clientToken must be a string of 1 to {LONGEST_TOKEN} characters.")
    if not isinstance(pipeline, str) or not PIPELINE_ARN.fullmatch(pipeline):
        raise RefusedError(400, "ClientException", "imagePipelineArn must be the ARN of an image pipeline.")
    return token, pipeline


class Images:
    """The images that were started, each with the request that started it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._builds = itertools.count(1)
        self._started: dict[str, tuple[str, str]] = {}

    def start(self, token: str, pipeline: str) -> str:
        """The image of a token, started if it is new. Raises `RefusedError`."""
        with self._lock:
            if token in self._started:
                first, image = self._started[token]
                if first != pipeline:
                    raise RefusedError(400, "IdempotentParameterMismatchException", "The token was used before.")
                return image
            if pipeline not in PIPELINES:
                raise RefusedError(404, "ResourceNotFoundException", f"There is no {pipeline}.")
            scope = pipeline.rpartition(":")[0]
            image = f"{scope}:image/recipe/1.0.0/{next(self._builds)}"
            self._started[token] = pipeline, image
            return image


IMAGES = Images()


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        """Start an image, or refuse to."""
        request_id = str(uuid.uuid4())
        try:
            body = self.body()
            # Not self.path, in which http.server makes one slash of two.
            route(self.requestline.split()[1])
            token, pipeline = validate(parse(body))
            image = IMAGES.start(token, pipeline)
        except RefusedError as refusal:
            self.answer(refusal.status, {"message": str(refusal)}, request_id, refusal.code)
        else:
            members = {"requestId": request_id, "clientToken": token, "imageBuildVersionArn": image}
            self.answer(200, members, request_id)

    def body(self) -> bytes:
        """The body, all of it read, so that the connection can be used again. Raises `RefusedError`."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(iter(self.chunk, b""))
        length = int(self.headers.get("Content-Length", 0))
        if length > LARGEST_BODY:
            # A connection that is closed with bytes unread is reset, and the client may never see the answer.
            self.close_connection = True
            while length > 0 and (part := self.rfile.read(min(length, LARGEST_BODY))):
                length -= len(part)
            raise RefusedError(400, "InvalidRequestException", f"The body is larger than {LARGEST_BODY} bytes.")
        return self.rfile.read(length)

    def chunk(self) -> bytes:
        """The next chunk of a body; empty after the last one."""
        size = int(self.rfile.readline().partition(b";")[0], 16)
        data = self.rfile.read(size)
        self.rfile.readline()
        return data

    def send_error(self, *_: object, **__: object) -> None:
        """Refuse what http.server itself refuses, such as other methods, but not with its page of HTML."""
        self.close_connection = True
        self.rfile.read(int(getattr(self, "headers", {}).get("Content-Length", 0)))  # what is left unread resets it
        refusal = RefusedError(405, "UnknownOperationException", "There is no such operation.")
        self.answer(refusal.status, {"message": str(refusal)}, str(uuid.uuid4()), refusal.code)

    def answer(self, status: int, members: dict[str, str], request_id: str, code: str | None = None) -> None:
        """Send a JSON object, and the code of an error."""
        body = json.dumps(members).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", request_id)
        if code is not None:
            self.send_header("x-amzn-ErrorType", code)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 8480), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201  # it is a program
    server.serve_forever()
