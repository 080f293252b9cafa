"""Values of spilled tables as bytes, and back."""

import io
import pickle
import zlib
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from operator import attrgetter
from types import GenericAlias
from typing import Any, get_type_hints

from msgspec import Struct, msgpack

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Attempt, Exchange, Request

_PLAIN, _PACKED, _TEXT, _EXCHANGE, _STRUCT, _ROW = b"p", b"z", b"t", b"x", b"s", b"r"
# Shorter values take longer to compress than to write.
_WORTH_IT = 4096
# A tuple of these is a row.
_ATOMS = frozenset({str, float, int, type(None)})


def key_bytes(key: str) -> bytes:
    """A key as bytes."""
    # Tokens may hold lone surrogates.
    return key.encode("utf-8", "surrogatepass")


def pack(value: Any) -> bytes:
    """A value as bytes; long ones are compressed."""
    try:
        packed = _packed(value)
    except (UnicodeEncodeError, OverflowError):
        # Half a surrogate pair, or an integer of more than 64 bits.
        packed = None
    packed = packed or _PLAIN + _pickled(value)
    return packed if len(packed) < _WORTH_IT else _PACKED + zlib.compress(packed, 1)


def _packed(value: Any) -> bytes | None:
    """What comes often, in a tenth of the time that pickling takes; None for anything else."""
    if type(value) is tuple:
        return _ROW + _ENCODER.encode(value) if _ATOMS.issuperset(map(type, value)) else None
    if isinstance(value, Struct):
        return _STRUCT + bytes((_number(type(value)),)) + _ENCODER.encode(value)
    if type(value) is Exchange and value.request.sign is None and all(map(_is_plain, value.attempts)):
        return _EXCHANGE + _ENCODER.encode((_parts(value), [_attempt_parts(each) for each in value.attempts]))
    return _TEXT + key_bytes(value) if type(value) is str else None


def unpack(packed: bytes) -> Any:
    """The value that was packed."""
    if packed[:1] == _PACKED:
        packed = zlib.decompress(packed[1:])
    kind, data = packed[:1], memoryview(packed)[1:]
    if kind == _TEXT:
        return str(data, "utf-8", "surrogatepass")
    if kind == _ROW:
        return tuple(msgpack.decode(data))
    if kind == _STRUCT:
        return _DECODERS[data[0]].decode(data[1:])
    if kind == _EXCHANGE:
        return _exchange(*_OF_FLAT.decode(data))
    return pickle.loads(data)  # noqa: S301  # our own, from a file that no one else can open


def _pickled(value: Any) -> bytes:
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(value)
    return buffer.getvalue()


@cache
def _number(cls: type[Struct]) -> int:
    """What stands for a class of structs."""
    _DECODERS.append(msgpack.Decoder(cls))
    return len(_DECODERS) - 1


_ENCODER = msgpack.Encoder()
_DECODERS: list[msgpack.Decoder[Any]] = []


def _names(cls: type, *besides: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls) if field.name not in besides)


def _is_plain(attempt: Attempt) -> bool:
    return type(attempt.answer) is Answer and attempt.answer.cut is None and attempt.wire is None


# Most of what is kept are exchanges. They are packed as one flat row of their parts, but for those that only a run has.
_OF_REQUEST, _OF_EXCHANGE = _names(Request, "sign"), _names(Exchange, "request", "attempts")
_OF_ANSWER, _OF_ATTEMPT = _names(Answer, "cut"), _names(Attempt, "answer", "wire")
_parts = attrgetter(*_OF_EXCHANGE, *(f"request.{name}" for name in _OF_REQUEST))
_attempt_parts = attrgetter(*_OF_ATTEMPT, *(f"answer.{name}" for name in _OF_ANSWER))


def _row_of(*parts: tuple[type, tuple[str, ...]]) -> Any:
    """The type of a row of these parts of classes."""
    return GenericAlias(tuple, tuple(get_type_hints(cls)[name] for cls, names in parts for name in names))


_FLAT_EXCHANGE = _row_of((Exchange, _OF_EXCHANGE), (Request, _OF_REQUEST))
_FLAT_ATTEMPT = _row_of((Attempt, _OF_ATTEMPT), (Answer, _OF_ANSWER))
_OF_FLAT: msgpack.Decoder[Any] = msgpack.Decoder(
    GenericAlias(tuple, (_FLAT_EXCHANGE, GenericAlias(list, _FLAT_ATTEMPT)))
)


def _exchange(parts: tuple[Any, ...], attempts: list[tuple[Any, ...]]) -> Exchange:
    own, request = parts[: len(_OF_EXCHANGE)], parts[len(_OF_EXCHANGE) :]
    return Exchange(
        request=Request(**dict(zip(_OF_REQUEST, request, strict=True))),
        attempts=tuple(map(_attempt, attempts)),
        **dict(zip(_OF_EXCHANGE, own, strict=True)),
    )


def _attempt(parts: tuple[Any, ...]) -> Attempt:
    own, answer = parts[: len(_OF_ATTEMPT)], parts[len(_OF_ATTEMPT) :]
    return Attempt(
        answer=Answer(**dict(zip(_OF_ANSWER, answer, strict=True))), **dict(zip(_OF_ATTEMPT, own, strict=True))
    )


class _Reducers(dict[type, Callable[[Any], Any]]):
    """How to pickle dataclasses: by their fields, so without what their objects have worked out of them meanwhile."""

    def __missing__(self, cls: type) -> Callable[[Any], Any]:
        # A class that only extends a dataclass may have its fields otherwise.
        if "__dataclass_fields__" not in cls.__dict__:
            raise KeyError(cls)
        number, names = len(_CLASSES), _names(cls)
        _CLASSES.append(cls)
        values = attrgetter(*names) if len(names) > 1 else None

        def reduced(instance: Any) -> tuple[Callable[..., Any], tuple[int, Sequence[Any]]]:
            parts = values(instance) if values else [getattr(instance, name) for name in names]
            # One name for all classes: to look each up takes longer than to read the fields.
            return _restored, (number, parts)

        self[cls] = reduced
        return reduced


def _restored(number: int, values: Sequence[Any]) -> Any:
    return _CLASSES[number](*values)


_CLASSES: list[type] = []
_REDUCERS = _Reducers()
