"""Values of spilled tables as bytes, and back."""

import io
import pickle
import zlib
from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Attempt, Exchange, Request

_PLAIN, _PACKED, _TEXT, _EXCHANGE = b"p", b"z", b"t", b"x"
# Shorter values take longer to compress than to write.
_WORTH_IT = 4096
_PROTOCOL = pickle.HIGHEST_PROTOCOL
# A tuple of these needs no reducer.
_ATOMS = frozenset({str, float, int, type(None)})


def key_bytes(key: str) -> bytes:
    """A key as bytes."""
    # Tokens may hold lone surrogates.
    return key.encode("utf-8", "surrogatepass")


def pack(value: Any) -> bytes:
    """A value as bytes; long ones are compressed."""
    if type(value) is str:
        return _TEXT + key_bytes(value)
    if type(value) is tuple and _ATOMS.issuperset(map(type, value)):
        pickled = pickle.dumps(value, _PROTOCOL)
        return _PLAIN + pickled if len(pickled) < _WORTH_IT else _PACKED + zlib.compress(_PLAIN + pickled, 1)
    if type(value) is Exchange and all(type(each.answer) is Answer for each in value.attempts):
        pickled = pickle.dumps((_parts(value), [_attempt_parts(each) for each in value.attempts]), _PROTOCOL)
        return _EXCHANGE + pickled if len(pickled) < _WORTH_IT else _PACKED + zlib.compress(_EXCHANGE + pickled, 1)
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, _PROTOCOL)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(value)
    pickled = buffer.getvalue()
    return _PLAIN + pickled if len(pickled) < _WORTH_IT else _PACKED + zlib.compress(_PLAIN + pickled, 1)


def unpack(packed: bytes) -> Any:
    """The value that was packed."""
    if packed[:1] == _PACKED:
        packed = zlib.decompress(packed[1:])
    if packed[:1] == _TEXT:
        return packed[1:].decode("utf-8", "surrogatepass")
    value = pickle.loads(packed[1:])  # noqa: S301  # our own, from a file that no one else can open
    return _exchange(*value) if packed[:1] == _EXCHANGE else value


def _names(cls: type, *besides: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls) if field.name not in besides)


# Most of what is kept are exchanges. As one flat row of their parts they take a quarter of the time to pickle.
_OF_REQUEST, _OF_EXCHANGE = _names(Request), _names(Exchange, "request", "attempts")
_OF_ANSWER, _OF_ATTEMPT = _names(Answer), _names(Attempt, "answer")
_parts = attrgetter(*_OF_EXCHANGE, *(f"request.{name}" for name in _OF_REQUEST))
_attempt_parts = attrgetter(*_OF_ATTEMPT, *(f"answer.{name}" for name in _OF_ANSWER))


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
