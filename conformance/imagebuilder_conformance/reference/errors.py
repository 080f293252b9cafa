"""Refusals: what a step of answering raises to end it."""

from collections.abc import Mapping

from imagebuilder_spec import FAULT_HEADER, IMAGE_HEADER, FaultDemand


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


def demanded_fault(demand: FaultDemand, image: str | None = None) -> Fault:
    """The fault that a request demands; `image` is the one that was started, if the fault comes after the start."""
    hidden = {} if image is None else {IMAGE_HEADER: image}
    return Fault(demand.code, "The request demanded this fault.", headers={FAULT_HEADER: str(demand), **hidden})


class HangUp(Exception):  # noqa: N818 - not an error of ours, an event on the wire
    """The connection is dropped without an answer; only defects do that."""
