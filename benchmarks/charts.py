"""Charts as SVG, drawn by Matplotlib: bars side by side, and lines through points.

Colours are readable on light and dark pages, as nothing is painted behind them; text stays text.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

Points = Sequence[tuple[float, float]]

_COLOURS = ("#2b7bba", "#d9822b", "#5a9e4b", "#8c6bb1")
_GREY = "#808080"
_STYLE: Any = {
    "svg.fonttype": "none",
    # Else every chart would differ from the same one drawn again.
    "svg.hashsalt": "imagebuilder-conformance",
    "axes.edgecolor": _GREY,
    "axes.labelcolor": _GREY,
    "axes.prop_cycle": cycler(color=_COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "grid.alpha": 0.3,
    "grid.color": _GREY,
    "legend.frameon": False,
    "legend.labelcolor": _GREY,
    "text.color": _GREY,
    "xtick.color": _GREY,
    "ytick.color": _GREY,
}


def bars(path: Path, rows: Mapping[str, Sequence[float]], names: Sequence[str]) -> None:
    """Write horizontal bars: for each row one bar for each of `names`, as a share from 0 to 1."""
    with _drawn(path, height=0.9 + 0.4 * len(rows)) as axes:
        thickness = 0.8 / len(names)
        for place, name in enumerate(names):
            middles = [row - 0.4 + (place + 0.5) * thickness for row in range(len(rows))]
            axes.barh(middles, [shares[place] for shares in rows.values()], height=thickness, label=name)
        axes.set_yticks(range(len(rows)), list(rows))
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        axes.grid(axis="x")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(names))


def lines(
    path: Path, through: Mapping[str, Points], *, x: str, y: str, logarithmic: bool = False, stairs: bool = False
) -> None:
    """Write lines through points; `x` and `y` name the axes.

    `logarithmic` is for both axes, whose values are then above 0. `stairs` keeps a value until the next point.
    """
    with _drawn(path, height=3.6) as axes:
        for name, points in through.items():
            marks = {"drawstyle": "steps-post"} if stairs and len(points) > 10 else {"marker": "o", "markersize": 4}
            axes.plot(*zip(*points, strict=True), label=name, **marks)
        if logarithmic:
            axes.set_xscale("log")
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.grid()
        if len(through) > 1:
            axes.legend()


@contextmanager
def _drawn(path: Path, *, height: float) -> Iterator[Axes]:
    """The axes of a figure that is written in the end."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(7, height), layout="constrained")
        yield figure.subplots()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None})
