"""The sequence picture of a failure: who sent which token when, what overlapped, which answer came.

Time runs from left to right and is not to scale: a pause of seconds between calls of milliseconds would leave
nothing to see of the calls. Each stretch between two instants is as wide as the logarithm of its length, so that
order and overlap are kept exactly. Places and widths are percentages: the page decides how wide the picture is.
"""

import math
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from imagebuilder_reports.events import AttemptRecord, ExchangeRecord
from imagebuilder_reports.legible import show_attempt, show_seconds
from imagebuilder_reports.pictures.outcomes import Outcome

_MOST_ROWS = 24
_NARROWEST = 1.5
# A stretch of a millisecond has the weight one.
_UNIT = 0.001
_IMAGE_LENGTH = 26


@dataclass(frozen=True, slots=True)
class Bar:
    """One sending, in percent of the time that the picture spans."""

    x: float
    width: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Row:
    """One exchange. `strays` says that its image belongs to another token, or its token to another image."""

    exchange: str
    label: str
    token: int
    pipeline: int
    bars: tuple[Bar, ...]
    answer: str
    timing: str
    strays: bool

    @property
    def token_name(self) -> str:
        """The token as a letter; there are rarely more than a few."""
        return string.ascii_uppercase[self.token] if self.token < len(string.ascii_uppercase) else str(self.token)


@dataclass(frozen=True, slots=True)
class Picture:
    """The rows in the order of sending, and the stretches in which calls overlap, as x and width."""

    rows: tuple[Row, ...]
    overlaps: tuple[tuple[float, float], ...]
    pipelines: int
    omitted: int


def sequence(exchanges: Sequence[ExchangeRecord]) -> Picture | None:
    """The picture of some exchanges, or None where there is no sequence to show.

    Of very many, those in the middle are left out.
    """
    if len(exchanges) < 2:
        return None
    ordered = sorted(exchanges, key=lambda each: each.attempts[0].at)
    half = _MOST_ROWS // 2
    shown = ordered if len(ordered) <= _MOST_ROWS else ordered[:half] + ordered[-half:]
    attempts = [attempt for each in shown for attempt in each.attempts]
    time = _Time(attempts)
    pipelines = _numbered(each.pipeline for each in shown)
    return Picture(
        rows=tuple(_rows(shown, time, pipelines)),
        overlaps=tuple(_overlaps(attempts, time)),
        pipelines=len(pipelines),
        omitted=len(ordered) - len(shown),
    )


class _Time:
    """Places instants from left to right: in order, and with long pauses shortened."""

    def __init__(self, attempts: Iterable[AttemptRecord]) -> None:
        instants = sorted({instant for each in attempts for instant in (each.at, _end(each))})
        weights = [math.log2(1 + (after - before) / _UNIT) for before, after in pairwise(instants)]
        total = sum(weights) or 1.0
        self._places = dict(zip(instants, accumulate(weights, initial=0.0), strict=True))
        self._scale = (100 - _NARROWEST) / total

    def place(self, instant: float) -> float:
        return round(self._places[instant] * self._scale, 2)


def _rows(shown: Sequence[ExchangeRecord], time: _Time, pipelines: dict[str | None, int]) -> Iterable[Row]:
    tokens = _numbered(each.token for each in shown)
    began = shown[0].attempts[0].at
    image_of: dict[str | None, str] = {}
    token_of: dict[str, str | None] = {}
    for each in shown:
        strays = each.image is not None and (
            image_of.setdefault(each.token, each.image) != each.image
            or token_of.setdefault(each.image, each.token) != each.token
        )
        since = show_seconds(each.attempts[0].at - began)
        yield Row(
            exchange=each.id,
            label=each.label,
            token=tokens[each.token],
            pipeline=pipelines[each.pipeline],
            bars=tuple(_bar(attempt, time) for attempt in each.attempts),
            answer=_answer(each),
            timing=f"after {since}, took {show_seconds(each.last.seconds)}",
            strays=strays,
        )


def _bar(attempt: AttemptRecord, time: _Time) -> Bar:
    x = time.place(attempt.at)
    width = max(time.place(_end(attempt)) - x, _NARROWEST)
    return Bar(x, round(width, 2), Outcome.of(attempt.status))


def _answer(exchange: ExchangeRecord) -> str:
    """The answer in short: an image by the end of its ARN, which tells it from others, an error by its code."""
    named = _image(exchange.image) if exchange.image else exchange.code
    return f"{show_attempt(exchange.last)} {named or ''}".rstrip()


def _image(arn: str) -> str:
    name = arn.rsplit(":", 1)[-1].removeprefix("image/")
    return name if len(name) <= _IMAGE_LENGTH else f"…{name[1 - _IMAGE_LENGTH :]}"


def _overlaps(attempts: Iterable[AttemptRecord], time: _Time) -> Iterable[tuple[float, float]]:
    """The stretches in which two sendings or more were under way."""
    edges = sorted([(each.at, 1) for each in attempts] + [(_end(each), -1) for each in attempts])
    under_way, since = 0, 0.0
    for instant, step in edges:
        if (under_way, step) == (1, 1):
            since = instant
        elif (under_way, step) == (2, -1) and instant > since:
            x = time.place(since)
            yield x, round(time.place(instant) - x, 2)
        under_way += step


def _numbered(names: Iterable[str | None]) -> dict[str | None, int]:
    """A number for each name, in the order in which they come."""
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _end(attempt: AttemptRecord) -> float:
    return attempt.at + attempt.seconds
