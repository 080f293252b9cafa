"""Shapes and members in a few words."""

from collections.abc import Iterator, Mapping

from imagebuilder_conformance.drift.model import Kind, Member, Shape

_UNITS: Mapping[Kind, str] = {
    Kind.BLOB: " bytes",
    Kind.LIST: " items",
    Kind.MAP: " entries",
    Kind.STRING: " characters",
}


def described(member: Member) -> str:
    """A member as a whole, such as `string, 1 to 64 characters, required`."""
    return ", ".join([_shape(member.shape), *(["required"] if member.required else [])])


def _shape(shape: Shape) -> str:
    return ", ".join(_parts(shape))


def _parts(shape: Shape) -> Iterator[str]:
    yield f"{shape.kind}{_of(shape)}"
    unit = _UNITS.get(shape.kind, "")
    match shape.least, shape.maximum:
        case None, None:
            pass
        case None, most:
            yield f"at most {most}{unit}"
        case least, None:
            yield f"at least {least}{unit}"
        case least, most:
            yield f"{least} to {most}{unit}"
    if shape.pattern is not None:
        yield f"pattern {shape.pattern}"
    if shape.values is not None:
        yield f"one of {', '.join(sorted(shape.values))}"


def _of(shape: Shape) -> str:
    """What a shape is made of, in brackets."""
    inner = [f"{name} {_shape(each)}" for name, each in (("key", shape.key), ("value", shape.value)) if each]
    inner += [f"{name} {described(each)}" for name, each in shape.members.items()]
    return f" ({'; '.join(inner)})" if inner else ""
