r"""JSON Schema validation whose `pattern` keyword follows ECMA-262.

Python's `re` differs from it where the contract's patterns would suffer: `$` also matches before a final
newline, and `\d` matches digits outside ASCII. The contract's patterns use groups, classes, quantifiers
and the two anchors only, which mean the same in both languages once these two are mended.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

# An unescaped `$` outside a character class.
_END_ANCHOR = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$")


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile an ECMA-262 pattern of the contract; use `search`, as JSON Schema's patterns are unanchored."""
    return re.compile(_END_ANCHOR.sub(lambda found: found[1] or r"\Z", pattern), re.ASCII)


def _pattern(_: Validator, pattern: str, instance: object, __: Mapping[str, Any]) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not compile_pattern(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator: type[Validator] = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]  # its stubs leave it so


def validator_for(schema: Mapping[str, Any]) -> Validator:
    """A validator for a schema of the contract (draft 2020-12, ECMA-262 patterns, lengths in code points)."""
    return _Validator(schema)
