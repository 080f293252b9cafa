"""The fault interface: how a request demands one of the declared errors of a willing target.

It is no part of AWS's contract. `docs/fault-interface.md` describes it for those who build a target.
"""

from dataclasses import dataclass
from typing import Self

FAULT_HEADER = "x-conformance-fault"
"""In a request: the fault that is demanded. In its answer, with the same value: this is that fault."""

IMAGE_HEADER = "x-conformance-fault-image"
"""In the answer of a fault that came after the start: the ARN of the image that was started."""

_AFTER = ";after"


@dataclass(frozen=True, slots=True)
class FaultDemand:
    """A fault as it is demanded: an error code, and whether it comes after the build was started, or before."""

    code: str
    after: bool = False

    def __str__(self) -> str:
        """The value of the header, such as `ServiceException` or `ServiceException;after`."""
        return self.code + _AFTER if self.after else self.code

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read the header's value. Any text is one: whether a code is known is for the target to say."""
        return cls(value.removesuffix(_AFTER), after=value.endswith(_AFTER))
