"""Calls that an AWS SDK made: what it sent, and what it made of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imagebuilder_conformance.client.messages import Exchange


@dataclass(frozen=True, slots=True)
class SdkError:
    """What an SDK raised, as its user sees it.

    `exception` is the name of the class. `code` and `message` are whatever the SDK read from the answer, which need
    not be a text; `status` is the HTTP status. All three are None where the SDK could not read the answer at all.
    """

    exception: str
    code: object = None
    message: object = None
    status: int | None = None

    def __str__(self) -> str:
        """The error in a few words on one line, for `received`."""
        words = f"{self.exception} with the code {self.code!r}"
        return f"{words} ({self.status})" if self.status is not None else f"{self.exception}: {self.message}"


@dataclass(frozen=True, slots=True)
class SdkCall:
    """A call by an SDK, with each sending as an exchange of its own, and either its output or its error."""

    exchanges: tuple[Exchange, ...]
    output: Mapping[str, Any] | None = None
    error: SdkError | None = None

    @property
    def last(self) -> Exchange:
        """The last sending, whose answer the SDK gave to its user."""
        return self.exchanges[-1]

    def __str__(self) -> str:
        """What the SDK's user got, in a few words on one line, for `received`."""
        return str(self.error) if self.error else f"a success with {', '.join(self.output or ()) or 'no member'}"
