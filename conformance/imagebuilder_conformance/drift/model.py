"""An operation as any service model describes it, in neutral terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What sort of value a shape is, in the terms of JSON where it has any."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    BLOB = "blob"
    TIMESTAMP = "timestamp"
    DOCUMENT = "document"
    LIST = "list"
    MAP = "map"
    STRUCTURE = "structure"
    UNION = "union"


_SIZED = frozenset({Kind.STRING, Kind.BLOB, Kind.LIST, Kind.MAP})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value may be. None stands for what is not limited.

    `minimum` and `maximum` are lengths of strings and blobs, numbers of entries of maps and lists, and values of
    numbers. `pattern` is an ECMA-262 pattern. A map has a shape for its keys and one for its values, a list one for its
    values, a structure or union its members; these are left out where a shape contains itself.
    """

    kind: Kind
    minimum: int | float | None = None
    maximum: int | float | None = None
    pattern: str | None = None
    values: frozenset[str] | None = None
    key: "Shape | None" = None
    value: "Shape | None" = None
    members: Mapping[str, "Member"] = field(default_factory=dict)

    @property
    def least(self) -> int | float | None:
        """The minimum, if it forbids anything: no size is below zero."""
        return None if self.kind in _SIZED and not self.minimum else self.minimum


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a structure. `place` is where it is on the wire, such as `body: clientToken` or `header: X-Token`."""

    shape: Shape
    required: bool = False
    idempotency_token: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class OperationModel:
    """All that is compared of an operation.

    `errors` has the HTTP statuses of the declared errors by their codes; None is a status that the model leaves open.
    So is a `success_status` of None. `signing_name` is None for an operation that needs no signature. A `reduced` model
    says nothing of limits, patterns and errors: there what it does not have is no difference.
    """

    method: str
    path: str
    protocols: frozenset[str]
    signing_name: str | None
    api_version: str
    success_status: int | None
    request: Mapping[str, Member]
    response: Mapping[str, Member]
    errors: Mapping[str, int | None]
    reduced: bool = False
