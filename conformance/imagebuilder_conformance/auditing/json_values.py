"""JSON read value by value, so that a recording of any length takes the memory of its largest entry."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

_CHUNK = 2**18
LARGEST = 2**26
"""How many characters one value may have: an answer's body of 16 MiB in base64, twice."""
_BLANKS = " \t\n\r"
_MANY_DIGITS = 1000


class NotJsonValueError(ValueError):
    """A file is not the JSON that it should be; the message says where."""


class CutShortError(NotJsonValueError):
    """The file ends within a value."""


def _number(digits: str) -> float:
    # Python refuses to read very many digits; JSON does not.
    return int(digits) if len(digits) < _MANY_DIGITS else float(digits)


_DECODER = json.JSONDecoder(parse_int=_number)


class JsonValues:
    """The JSON values of a text file, read as they are asked for."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._passed = 0
        self._ended = False

    def values(self) -> Iterator[Any]:
        """All values, one after the other: those of JSON lines, or the single one of a document.

        Raises:
            NotJsonValueError: What follows is no JSON, or is cut short.
        """
        while self._peek():
            yield self.value()

    def elements(self, *way: str) -> Iterator[Any]:
        """The elements of the array that stands at the end of a way of member names, in an object.

        What follows the array is not read.

        Raises:
            NotJsonValueError: There is no such array, or it is no JSON, or is cut short.
        """
        for name in way:
            self._enter(name)
        self._expect("[", f"the array {'.'.join(way)}")
        while self._peek() != "]":
            yield self.value()
            if self._peek() != "]":
                self._expect(",", "a comma between two elements")

    def value(self) -> Any:
        """The value that comes next. Raises `NotJsonValueError`."""
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self._misfit("nested too deeply") from error
            except ValueError as error:
                if self._ended:
                    raise self._broken(error) from error
            else:
                # A number may go on.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            if len(self._text) - self._at > LARGEST:
                raise self._misfit(f"a value of more than {LARGEST} characters")
            self._more()

    def _enter(self, name: str) -> None:
        """Go to the value of a member, past all that stand before it."""
        self._expect("{", f"an object with {name!r}")
        while self._peek() == '"':
            found = self.value()
            self._expect(":", "a colon")
            if found == name:
                return
            self.value()
            if self._peek() == ",":
                self._at += 1
                self._peek()
        raise self._misfit(f"no member {name!r}")

    def _expect(self, character: str, what: str) -> None:
        found = self._peek()
        if found != character:
            raise (
                CutShortError(f"it ends where {what} was expected")
                if not found
                else self._misfit(f"expected {what}, got {found!r}")
            )
        self._at += 1

    def _peek(self) -> str:
        """The next character that is no blank, or nothing at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more()

    def _more(self) -> None:
        """Read on, by as much again as is waiting, so that a long value is not tried over and over."""
        rest = self._text[self._at :]
        self._passed += self._at
        try:
            chunk = self._file.read(max(_CHUNK, len(rest)))
        except UnicodeDecodeError as error:
            raise self._misfit(f"it is not UTF-8: {error}") from error
        self._text, self._at, self._ended = rest + chunk, 0, not chunk

    def _broken(self, error: ValueError) -> NotJsonValueError:
        """What is wrong with the value that begins here: it is cut short if the text ends within it."""
        if isinstance(error, json.JSONDecodeError):
            rest = self._text[error.pos :].strip()
            if not rest or "Unterminated" in error.msg or ("Invalid \\" in error.msg and len(rest) < len("\\u0000")):
                return CutShortError(f"it ends within the value at character {self._passed + self._at}")
            return self._misfit(error.msg, error.pos)
        return self._misfit(str(error))

    def _misfit(self, complaint: str, at: int | None = None) -> NotJsonValueError:
        return NotJsonValueError(f"{complaint} at character {self._passed + (self._at if at is None else at)}")
