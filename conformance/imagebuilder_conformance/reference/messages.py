"""The shapes that travel through the steps of answering, from the raw call to the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.datastructures import Headers


class Connection(Protocol):
    """What a step may ask of the connection that a call came on; compared by identity."""

    def is_closing(self) -> bool:
        """Whether the client has hung up, or the target is about to."""

    def abort(self) -> None:
        """Drop the connection at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request as it came.

    Attributes:
        method: as sent, such as `PUT`.
        path: as sent, before any percent-decoding and without the query string.
        query: the query string as sent, without its question mark.
        headers: case-insensitive; `getlist` gives repeated ones.
        body: the bytes of the body, or as many of them as were read before it was too large.
        oversized: whether the body was larger than the target reads.
        request_id: the identifier that this call was given.
        connection: what the call came on.
        spelled: the names of its headers, as they were spelled.
        absolute: whether its first line had a whole URL.
    """

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    oversized: bool
    request_id: str
    connection: Connection
    spelled: tuple[str, ...] = ()
    absolute: bool = False


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A valid request: the two members by name, and all that the operation knows together."""

    client_token: str
    pipeline_arn: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Execution:
    """An image build that was started, with the request that started it."""

    request: StartRequest
    image_arn: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a valid request came to: the execution that answers it, and whether an earlier request had started it."""

    request: StartRequest
    execution: Execution
    replayed: bool


@dataclass(slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
