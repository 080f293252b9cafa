"""Refusals: what a step of answering raises to end it."""

from collections.abc import Mapping


class Fault(Exception):  # noqa: N818 - the word that AWS uses for it
    """A request is refused with an error of the service.

    `status` is None for the errors that the operation declares: the contract's table knows theirs. `headers` come
    on top of the usual ones.
    """

    def __init__(
        self, code: str, message: str, *, status: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers or {}


class HangUp(Exception):  # noqa: N818 - not an error of ours, an event on the wire
    """The connection is dropped without an answer; only defects do that."""
