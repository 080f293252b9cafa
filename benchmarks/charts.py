"""Small charts as SVG, written by hand: bars side by side, and lines on logarithmic axes.

Colours are readable on light and dark pages; every bar and line also bears its name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, log10

Points = Sequence[tuple[float, float]]

_COLOURS = ("#2b7bba", "#d9822b", "#5a9e4b", "#8c6bb1")
_GREY = "#888888"
_FONT = 'font-family="sans-serif" font-size="12" fill="#777777"'

_LABELS, _BARS, _BAR, _LINE = 130, 360, 11, 14
_LEFT, _TOP, _PLOT_WIDTH, _PLOT_HEIGHT, _RIGHT, _BOTTOM = 70, 20, 420, 240, 110, 50


def bars(rows: Mapping[str, Sequence[float]], names: Sequence[str]) -> str:
    """Horizontal bars: for each row one bar for each of `names`, as a share from 0 to 1."""
    step = _BAR * len(names) + 9
    shapes: list[str] = []
    for number, (label, shares) in enumerate(rows.items()):
        top = 30 + number * step
        shapes.append(_text(_LABELS - 8, top + step / 2, label, "end"))
        for place, share in enumerate(shares):
            y = top + place * _BAR
            shapes.append(
                f'<rect x="{_LABELS}" y="{y}" width="{max(share * _BARS, 1):.1f}" height="{_BAR - 1}" '
                f'fill="{_COLOURS[place]}"><title>{escape(f"{label}, {names[place]}: {share:.0%}")}</title></rect>'
            )
    legend = [_text(_LABELS + place * 150, 18, name, colour=_COLOURS[place]) for place, name in enumerate(names)]
    return _svg(_LABELS + _BARS + 20, 40 + len(rows) * step, (*legend, *shapes))


def log_lines(lines: Mapping[str, Points], *, x: str, y: str) -> str:
    """Lines through points, both axes logarithmic to the base 10; `x` and `y` name the axes. All values above 0."""
    xs, ys = _decades(lines, 0), _decades(lines, 1)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        across = (log10(point[0]) - xs[0]) / (xs[-1] - xs[0])
        up = (log10(point[1]) - ys[0]) / (ys[-1] - ys[0])
        return _LEFT + across * _PLOT_WIDTH, _TOP + (1 - up) * _PLOT_HEIGHT

    width, height = _LEFT + _PLOT_WIDTH + _RIGHT, _TOP + _PLOT_HEIGHT + _BOTTOM
    shapes = [
        _text(_LEFT + _PLOT_WIDTH / 2, height - 8, x, "middle"),
        _text(_LEFT, _TOP - 6, y),
    ]
    for power in xs:
        at, _ = place((10.0**power, 10.0 ** ys[0]))
        shapes += [
            _rule(at, _TOP, at, _TOP + _PLOT_HEIGHT),
            _text(at, _TOP + _PLOT_HEIGHT + 18, _power(power), "middle"),
        ]
    for power in ys:
        _, at = place((10.0 ** xs[0], 10.0**power))
        shapes += [_rule(_LEFT, at, _LEFT + _PLOT_WIDTH, at), _text(_LEFT - 8, at + 4, _power(power), "end")]
    drawn = {name: [place(point) for point in points] for name, points in lines.items()}
    heights = _apart({name: points[-1][1] for name, points in drawn.items()})
    for colour, (name, points) in zip(_COLOURS, drawn.items(), strict=False):
        shapes += _line(points, colour)
        shapes.append(_text(points[-1][0] + 8, heights[name] + 4, name, colour=colour))
    return _svg(width, height, shapes)


def _decades(lines: Mapping[str, Points], axis: int) -> range:
    logs = [log10(point[axis]) for points in lines.values() for point in points]
    first, last = floor(min(logs)), ceil(max(logs))
    return range(first, max(last, first + 1) + 1)


def _apart(heights: Mapping[str, float]) -> dict[str, float]:
    """The heights of labels, each moved down until it is clear of the one above."""
    moved: dict[str, float] = {}
    lowest = 0.0
    for name in sorted(heights, key=lambda name: heights[name]):
        lowest = moved[name] = max(heights[name], lowest + _LINE)
    return moved


def _line(points: Points, colour: str) -> Iterator[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)


def _power(power: int) -> str:
    return f"{10.0**power:,.0f}" if power >= 0 else f"{10.0**power:g}"


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{_GREY}" stroke-opacity="0.3"/>'


def _text(x: float, y: float, text: str, anchor: str = "start", *, colour: str | None = None) -> str:
    font = _FONT if colour is None else _FONT.replace("#777777", colour)
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {font}>{escape(text)}</text>'


def _svg(width: float, height: float, shapes: Iterable[str]) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', *shapes, "</svg>", ""])
