"""From JSON to the dataclasses that it was written from, strictly: every member known, of the right type, none missing.

The dataclasses are the shapes, so reading needs no second description of them; and being compiled once per
class, reading tens of thousands of exchanges takes a fraction of what validating them by JSON Schema would.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Any, NoReturn, TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec

from imagebuilder_reports.files import LARGEST
from imagebuilder_reports.plain import members_of

_Decoder: TypeAlias = Callable[[object], Any]
_T = TypeVar("_T")

_NAMES = {str: "a string", int: "an integer", bool: "a boolean", date: "a date"}


class ShapeError(ValueError):
    """A value of the wrong shape. `place` is a path such as `$.checks[3].id`."""

    def __init__(self, complaint: str) -> None:
        super().__init__(complaint)
        self.complaint = complaint
        self.place = ""

    def within(self, part: str) -> "ShapeError":
        """The same error, seen from one level further out."""
        self.place = part + self.place
        return self

    def __str__(self) -> str:
        return f"${self.place}: {self.complaint}"


def parse_json(text: bytes) -> object:
    """Parse JSON as RFC 8259 has it.

    Raises:
        ValueError: The text is not JSON, not UTF-8, or nested too deeply to be one of ours.
    """
    try:
        decoded = text.decode("utf-8")
        # `loads` makes a decoder for each call, but it has a sentence for the mark.
        return _JSON.decode(decoded) if not decoded.startswith("\ufeff") else json.loads(decoded)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def decode(cls: type[_T], data: object) -> _T:
    """Rebuild a dataclass from its JSON object.

    Raises:
        ShapeError: The object is not what the dataclass was written as; the error names the place.
    """
    return cast(_T, _decoder(cast(Any, cls))(data))


@cache
def _decoder(hint: Any) -> _Decoder:
    origin = get_origin(hint)
    if is_dataclass(hint) or (isinstance(hint, type) and issubclass(hint, msgspec.Struct)):
        return _object(cast(type, hint))
    if origin is tuple:
        return _tuple(get_args(hint))
    if origin is Mapping:
        return _mapping(*get_args(hint))
    if origin is UnionType:
        return _optional(next(option for option in get_args(hint) if option is not NoneType))
    if issubclass(hint, StrEnum):
        return _choice(hint)
    return _scalar(hint)


def _object(cls: type) -> _Decoder:
    to_decode = _needing_decoders(cls)

    def read(data: object) -> Any:
        if not isinstance(data, dict):
            raise ShapeError(f"expected an object, got {_show(data)}")
        members = data
        if decoded := to_decode(*data, *map(type, data.values())):
            members = dict(data)
            for name, decoder in decoded:
                try:
                    members[name] = decoder(data[name])
                except ShapeError as error:
                    raise error.within(f".{name}") from None
        try:
            return cls(**members)
        except ValueError as error:
            raise ShapeError(str(error)) from error

    return read


def _needing_decoders(cls: type) -> Callable[..., tuple[tuple[str, _Decoder], ...]]:
    """What tells the members that need decoding, by the names of an object's members and then by their types."""
    hints = get_type_hints(cls)
    required = members_of(cls)
    decoders = {name: _decoder(hints[name]) for name in required}
    as_they_are = {name: _taken_as_it_is(hints[name]) for name in decoders}

    # Objects of one class are of few kinds, and to look at each member takes as long as parsing the text.
    @lru_cache(maxsize=64)
    def to_decode(*names_and_types: Any) -> tuple[tuple[str, _Decoder], ...]:
        half = len(names_and_types) // 2
        types: dict[str, type] = dict(zip(names_and_types[:half], names_and_types[half:], strict=True))
        if unknown := sorted(types.keys() - decoders.keys()):
            raise ShapeError(f"has an unknown member {unknown[0]!r}")
        if missing := sorted(name for name in required.keys() - types.keys() if required[name]):
            raise ShapeError(f"lacks the member {missing[0]!r}")
        return tuple((name, decoders[name]) for name in types if types[name] not in as_they_are[name])

    return to_decode


def _taken_as_it_is(hint: Any) -> frozenset[type]:
    """The types of which a value needs no decoding where this type is expected."""
    if get_origin(hint) is UnionType:
        return frozenset[type]().union(*map(_taken_as_it_is, get_args(hint)))
    return frozenset({hint}) if hint in {str, int, bool, NoneType} else frozenset()


def _each(decoders: Mapping[str, _Decoder], members: Iterable[tuple[str, object]]) -> dict[str, Any]:
    decoded = {}
    for name, value in members:
        try:
            decoded[name] = decoders[name](value)
        except ShapeError as error:
            raise error.within(f".{name}") from None
    return decoded


def _tuple(arguments: tuple[Any, ...]) -> _Decoder:
    item = _decoder(arguments[0])
    length = None if arguments[-1] is Ellipsis else len(arguments)
    as_it_is = _taken_as_it_is(arguments[0])

    def read(data: object) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise ShapeError(f"expected an array, got {_show(data)}")
        if length is not None and len(data) != length:
            raise ShapeError(f"expected an array of {length}, got one of {len(data)}")
        if as_it_is.issuperset(map(type, data)):
            return tuple(data)
        items = []
        for index, value in enumerate(data):
            try:
                items.append(item(value))
            except ShapeError as error:
                raise error.within(f"[{index}]") from None
        return tuple(items)

    return read


def _mapping(key_hint: Any, value_hint: Any) -> _Decoder:
    key, value = _decoder(key_hint), _decoder(value_hint)

    def read(data: object) -> dict[Any, Any]:
        if not isinstance(data, dict):
            raise ShapeError(f"expected an object, got {_show(data)}")
        members = _each(dict.fromkeys(data, value), data.items())
        return {key(name): member for name, member in members.items()}

    return read


def _optional(hint: Any) -> _Decoder:
    present = _decoder(hint)
    return lambda data: None if data is None else present(data)


def _choice(enum: type[StrEnum]) -> _Decoder:
    choices = {choice.value: choice for choice in enum}

    def read(data: object) -> StrEnum:
        if isinstance(data, str) and data in choices:
            return choices[data]
        raise ShapeError(f"expected one of {', '.join(choices)}, got {_show(data)}")

    return read


def _scalar(cls: type) -> _Decoder:
    if cls is float:
        return _number

    def read(data: object) -> Any:
        if type(data) is cls:
            return data
        raise ShapeError(f"expected {_NAMES[cls]}, got {_show(data)}")

    return read


def _number(data: object) -> float:
    if type(data) is float and abs(data) < LARGEST:
        return data
    if isinstance(data, int | float) and not isinstance(data, bool) and abs(data) < LARGEST:
        return float(data)
    raise ShapeError(f"expected a number below {LARGEST:.0e}, got {_show(data)}")


def _show(data: object) -> str:
    # A date comes from TOML, which is read the same way.
    shown = json.dumps(data, default=str)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_refuse_constant)
