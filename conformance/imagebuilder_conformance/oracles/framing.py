"""Answers as strict clients read them: the bytes of the head, of the chunks, and behind the end.

What RFC 9112 and RFC 9110 forbid, and at least one client that AWS's SDKs stand on ends with (docs/framing.md).
Python's client, with which this suite asks, reads over most of it. An answer such as gateways give in place of the
target's says nothing of the target.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault
from imagebuilder_conformance.client.wire import Wire
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.passive import Judge, passive
from imagebuilder_spec import Contract

_STATUS_LINE, _LINE_ENDS = "framing.status-line", "framing.line-ends"
_NAMES, _VALUES, _FOLDING = "framing.field-names", "framing.field-values", "framing.folding"
_SINGLE, _DIGITS, _BESIDE_CHUNKS = (f"framing.content-length.{name}" for name in ("single", "digits", "chunked"))
_SIZE, _CHUNKS = "framing.head-size", "framing.chunks"
_COMPLETE, _END, _NONE = "framing.body.complete", "framing.body.end", "framing.body.none"

_HEAD_RULES = (_STATUS_LINE, _LINE_ENDS, _NAMES, _VALUES, _FOLDING, _SINGLE, _DIGITS, _BESIDE_CHUNKS, _SIZE)
_ALL = ("operation", "request", "errors", "idempotency", "wire")

# RFC 9110, section 5.6.2, and RFC 9112, sections 4 and 7.1.
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_TEXT = rb"[\t \x21-\x7e\x80-\xff]*"
_STATUS = re.compile(rb"HTTP/\d\.\d \d{3} " + _TEXT)
_NAME, _VALUE = re.compile(_TOKEN), re.compile(_TEXT)
_CHUNK = re.compile(rb"[0-9A-Fa-f]+(?:;" + _TEXT + rb")?")
# aiohttp reads lines of 8,190 bytes, Node.js heads of 16 KiB, Python 100 fields.
_LONGEST_LINE, _LONGEST_HEAD, _MOST_FIELDS = 8_190, 16_384, 100
# Another answer where none was asked for: that a connection ends for idleness, or what is made of an unread body.
_ANOTHER_ANSWER = b"HTTP/"
_WITHOUT_BODY = frozenset({204, 304})
# So many requests none of whose tries was answered otherwise are no chance.
_CUTS = 3
_QUOTED = 80


class Misframed(Failure):
    """The bytes of an answer are such as strict clients end with."""

    code = "answer.misframed"
    title = "Strict clients can't read an answer"
    hint = (
        "Let the server's HTTP library write status line, fields and length, and write nothing beside it. "
        "docs/framing.md says which clients end with what."
    )


@dataclass(frozen=True, slots=True)
class _Breach:
    clause: str
    expected: str
    quoted: bytes


@passive("answers.framing", *_HEAD_RULES, _CHUNKS, _COMPLETE, _END, _NONE, stimuli=_ALL)
def framed(contract: Contract, memory: Memory) -> Judge:  # noqa: ARG001  # what makes a judge is given it
    """Every answer is framed so that strict clients read it: its head, its length, its chunks, its end."""
    return _Judge()


class _Judge:
    def __init__(self) -> None:
        self._cut: list[Exchange] = []
        self._overcome = False

    def __call__(self, exchange: Exchange) -> Iterator[Finding]:
        for attempt in exchange.attempts:
            wire, answer = attempt.wire, attempt.answer
            if wire is None or (answer is not None and answer.may_be_a_gateways):
                continue
            breaches = list(_breaches(attempt, wire))
            for breach in breaches:
                yield Misframed(breach.clause, breach.expected, _quoted(breach.quoted), (exchange,))
            if answer is not None:
                broken = {breach.clause for breach in breaches}
                yield from (Held(clause) for clause in _shown(answer.status, wire) if clause not in broken)
        ends = [_end_of(attempt) for attempt in exchange.attempts]
        if any(ends):
            self._overcome = self._overcome or len(set(ends)) > 1
            self._cut = [*self._cut, exchange][:_CUTS]

    def conclude(self) -> Iterator[Finding]:
        """Answers that end at the same byte each time they are asked for are shorter than they say.

        So are those that stand still there. A connection that breaks, or a server that is slow, does so elsewhere each
        time, and is overcome now and then.
        """
        if len(self._cut) < _CUTS or self._overcome:
            return
        last = self._cut[-1]
        received = f"an end after {_end_of(last.attempts[0])} bytes, {len(last.attempts)} times in a row"
        yield Misframed(_COMPLETE, "as much of a body as the head says", received, (last,))

    def notes(self) -> Iterator[str]:
        """There are none."""
        yield from ()


def _shown(status: int, wire: Wire) -> Iterator[str]:
    """The clauses that an answer which came whole shows to be kept, if it does not break them."""
    yield from _HEAD_RULES
    yield _COMPLETE
    yield _NONE if status in _WITHOUT_BODY else _END
    if wire.chunks:
        yield _CHUNKS


def _breaches(attempt: Attempt, wire: Wire) -> Iterator[_Breach]:
    head = _lines(wire.head)
    if attempt.fault is Fault.CUT:
        # The last line may be half a one.
        head = head[:-1]
    yield from _of_head(head)
    yield from _of_size(wire.head, head)
    yield from _of_chunks(_lines(wire.chunks), cut=attempt.fault is Fault.CUT)
    status = None if attempt.answer is None else attempt.answer.status
    for surplus in (wire.after, wire.before):
        if surplus and not surplus.startswith(_ANOTHER_ANSWER):
            nothing = surplus is wire.after and status in _WITHOUT_BODY
            yield _Breach(_NONE if nothing else _END, "nothing behind the end of the answer", surplus)


def _lines(data: bytes) -> list[bytes]:
    """The lines with their ends; a bare CR ends none."""
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def _of_head(lines: list[bytes]) -> Iterator[_Breach]:
    fields: list[bytes] = []
    begins = True
    for whole in lines:
        line = whole.rstrip(b"\n").removesuffix(b"\r")
        if whole.endswith(b"\n") and not whole.endswith(b"\r\n"):
            yield _Breach(_LINE_ENDS, "lines that end in CR LF", whole)
        if begins:
            if not _STATUS.fullmatch(line):
                yield _Breach(_STATUS_LINE, "version, blank, three digits, blank, and a reason or none", line)
            fields, begins = [], False
        elif not line:
            # What follows is the head of the final answer.
            begins = True
        elif line[:1] in b" \t":
            yield _Breach(_FOLDING, "each field on a line of its own", line)
        else:
            fields.append(line)
            yield from _of_field(line)
    yield from _of_lengths(_named(b"content-length", fields), _named(b"transfer-encoding", fields))


def _of_field(line: bytes) -> Iterator[_Breach]:
    name, colon, value = line.partition(b":")
    if not colon or not _NAME.fullmatch(name):
        yield _Breach(_NAMES, "a name without blanks or control characters, and a colon", line)
    if not _VALUE.fullmatch(value):
        yield _Breach(_VALUES, "a value without control characters", line)


def _named(name: bytes, fields: list[bytes]) -> list[bytes]:
    """The fields of this name, in their order."""
    return [field for field in fields if field.partition(b":")[0].strip().lower() == name]


def _values(fields: list[bytes]) -> list[bytes]:
    """What fields list, in their order."""
    return [part.strip(b" \t") for field in fields for part in field.partition(b":")[2].split(b",")]


def _of_lengths(lengths: list[bytes], codings: list[bytes]) -> Iterator[_Breach]:
    chunked = [coding for coding in _values(codings) if coding.lower() == b"chunked"]
    values = _values(lengths)
    if len(values) > 1:
        yield _Breach(_SINGLE, "one Content-Length", b"\r\n".join(lengths))
    if not all(value.isdigit() for value in values):
        yield _Breach(_DIGITS, "a Content-Length of digits only", b"\r\n".join(lengths))
    if lengths and chunked:
        beside = b"\r\n".join([*lengths, *codings])
        yield _Breach(_BESIDE_CHUNKS, "no Content-Length beside Transfer-Encoding: chunked", beside)
    if len(chunked) > 1:
        yield _Breach(_CHUNKS, "chunked once", b"\r\n".join(codings))


def _of_size(head: bytes, lines: list[bytes]) -> Iterator[_Breach]:
    longest = max(lines, key=len, default=b"")
    fields = sum(1 for line in lines if line.strip()) - 1
    if len(longest.rstrip()) > _LONGEST_LINE:
        yield _Breach(_SIZE, f"lines of at most {_LONGEST_LINE:,} bytes", longest)
    elif len(head) > _LONGEST_HEAD:
        yield _Breach(_SIZE, f"a head of at most {_LONGEST_HEAD:,} bytes, not of {len(head):,}", head)
    elif fields > _MOST_FIELDS:
        yield _Breach(_SIZE, f"at most {_MOST_FIELDS} fields, not {fields} or more", head)


def _of_chunks(lines: list[bytes], *, cut: bool) -> Iterator[_Breach]:
    last = False
    for whole in lines[:-1] if cut else lines:
        line = whole.rstrip(b"\n").removesuffix(b"\r")
        if not whole.endswith(b"\r\n"):
            yield _Breach(_CHUNKS, "lines between chunks that end in CR LF", whole)
        elif last and line:
            name, colon, value = line.partition(b":")
            if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
                yield _Breach(_CHUNKS, "a trailer of fields", whole)
        elif not last and not _CHUNK.fullmatch(line):
            yield _Breach(_CHUNKS, "the size of a chunk in hexadecimal digits, without blanks", whole)
        last = last or line.split(b";")[0].strip(b"0 \t") == b""


def _end_of(attempt: Attempt) -> int | None:
    """After how many bytes an answer was cut that had begun and said where it ends; None for any other.

    One whose body ends with the connection says nothing of its length. That the connection ends in a reset shows no
    more than that the server had refused the request before it read the whole of it.
    """
    wire = attempt.wire
    if wire is None or attempt.fault not in {Fault.CUT, Fault.TIMEOUT} or not wire.has_begun:
        return None
    return wire.received if _says_its_end(wire.head) else None


def _says_its_end(head: bytes) -> bool:
    """Whether a head has a length or chunks."""
    fields = _lines(head)
    return bool(_named(b"content-length", fields) or _named(b"transfer-encoding", fields))


def _quoted(line: bytes) -> str:
    shown = repr(line[:_QUOTED])[2:-1]
    return f'"{shown}"' if len(line) <= _QUOTED else f'"{shown}…" of {len(line):,} bytes'
