"""Whether a request keeps the contract, by its body alone: nobody need say what it was sent for."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import ValidationError

from imagebuilder_spec import Contract, validator_for

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
    """What reads bodies by a contract."""
    required = set(contract.request_schema["required"])
    validator = validator_for({name: each for name, each in contract.request_schema.items() if name != "required"})

    def read(body: bytes) -> Reading:
        if not body:
            return Reading(breaks=("request.body.empty",))
        try:
            value = _parsed(body)
        except json.JSONDecodeError:
            return Reading(breaks=("request.body.json",))
        except (ValueError, RecursionError):
            return Reading()
        if not isinstance(value, dict):
            return Reading(breaks=("request.body.object",))
        members = {name: member for name, member in value.items() if member is not None}
        absent = [
            f"request.{_kebab(name)}.{'null' if name in value else 'required'}"
            for name in sorted(required - members.keys())
        ]
        broken = dict.fromkeys([*absent, *map(_clause, validator.iter_errors(members))])
        return Reading(members, tuple(clause for clause in broken if clause in contract.clauses))

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
    value: object = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
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


def _clause(error: ValidationError) -> str:
    """The id of the clause that a member breaks."""
    _, name, *inner, keyword = error.absolute_schema_path
    prefix = "".join(_INNER.get(str(part), "") for part in inner)
    return f"request.{_kebab(str(name))}.{prefix}{_KEYWORDS.get(str(keyword), keyword)}"


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
