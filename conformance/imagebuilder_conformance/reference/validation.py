"""Reading a request's body: JSON first, then the contract's request schema, member by member."""

import json
from collections.abc import Mapping
from typing import Any

from imagebuilder_spec import Contract, validator_for

# JSON sets no limits, but a parser must: deeper than this nothing is read, whatever the interpreter's stack holds.
MAX_NESTING = 64


class UnreadableBodyError(ValueError):
    """A body is not a JSON text that the target reads; the message says why."""


def parse(body: bytes) -> Any:
    """Read a JSON text strictly: UTF-8 without a byte order mark, no NaN, no member twice, no lone surrogate.

    Raises:
        UnreadableBodyError: for anything else, and for nesting deeper than `MAX_NESTING`.
    """
    try:
        text = body.decode("utf-8")
        document = json.loads(
            text,
            object_pairs_hook=_unique_members,
            parse_constant=_refuse_constant,
            # Python refuses to turn very long digits into an int; no member is a number, so a float does.
            parse_int=float,
        )
    except UnicodeDecodeError as error:
        raise UnreadableBodyError("the body is not UTF-8") from error
    except RecursionError as error:
        raise UnreadableBodyError("the body is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise UnreadableBodyError(f"the body is not JSON: {error.msg} at character {error.pos}") from error
    _refuse_deep_nesting(document)
    _refuse_lone_surrogates(text, document)
    return document


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise UnreadableBodyError("an object has a member twice")
    return members


def _refuse_constant(name: str) -> float:
    raise UnreadableBodyError(f"{name} is not JSON")


def _refuse_deep_nesting(document: Any) -> None:
    level = [document]
    for _ in range(MAX_NESTING):
        level = [child for value in level for child in _children(value)]
        if not level:
            return
    raise UnreadableBodyError("the body is nested too deeply")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _refuse_lone_surrogates(text: str, document: Any) -> None:
    # Decoded UTF-8 holds none, so only an escape can bring one in.
    if "\\u" not in text:
        return
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableBodyError("a string holds a surrogate without its pair") from error


class RequestSchema:
    """The contract's request schema, asked one member at a time."""

    def __init__(self, contract: Contract) -> None:
        self.members: Mapping[str, Any] = contract.request_schema["properties"]
        self.required: tuple[str, ...] = tuple(contract.request_schema["required"])
        self._validators = {name: validator_for(schema) for name, schema in self.members.items()}

    def known(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The members that the operation knows and that are present: null is absent, unknown ones are ignored."""
        return {name: document[name] for name in self.members if document.get(name) is not None}

    def breach(self, name: str, value: Any) -> str | None:
        """What is wrong with a member's value, or None. The value itself is not repeated, it may be a megabyte."""
        error = next(self._validators[name].iter_errors(value), None)
        if error is None:
            return None
        path = "/".join([name, *map(str, error.absolute_path)])
        return f"{path} breaks the constraint {error.validator}: {error.validator_value}"
