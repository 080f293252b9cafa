"""Whether a request keeps the contract, by its body alone: nobody need say what it was sent for."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from imagebuilder_conformance.oracles.malformed import is_beyond_dispute
from imagebuilder_spec import Contract, breaks

# How the clauses of a request name what a member's schema asks for.
_KEYWORDS: Mapping[str, str] = {
    "minLength": "min-length",
    "maxLength": "max-length",
    "minProperties": "min-entries",
    "maxProperties": "max-entries",
    "pattern": "pattern",
    "type": "type",
}
_INNER: Mapping[str, str] = {"propertyNames": "key-", "additionalProperties": "value-"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A body as the contract sees it.

    `breaks` are the clauses for which it must be refused. `members` are those of its JSON object, without explicit
    nulls, or None where it is no object or where parsers may differ about it; of such a body nothing is said.
    """

    members: Mapping[str, Any] | None = None
    breaks: tuple[str, ...] = ()


class _DisputedError(ValueError):
    """Parsers may accept this or not."""


def body_reader(contract: Contract) -> Callable[[bytes], Reading]:
    """What reads bodies by a contract. All readers of one contract are one, which remembers the body it read last."""
    known = _READERS.get(id(contract))
    if known is None or known[0] is not contract:
        known = _READERS[id(contract)] = contract, _reader(contract)
    return known[1]


# By the id of the contract, which stays its own, as it stands beside its reader.
_READERS: dict[int, tuple[Contract, Callable[[bytes], Reading]]] = {}


def _reader(contract: Contract) -> Callable[[bytes], Reading]:
    required = set(contract.request_schema["required"])
    schemas: Mapping[str, Mapping[str, Any]] = contract.request_schema["properties"]

    # Several judges ask for the body of one exchange.
    @lru_cache(maxsize=1)
    def read(body: bytes) -> Reading:
        if not body:
            return Reading(breaks=("request.body.empty",))
        try:
            value = _parsed(body)
        except json.JSONDecodeError as error:
            return Reading(breaks=("request.body.json",) if is_beyond_dispute(error) else ())
        except (ValueError, RecursionError):
            return Reading()
        if not isinstance(value, dict):
            return Reading(breaks=("request.body.object",))
        members = {name: member for name, member in value.items() if member is not None}
        absent = [
            f"request.{_kebab(name)}.{'null' if name in value else 'required'}"
            for name in sorted(required - members.keys())
        ]
        broken = [
            _clause(name, way)
            for name, schema in schemas.items()
            if name in members
            for way in breaks(schema, members[name])
        ]
        clauses = dict.fromkeys([*absent, *broken])
        return Reading(members, tuple(clause for clause in clauses if clause in contract.clauses))

    return read


def _parsed(body: bytes) -> object:
    """The JSON value of a body.

    Raises:
        JSONDecodeError: It is not JSON.
        ValueError: It has a form that RFC 8259 leaves to the parser.
    """
    text = body.decode("utf-8")
    if text.startswith("\ufeff"):
        raise _DisputedError
    value: object = _DECODER.decode(text)
    if "\\u" in text:
        # An escape may be half of a surrogate pair.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    listed = list(pairs)
    members = dict(listed)
    if len(members) < len(listed):
        raise _DisputedError
    return members


def _constant(_: str) -> None:
    raise _DisputedError


# Made once: `json.loads` makes one for each call that asks for more than the default.
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _clause(name: str, way: tuple[str, ...]) -> str:
    """The id of the clause that a member breaks, by the way to the keyword in its schema."""
    *inner, keyword = way
    prefix = "".join(_INNER.get(part, "") for part in inner)
    return f"request.{_kebab(name)}.{prefix}{_KEYWORDS.get(keyword, keyword)}"


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
