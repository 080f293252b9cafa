"""The kinds of outcome that the pictures tell apart."""

from enum import StrEnum


class Outcome(StrEnum):
    """What came of a sending, as coarsely as a picture shows it."""

    SUCCESS = "success"
    REFUSED = "refused"
    TROUBLE = "trouble"
    BROKEN = "broken"

    @classmethod
    def of(cls, status: int | None, *, shows_failure: bool = False) -> "Outcome":
        """The kind of an HTTP status; None is no answer, which by itself is no failure: a run hangs up on purpose."""
        if shows_failure:
            return cls.BROKEN
        if status is None or status >= 500:
            return cls.TROUBLE
        return cls.SUCCESS if status < 400 else cls.REFUSED

    @property
    def label(self) -> str:
        """The kind in words."""
        return _LABELS[self]


_LABELS = {
    Outcome.SUCCESS: "success",
    Outcome.REFUSED: "client error",
    Outcome.TROUBLE: "server error or no answer",
    Outcome.BROKEN: "part of a failure",
}
