"""Moments as events and reports tell them: ISO 8601 with the offset, to the millisecond."""

from datetime import UTC, datetime


def now() -> str:
    """The present moment, in UTC."""
    return told(datetime.now(UTC))


def told(moment: datetime) -> str:
    """A moment."""
    return moment.isoformat(timespec="milliseconds")
