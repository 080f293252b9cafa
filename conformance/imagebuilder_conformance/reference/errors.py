"""Refusals: what a step of answering raises to end it."""


class Fault(Exception):  # noqa: N818 - the word that AWS uses for it
    """A request is refused with an error of the service.

    `status` is None for the errors that the operation declares: the contract's table knows theirs.
    """

    def __init__(self, code: str, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class HangUp(Exception):  # noqa: N818 - not an error of ours, an event on the wire
    """The connection is dropped without an answer; only defects do that."""
