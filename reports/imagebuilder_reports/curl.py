"""A recorded exchange as a line for the shell, which signs itself anew: with the environment's keys, else the dummy."""

import base64
import gzip
import shlex
from collections.abc import Iterator

from imagebuilder_reports.bodies import body_bytes
from imagebuilder_reports.events import ExchangeRecord, RequestRecord
from imagebuilder_reports.legible import printable
from imagebuilder_reports.runners import inert

DUMMY_KEY = "imagebuilder-conformance"
"""Both halves of the key that the suite signs with where nobody gave one."""

_SIGNING_NAME = "imagebuilder"
_WEB = ("http://", "https://")
# The signature is made anew, and curl sees to the rest by itself.
_LEFT_OUT = frozenset(
    {
        "accept-encoding",
        "authorization",
        "content-length",
        "host",
        "user-agent",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
    }
)
_SENT_BY_CURL = frozenset({("accept", "*/*"), ("connection", "keep-alive")})
_BODILESS = frozenset({"GET", "HEAD"})
# Linux takes no single argument beyond 128 KiB; what is piped in has no such limit.
_LONGEST_ARGUMENT = 100_000


def curl_line(exchange: ExchangeRecord, region: str) -> str:
    """A line for bash or zsh that sends the request of an exchange again.

    It takes `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, where the request had a session token,
    `AWS_SESSION_TOKEN` from the environment, and the dummy key where they are not set, as a run does. A request that
    was sent unsigned is sent unsigned again.

    Args:
        exchange: What to send.
        region: The region to sign for.
    """
    request = exchange.request
    content = body_bytes(request.body)
    text = _as_argument(content)
    options = [*_method(request), *_signature(request, region), *_headers(request)]
    if text is None:
        return f"{_producer(content)} | {' '.join(['curl', *options, '--data-binary', '@-'])}"
    data = ["--data-binary", _quoted(text)] if text or request.method not in _BODILESS else []
    return " ".join(["curl", *options, *data])


def _method(request: RequestRecord) -> Iterator[str]:
    yield "--silent --show-error --include"
    yield "--head" if request.method == "HEAD" else f"--request {_quoted(request.method)}"
    if set("[]{}") & set(request.url):
        yield "--globoff"
    if request.absolute:
        yield f"--request-target {_quoted(request.url)}"
    if request.url.startswith(_WEB):
        yield _quoted(request.url)
    else:
        # Of a report that others made: nothing in it is an option of curl or names a file of this machine.
        yield f"--proto =http,https --url {_quoted(request.url)}"


def _signature(request: RequestRecord, region: str) -> Iterator[str]:
    names = {name.lower() for name, _ in request.headers}
    if "authorization" in names:
        yield f"--aws-sigv4 {_quoted(f'aws:amz:{region}:{_SIGNING_NAME}')}"
        yield f'--user "${{AWS_ACCESS_KEY_ID:-{DUMMY_KEY}}}:${{AWS_SECRET_ACCESS_KEY:-{DUMMY_KEY}}}"'
    if "x-amz-security-token" in names:
        yield '-H "x-amz-security-token: $AWS_SESSION_TOKEN"'


def _headers(request: RequestRecord) -> Iterator[str]:
    for name, value in request.headers:
        # Of `-H @name` curl reads a file.
        if name.lower() not in _LEFT_OUT and (name.lower(), value) not in _SENT_BY_CURL and name[:1] != "@":
            yield f"-H {_quoted(f'{name}: {value}' if value else f'{name};')}"
    if "content-type" not in {name.lower() for name, _ in request.headers}:
        yield "-H content-type:"


def _quoted(text: str) -> str:
    """A word for the shell on one line; what can't be printed stands in it as an escape that bash and zsh know."""
    if text.isprintable() and inert(text) == text:
        return shlex.quote(text)
    plain = "".join(char if char.isprintable() and char not in "\\'#" else _escaped(char) for char in text)
    return f"$'{plain}'"


def _escaped(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))


def _as_argument(content: bytes) -> str | None:
    """The content as it may stand in the line; None for what a shell, a terminal or curl would take for more."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    plain = printable(text) == text and "\t" not in text and not text.startswith("@")
    plain = plain and len(content) < _LONGEST_ARGUMENT
    return text if plain else None


def _producer(content: bytes) -> str:
    """A command that prints the content, compressed where that makes the line shorter."""
    packed = gzip.compress(content, mtime=0)
    smaller = len(packed) < len(content)
    encoded = base64.b64encode(packed if smaller else content).decode("ascii")
    return f"printf %s {shlex.quote(encoded)} | base64 -d" + (" | gunzip" if smaller else "")
