"""The verdicts: of a clause and a check, of a run, and why something was not run."""

from enum import StrEnum


class Verdict(StrEnum):
    """What came of a clause or a check, from the gravest to the most harmless."""

    FAILED = "failed"
    ERROR = "error"
    INCONCLUSIVE = "inconclusive"
    WARNED = "warned"
    PASSED = "passed"
    NOT_RUN = "not-run"

    @property
    def judges(self) -> bool:
        """Whether it says what the target makes of a clause, and not why nobody knows."""
        return self in {Verdict.FAILED, Verdict.WARNED, Verdict.PASSED}

    @classmethod
    def worst(cls, verdicts: "list[Verdict]") -> "Verdict":
        """The gravest of them; not-run where there is none."""
        return min(verdicts, key=list(cls).index, default=cls.NOT_RUN)


LEFT_OPEN = (Verdict.INCONCLUSIVE, Verdict.ERROR)
"""What a check says of a clause that it looked at and could not judge."""


class Cause(StrEnum):
    """Why a clause was not run. Only the last four make a run incomplete."""

    DESELECTED = "deselected"
    CONDITION = "condition"
    NEVER_SHOWN = "never-shown"
    NO_CHECK = "no-check"
    BUDGET = "budget"
    PIPELINES = "pipelines"
    EXTRA = "extra"
    INTERRUPTED = "interrupted"

    @property
    def leaves_gap(self) -> bool:
        """Whether a clause that counts is missed because of it."""
        return self in {Cause.BUDGET, Cause.PIPELINES, Cause.EXTRA, Cause.INTERRUPTED}


class RunVerdict(StrEnum):
    """What a run says of its target."""

    CONFORMANT = "conformant"
    NON_CONFORMANT = "non-conformant"
    INCOMPLETE = "incomplete"


class Ending(StrEnum):
    """How a run came to its end."""

    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    TARGET_LOST = "target-lost"
    UNREACHABLE = "unreachable"
    NOT_IMPLEMENTED = "not-implemented"
    PIPELINE_UNKNOWN = "pipeline-unknown"
    DENIED = "denied"
    QUOTA = "quota"
    OTHER_REVISION = "other-revision"
    TRUNCATED = "truncated"
    INTERNAL_ERROR = "internal-error"

    @property
    def judges_nothing(self) -> bool:
        """Whether the run ended before its first check, as the target could not be judged at all."""
        return self in {
            Ending.UNREACHABLE,
            Ending.NOT_IMPLEMENTED,
            Ending.PIPELINE_UNKNOWN,
            Ending.DENIED,
            Ending.QUOTA,
            Ending.OTHER_REVISION,
        }
