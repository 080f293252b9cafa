"""The gate: what a baseline of known failures makes of a report. `verdict` describes the target, this the news."""

from dataclasses import dataclass
from enum import StrEnum


class GateVerdict(StrEnum):
    """What the gate says; incomplete where no news is only for want of a look."""

    PASSED = "passed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


class Standing(StrEnum):
    """How a failure or an entry of the baseline stands. The first four fail the gate."""

    UNEXPECTED = "unexpected"
    MENDED = "mended"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    KNOWN = "known"
    ABSENT = "absent"
    NOT_JUDGED = "not-judged"

    @property
    def holds(self) -> bool:
        """Whether the entry says why its clause is as it is."""
        return self in {Standing.KNOWN, Standing.ABSENT}

    @property
    def fails(self) -> bool:
        """Whether the gate fails because of it."""
        return self in {Standing.UNEXPECTED, Standing.MENDED, Standing.EXPIRED, Standing.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Divergence:
    """Exactly what was observed: the broken clause, the check that saw it, which rule broke, and the last answer.

    `status` is None where no answer came or there was no exchange, `error` where the answer had no error code. Of a
    clause that has no verdict `failure` says which of the two it is, and `check` is empty.
    """

    clause: str
    check: str
    failure: str
    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class GateItem:
    """A failure without an entry, or an entry; `advice` is what to do about it: a line to delete, an entry to paste."""

    standing: Standing
    divergence: Divergence
    reason: str | None
    advice: str | None


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate says of a report, and why.

    `baseline` is the file that the entries are from. `remarks` are sentences on what makes the two hard to compare.
    """

    verdict: GateVerdict
    sentence: str
    baseline: str
    items: tuple[GateItem, ...]
    remarks: tuple[str, ...] = ()
