"""What came of sending a failure again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_reports.events import ExchangeRecord, FailureRecord
from imagebuilder_reports.legible import printable, show_attempt


class Outcome(StrEnum):
    """What a failure came to, the gravest first."""

    REPRODUCED = "reproduced"
    DIFFERENT = "different"
    MENDED = "mended"
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True)
class Comparison:
    """An exchange then and now, in words; images are lettered in the order in which they came."""

    exchange: str
    label: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A failure and what it came to; `sentence` says why. `judged` is False where the answers prove nothing."""

    failure: FailureRecord
    outcome: Outcome
    sentence: str
    comparisons: tuple[Comparison, ...] = ()
    judged: bool = True

    @property
    def gravity(self) -> tuple[bool, int]:
        """The less, the more it counts among several ways of sending; what proves nothing counts last."""
        return not self.judged, list(Outcome).index(self.outcome)


def outcome_of(failure: FailureRecord, findings: Sequence[Finding]) -> tuple[Outcome, str]:
    """Hold what the oracle finds now against what it had found.

    A failure shows again if the same rule is broken with the same status and error code. For overlapping requests
    the rule alone counts, as their answers come in any order.
    """
    broken = [finding for finding in findings if isinstance(finding, Failure)]
    for finding in broken:
        if finding.code == failure.code and (overlap(failure.exchanges) or _answered_alike(failure, finding)):
            return Outcome.REPRODUCED, f"received again: {finding.received}"
    if broken:
        return Outcome.DIFFERENT, f"still broken, but in another way: {broken[0].title}: {broken[0].received}"
    if any(isinstance(finding, Held) for finding in findings):
        return Outcome.MENDED, f"as expected: {failure.expected}"
    return Outcome.DIFFERENT, "the answers neither keep nor break the promise"


def compare(records: Sequence[ExchangeRecord], exchanges: Sequence[Exchange]) -> tuple[Comparison, ...]:
    """The recorded exchanges beside those of now, in the order of sending."""
    then = _lettered(record.image for record in records)
    now = _lettered(exchange.image for exchange in exchanges)
    return tuple(
        Comparison(record.id, record.label, _words(show_attempt(record.last), record.code, old), _now(exchange, new))
        for record, exchange, old, new in zip(records, exchanges, then, now, strict=True)
    )


def overlap(records: Iterable[ExchangeRecord]) -> bool:
    """Whether any two of the exchanges were under way at the same time."""
    ordered = sorted(records, key=started_at)
    return any(started_at(later) < ended_at(earlier) for earlier, later in pairwise(ordered))


def started_at(record: ExchangeRecord) -> float:
    """When the first try was sent."""
    return record.attempts[0].at


def ended_at(record: ExchangeRecord) -> float:
    """When the last try was over."""
    return record.last.at + record.last.seconds


def _answered_alike(failure: FailureRecord, finding: Failure) -> bool:
    record, exchange = failure.exchanges[-1], finding.exchanges[-1]
    answer = exchange.answer
    return (record.last.status, record.code) == ((answer.status, answer.code) if answer else (None, None))


def _lettered(images: Iterable[str | None]) -> list[str | None]:
    """Which images are the same, without their names."""
    letters: dict[str, str] = {}
    return [image and letters.setdefault(image, f"image {_letter(len(letters))}") for image in images]


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _words(status: str, code: str | None, image: str | None) -> str:
    return " ".join(printable(part) for part in (status, code, image) if part)


def _now(exchange: Exchange, image: str | None) -> str:
    answer = exchange.answer
    return _words(str(answer.status), answer.code, image) if answer else printable(str(exchange))
