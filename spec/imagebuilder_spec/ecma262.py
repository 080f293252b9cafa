r"""JSON Schema validation whose `pattern` keyword follows ECMA-262.

Python's `re` differs from it where the contract's patterns would suffer: `$` also matches before a final
newline, `\d` matches digits outside ASCII, and `\s` leaves out some blanks or, for ASCII, most. The contract's
patterns use groups, classes, quantifiers, look-aheads and the two anchors only, which mean the same in both
languages once these three are mended.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

# An escape, a character class, or an unescaped `$` outside of one.
_PIECES = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$")
_ESCAPES = re.compile(r"\\.")
# ECMA-262's WhiteSpace and LineTerminator, as they stand in a class.
_BLANKS = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


Ways = tuple[tuple[str, ...], ...]
"""Ways in a schema, each of the names and keywords that lead to a keyword."""


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile an ECMA-262 pattern of the contract; use `search`, as JSON Schema's patterns are unanchored."""
    return re.compile(_PIECES.sub(lambda found: _translated(found[0]), pattern), re.ASCII)


def _translated(piece: str) -> str:
    if piece == "$":
        return r"\Z"
    if piece == r"\s":
        return f"[{_BLANKS}]"
    return _ESCAPES.sub(lambda found: _BLANKS if found[0] == r"\s" else found[0], piece)


def validator_for(schema: Mapping[str, Any]) -> "Validator":
    """A validator for a schema of the contract (draft 2020-12, ECMA-262 patterns, lengths in code points)."""
    # Kept, as a run asks for the same few with every exchange, and making one takes longer than using it.
    known = _VALIDATORS.get(id(schema))
    if known is None:
        known = _VALIDATORS[id(schema)] = _validator_type()(schema)
    return known


# By the id of the schema, which stays its own, as its validator holds it.
_VALIDATORS: "dict[int, Validator]" = {}


def breaks(schema: Mapping[str, Any], value: Any) -> Ways:
    """What of a schema of the contract a value breaks: the ways to its keywords; none where the value is valid."""
    if type(value) is not str:
        return _breaks(schema, value)
    known = _TEXTS.get(id(schema))
    if known is None:
        known = _TEXTS[id(schema)] = _Texts(schema)
    return known.breaks(value)


def _breaks(schema: Mapping[str, Any], value: Any) -> Ways:
    return tuple(tuple(map(str, error.absolute_schema_path)) for error in validator_for(schema).iter_errors(value))


class _Texts:
    """What texts break of a schema, remembered: a judge is asked for the same few kinds with every exchange.

    What the keywords of most schemas make of a text depends on its length and on whether it matches the pattern, and on
    nothing else.
    """

    _KEYWORDS = frozenset({"description", "type", "minLength", "maxLength", "pattern"})
    _MOST = 4096

    def __init__(self, schema: Mapping[str, Any]) -> None:
        # Holds the schema, so that its id stays its own.
        self._schema = schema
        self._told = schema.keys() <= self._KEYWORDS
        self._search = compile_pattern(schema["pattern"]).search if "pattern" in schema else None
        self._known: dict[tuple[int, bool], Ways] = {}

    def breaks(self, text: str) -> Ways:
        if not self._told:
            return _breaks(self._schema, text)
        kind = len(text), self._search is None or self._search(text) is not None
        known = self._known.get(kind)
        if known is None:
            if len(self._known) >= self._MOST:
                self._known.clear()
            known = self._known[kind] = _breaks(self._schema, text)
        return known


# By the id of the schema.
_TEXTS: dict[int, _Texts] = {}


@cache
def _validator_type() -> "type[Validator]":
    # Imported when a schema is applied for the first time: who only reads the contract does not pay for it.
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    extended: type[Validator] = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]  # its stubs leave it so
    return extended


def _pattern(_: "Validator", pattern: str, instance: object, __: Mapping[str, Any]) -> "Iterator[ValidationError]":
    from jsonschema import ValidationError

    if isinstance(instance, str) and not compile_pattern(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")
