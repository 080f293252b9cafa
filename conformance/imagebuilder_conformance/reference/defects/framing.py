"""Defects in how an answer is framed: heads, lengths and chunks that Python's client reads over, and stricter ones not.

Where Python's client reads them neither, only the answers 404 are framed so: of a target that answers nothing nobody
can say more.
"""

import re
from collections.abc import Callable

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.messages import Answer, Call, Outcome

Framing = Callable[[bytes, bytes], bytes]
"""Puts head and body together."""

_LENGTH = re.compile(rb"content-length: (\d+)\r\n")


def _head(pattern: bytes, by: bytes) -> Framing:
    """Write what of the head the pattern finds otherwise."""
    return lambda head, body: re.sub(pattern, by, head) + body


def _field(line: bytes) -> Framing:
    """Add a line to the head."""
    return lambda head, body: head[:-2] + line + b"\r\n\r\n" + body


def _behind(surplus: bytes) -> Framing:
    """Add something behind the body."""
    return lambda head, body: head + body + surplus


def _chunked(
    size: Callable[[int], bytes] = b"%x".__mod__, *, trailer: bytes = b"", length: bool = False, times: int = 1
) -> Framing:
    """Send the body in one chunk."""

    def frame(head: bytes, body: bytes) -> bytes:
        coding = b"transfer-encoding: chunked\r\n" * times
        head = _LENGTH.sub(rb"\g<0>" + coding if length else coding, head)
        return head + size(len(body)) + b"\r\n" + body + b"\r\n0\r\n" + trailer + b"\r\n"

    return frame


def _longer_than_it_is(head: bytes, body: bytes) -> bytes:
    head = _LENGTH.sub(lambda found: b"content-length: %d\r\nconnection: close\r\n" % (int(found[1]) + 5), head)
    return head + body


_DEFECTS: tuple[tuple[str, str, Framing, bool, str], ...] = (
    ("length-twice", "content-length.single", _head(_LENGTH.pattern, rb"\g<0>\g<0>"), False,
     "The length of a body is written twice, by the application and by the server."),
    ("lengths-differ", "content-length.single", _head(_LENGTH.pattern, rb"\g<0>content-length: 7\r\n"), True,
     "A 404 has two lengths, the second that of another body."),
    ("length-signed", "content-length.digits", _head(rb"content-length: ", b"content-length: +"), False,
     "The length of a body is written with a sign."),
    ("length-beside-chunks", "content-length.chunked", _chunked(length=True), False,
     "A body comes in chunks, and its length is written too."),
    ("bare-line-feeds", "line-ends", _head(rb"\r\n", b"\n"), False,
     "The lines of a head end in a line feed alone."),
    ("field-folded", "folding", _field(b"x-trace: one\r\n two"), False,
     "A long field goes on in the next line."),
    ("field-name-with-blank", "field-names", _field(b"x-powered by: magic"), False,
     "The name of a field has a blank in it."),
    ("field-blank-before-colon", "field-names", _field(b"x-powered-by : magic"), False,
     "A blank stands before the colon of a field."),
    ("field-value-with-control", "field-values", _field(b"x-note: one\x01two"), False,
     "The value of a field has a control character in it."),
    ("reason-and-blank-missing", "status-line", _head(rb"^(HTTP/1.1 \d{3})[^\r]*", rb"\1"), False,
     "The status line ends with the status."),
    ("line-of-9-kilobytes", "head-size", _field(b"x-trace: " + b"a" * 9_000), False,
     "A field has 9,000 characters."),
    ("head-of-20-kilobytes", "head-size", _field(b"\r\n".join([b"x-trace: " + b"a" * 1_000] * 20)), False,
     "A head has 20 KiB."),
    ("fields-by-the-hundred", "head-size", _field(b"\r\n".join([b"x-trace: a"] * 150)), True,
     "A 404 has 150 fields."),
    ("junk-behind-the-body", "body.end", _behind(b"null"), False,
     "Something more is written behind the body."),
    ("length-too-small", "body.end", _head(_LENGTH.pattern, b"content-length: 2\r\n"), True,
     "A 404 is longer than its head says."),
    ("length-too-large", "body.complete", _longer_than_it_is, True,
     "A 404 is shorter than its head says, and the connection ends."),
    ("chunked-twice", "chunks", _chunked(times=2), False,
     "The framework and the server both say that a body comes in chunks, in which it comes once."),
    ("chunk-size-signed", "chunks", _chunked(b"+%x".__mod__), False,
     "The size of a chunk is written with a sign."),
    ("chunk-size-prefixed", "chunks", _chunked(b"0x%x".__mod__), False,
     "The size of a chunk is written as programs write hexadecimal numbers."),
    ("trailer-malformed", "chunks", _chunked(trailer=b"the end\r\n"), False,
     "A line that is no field follows the last chunk."),
)  # fmt: skip


def _framed(framing: Framing, *, only_404: bool) -> type[Behaviour]:
    class Framed(Behaviour):
        reframes = True

        def frame(self, head: bytes, body: bytes) -> bytes:
            """Frame it otherwise."""
            if only_404 and not head.startswith(b"HTTP/1.1 404"):
                return super().frame(head, body)
            return framing(head, body)

    return Framed


def _register() -> None:
    for name, clause, framing, only_404, sentence in _DEFECTS:
        behaviour = _framed(framing, only_404=only_404)
        behaviour.__name__ = behaviour.__qualname__ = name.title().replace("-", "")
        behaviour.__doc__ = sentence
        behaviour.__module__ = __name__
        defect(f"framing-{name}", breaks=f"framing.{clause}")(behaviour)


_register()


@defect("framing-body-of-204", breaks="framing.body.none")
class BodyOf204(Behaviour):
    """A replay is answered with the status 204, which has no body, and with the body of the first answer."""

    reframes = True

    def succeed(self, call: Call, outcome: Outcome) -> Answer:
        """Mark replays."""
        answer = super().succeed(call, outcome)
        if outcome.replayed:
            answer.headers["x-replayed"] = "yes"
        return answer

    def frame(self, head: bytes, body: bytes) -> bytes:
        """Change the status of what is marked."""
        if b"x-replayed" not in head:
            return super().frame(head, body)
        return re.sub(rb"^HTTP/1.1 \d{3}[^\r]*", b"HTTP/1.1 204 No Content", _LENGTH.sub(b"", head)) + body
