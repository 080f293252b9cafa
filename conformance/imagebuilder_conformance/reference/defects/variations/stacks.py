"""Conformant variations: what frameworks, parsers and gateways do by default, before or around the application."""

import dataclasses
import json
import re
from typing import Any
from urllib.parse import unquote

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import Html, LoneSurrogatesRead, crash
from imagebuilder_conformance.reference.defects.registry import variation
from imagebuilder_conformance.reference.errors import Fault, HangUp
from imagebuilder_conformance.reference.messages import Answer, Call, Outcome
from imagebuilder_conformance.reference.validation import MAX_NESTING

_OFF_OPERATION = "errors.no-html.off-operation"

# Routing


@variation("path-spelled-in-any-way", warns=("wire.path.spelling",))
class PathSpelledInAnyWay(Behaviour):
    """Case, doubled slashes and segments below the path do not matter, as in Express, behind nginx, or mounted."""

    async def handle(self, call: Call) -> Outcome:
        """Bring the path into the form of the operation's."""
        path = re.sub("/+", "/", unquote(call.path))
        same = f"{path}/".lower().startswith(f"{self.operation.path}/".lower())
        return await super().handle(dataclasses.replace(call, path=self.operation.path if same else path))


@variation("path-percent-decoded")
class PathPercentDecoded(Behaviour):
    """The path is decoded before it is compared, as most frameworks do."""

    def serves_path(self, call: Call) -> bool:
        """Decode it."""
        return unquote(call.path) == self.operation.path


@variation("body-of-get-not-taken")
class BodyOfGetNotTaken(Behaviour):
    """A GET or DELETE with a body ends the connection, as RFC 9110 lets a server do."""

    async def handle(self, call: Call) -> Outcome:
        """Look at the body first."""
        if call.method in {"GET", "DELETE"} and call.body:
            raise HangUp
        return await super().handle(call)


@variation("query-string-not-found", warns=("wire.query-string", _OFF_OPERATION))
class QueryStringNotFound(Html):
    """A parameter in the query string that nobody declared is answered with the page of a 404, as in CherryPy."""

    async def answer(self, call: Call) -> Answer:
        """Look at the query string first."""
        if not call.query:
            return await super().answer(call)
        return self.page(Answer(404, b""), "Not Found")


# Reading


_EXTENSIONS = (
    (rb"\x00+$", b""),
    (rb"([{,]\s*)([A-Za-z]+)\s*:", rb'\1"\2":'),
    (rb":\s*0+([1-9])", rb": \1"),
    (rb":\s*None\b", b": null"),
    (rb"\\u([0-9a-f]{2})(?![0-9a-f])", rb"\\u00\1"),
)


@variation("json-extensions-read")
class JsonExtensionsRead(Behaviour):
    """Raw control characters, NUL behind the body, unquoted names, zeros before a number and the like are read."""

    def parse(self, body: bytes) -> Any:
        """Rewrite the extensions where the strict parser refuses, and read no further than the first object."""
        try:
            return super().parse(body)
        except Fault:
            plain = body
            for extension, json_of_it in _EXTENSIONS:
                plain = re.sub(extension, json_of_it, plain)
            try:
                document, end = json.JSONDecoder(strict=False).raw_decode(plain.decode())
            except (ValueError, RecursionError):
                pass
            else:
                if plain[end:].strip() in {b"", plain[:end]}:
                    return document
            raise


@variation("text-that-is-none-replaced")
class TextThatIsNoneReplaced(LoneSurrogatesRead):
    """Bytes that are not UTF-8, and surrogates without their pair, are read as U+FFFD, as in Go, Java and Node."""

    def parse(self, body: bytes) -> Any:
        """Replace in the bytes, and then in the token."""
        document = super().parse(body.decode(errors="replace").encode())
        if isinstance(document, dict) and isinstance(token := document.get("clientToken"), str):
            document["clientToken"] = re.sub("[\ud800-\udfff]", "\ufffd", token)
        return document


@variation("lone-surrogates-echoed")
class LoneSurrogatesEchoed(LoneSurrogatesRead):
    """A surrogate without its pair is read and echoed as an escape, as Python's json does by default."""


@variation("bytes-that-are-no-text-echoed")
class BytesThatAreNoTextEchoed(LoneSurrogatesRead):
    """A token that is no Unicode text is echoed in bytes that are not UTF-8, as where strings are bytes: C and Lua."""

    def parse(self, body: bytes) -> Any:
        """Keep each byte that is not UTF-8."""
        text = body.decode(errors="surrogateescape")
        return super().parse(re.sub("[\udc80-\udcff]", lambda byte: f"\\u{ord(byte[0]):04x}", text).encode())

    def encode(self, document: Any) -> bytes:
        """Write what can't be written."""
        return json.dumps(document, ensure_ascii=False).encode(errors="surrogatepass")


@variation("disputed-bodies-crash", warns=("request.body.unusual",))
class DisputedBodiesCrash(Behaviour):
    """What is not UTF-8, has a byte order mark, NaN or a member twice, ends in a server error."""

    def parse(self, body: bytes) -> Any:
        """Let their exceptions through."""
        try:
            return super().parse(body)
        except Fault as fault:
            if any(word in fault.message for word in ("UTF-8", "BOM", "NaN", "twice")):
                raise crash() from None
            raise


# Bodies that no client sends


@variation("deep-body-ends-in-recursion-error", warns=("request.body.deep-nesting.client-error", _OFF_OPERATION))
class DeepBodyEndsInRecursionError(Html):
    """The JSON parser gives up on a deeply nested body, and the framework answers its page of a server error."""

    async def answer(self, call: Call) -> Answer:
        """Raise what is no ValueError."""
        if max(call.body.count(b"["), call.body.count(b"{")) <= MAX_NESTING:
            return await super().answer(call)
        return self.page(Answer(500, b""), "Internal Server Error")


@variation("large-body-refused-by-gateway", warns=(_OFF_OPERATION,))
class LargeBodyRefusedByGateway(Html):
    """A gateway in front answers a large body with its own page, before the application sees it."""

    refuses_unread = True

    async def answer(self, call: Call) -> Answer:
        """Answer for the application."""
        return self.page(Answer(413, b""), "Request Entity Too Large") if call.oversized else await super().answer(call)


@variation("length-required-by-gateway", warns=(_OFF_OPERATION, "wire.chunked"))
class LengthRequiredByGateway(Html):
    """A gateway in front answers a body without a length with its own page, as RFC 9110 lets it."""

    async def answer(self, call: Call) -> Answer:
        """Answer for the application."""
        if "transfer-encoding" not in call.headers:
            return await super().answer(call)
        return self.page(Answer(411, b""), "Length Required")
