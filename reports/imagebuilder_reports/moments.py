"""Moments as events and reports tell them: ISO 8601 with the offset, to the millisecond."""

from datetime import UTC, datetime


def now() -> str:
    """The present moment, in UTC."""
    return told(datetime.now(UTC))


def told(moment: datetime) -> str:
    """A moment."""
    return moment.isoformat(timespec="milliseconds")


def read(text: object) -> datetime | None:
    """The moment that a text in ISO 8601 tells, or None where it tells none; one without an offset is taken for UTC."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
