"""Latency over the run: a point for each exchange, in one path for each kind of outcome.

Ten thousand points in a path of their own kind cost a browser next to nothing; ten thousand elements would not.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from markupsafe import Markup

from imagebuilder_reports.legible import show_seconds
from imagebuilder_reports.model import ExchangeRow, Report
from imagebuilder_reports.overview import evidence
from imagebuilder_reports.pictures.outcomes import Outcome

# The points are stretched to the width of the page; marks and words are not, so that they are placed in percent.
_WIDTH, _HEIGHT = 1000, 240
_MARGIN = 12
_STEPS = (1, 2, 5)
# No clock of ours tells less apart, and a logarithm needs something to hold on to.
_SHORTEST = 1e-4


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: from left to right in percent, from top to bottom in pixels."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Series:
    """The exchanges of one kind, as the data of an SVG path."""

    outcome: Outcome
    count: int
    path: Markup


@dataclass(frozen=True, slots=True)
class Latency:
    """The picture, and the figures that say the same in words."""

    series: tuple[Series, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    median: str
    slow: str
    slowest: str
    width: int = _WIDTH
    height: int = _HEIGHT


def latency(report: Report) -> Latency | None:
    """The latency over the run, or None where nothing was sent."""
    rows = report.exchanges
    if not rows:
        return None
    seconds = sorted(row.seconds for row in rows)
    across = _Across(max(row.at for row in rows))
    up = _Up(max(seconds[0], _SHORTEST), max(seconds[-1], _SHORTEST))
    telling = evidence(report)
    kinds = [(Outcome.of(row.status, shows_failure=row.id in telling), row) for row in rows]
    return Latency(
        series=tuple(_series(kinds, across, up)),
        across=across.ticks(),
        up=up.ticks(),
        median=show_seconds(_percentile(seconds, 50)),
        slow=show_seconds(_percentile(seconds, 95)),
        slowest=show_seconds(seconds[-1]),
    )


class _Across:
    """The time of sending, from left to right."""

    def __init__(self, end: float) -> None:
        self._end = max(end, _SHORTEST)

    def place(self, at: float) -> float:
        return _MARGIN + max(at, 0.0) / self._end * (_WIDTH - 2 * _MARGIN)

    def ticks(self) -> tuple[Tick, ...]:
        step = _round_step(self._end / 6)
        times = [index * step for index in range(int(self._end / step) + 1)]
        return tuple(Tick(round(self.place(at) * 100 / _WIDTH, 2), show_seconds(at)) for at in times)


class _Up:
    """The duration, from bottom to top, by its logarithm."""

    def __init__(self, shortest: float, longest: float) -> None:
        self._low = math.log10(shortest) - 0.1
        self._high = math.log10(longest) + 0.1

    def place(self, seconds: float) -> float:
        share = (math.log10(max(seconds, _SHORTEST)) - self._low) / (self._high - self._low)
        return _HEIGHT - _MARGIN - share * (_HEIGHT - 2 * _MARGIN)

    def ticks(self) -> tuple[Tick, ...]:
        decades = range(math.floor(self._low), math.ceil(self._high) + 1)
        steps = (step * 10.0**decade for decade in decades for step in _STEPS)
        shown = [seconds for seconds in steps if self._low <= math.log10(seconds) <= self._high]
        return tuple(Tick(round(self.place(seconds), 1), show_seconds(seconds)) for seconds in shown)


def _series(kinds: Sequence[tuple[Outcome, ExchangeRow]], across: _Across, up: _Up) -> Iterable[Series]:
    for outcome in Outcome:
        points = [_dot(across.place(row.at), up.place(row.seconds)) for kind, row in kinds if kind is outcome]
        if points:
            # Of numbers alone, and as long as it has to be: no text that others chose, which pages cut.
            yield Series(outcome, len(points), Markup("".join(points)))  # noqa: S704  # see above


def _dot(x: float, y: float) -> str:
    """A line of no length, which its caps turn into a dot or a square, however the picture is stretched."""
    return f"M{x:.1f} {y:.1f}h0"


def _percentile(ordered: Sequence[float], percent: int) -> float:
    return quantiles(ordered, n=100, method="inclusive")[percent - 1] if len(ordered) > 1 else ordered[0]


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20 ... that is not below `least`."""
    decade: float = 10.0 ** math.floor(math.log10(least))
    return next(step * decade for step in (*_STEPS, 10) if step * decade >= least)
