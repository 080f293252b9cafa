"""The bytes of an answer beside its body, as they came: what lenient clients read over, and strict ones end with."""

from dataclasses import dataclass

# More than any head that a client reads.
_LONGEST = 65_536
# So much of what lies behind an answer shows what it is.
_GLIMPSE = 200
# How an answer begins, if perhaps not as it should.
_ANSWER = b"http"


@dataclass(frozen=True, slots=True)
class Wire:
    """What framed an answer.

    `head` is the status line and the fields, of interim answers too; `chunks` are the lines before chunks and the
    trailer; both only begin, if they are longer than anybody reads. `after` is what came behind the end of the
    answer, `before` what came on the connection before this one and is no part of it. `received` is how many bytes
    came, of head and body together.
    """

    head: bytes = b""
    chunks: bytes = b""
    after: bytes = b""
    before: bytes = b""
    received: int = 0

    @property
    def has_begun(self) -> bool:
        """Whether more than the head came of the answer."""
        return self.received > len(self.head) > 0


class Recorder:
    """Takes the bytes of one answer down."""

    def __init__(self, before: bytes = b"", *, follows: bool = False) -> None:
        """Take what came `before`; whether the answer `follows` another one on the connection."""
        self._head, self._chunks = bytearray(), bytearray()
        self._in_head = True
        self._after = b""
        self._before, self._follows = before, follows
        self.received = 0
        self.unread = False
        """Whether the connection had been closed before the request could be read."""

    def line(self, line: bytes) -> None:
        """A line of the head, or of what frames the chunks; or the rest of the answer before, which came late."""
        if self._follows and not line.lower().startswith(_ANSWER):
            self._before += line
            return
        self._follows = False
        lines = self._head if self._in_head else self._chunks
        if len(lines) < _LONGEST:
            lines += line

    @property
    def is_idle_end(self) -> bool:
        """Whether an end of the connection now is one between two answers, and not that of a fresh connection."""
        return self._follows and not self.received

    def end_of_head(self) -> None:
        """What follows is no head any more."""
        self._in_head = False

    def behind(self, lying: bytes) -> None:
        """What was found behind the end of the answer."""
        self._after = lying[:_GLIMPSE]

    @property
    def has_chunks(self) -> bool:
        """Whether the body came in chunks, or began to."""
        return bool(self._chunks)

    def wire(self) -> Wire:
        """What was taken down."""
        return Wire(bytes(self._head), bytes(self._chunks), self._after, self._before[:_GLIMPSE], self.received)
