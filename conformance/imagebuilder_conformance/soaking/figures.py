"""Throughput and latency of a soak, and what it does at the moment."""

from collections.abc import Iterator, Mapping
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from imagebuilder_conformance.soaking.master import Master
from imagebuilder_reports.writers.terminal import inert_text, table

_PERCENTILES = (50, 95, 99)
# Where there is no terminal, a line is enough now and then (seconds).
_LINES_APART = 10.0
# What a figure is called, its unit, and how many of these make one of the report's.
_SHOWN: Mapping[str, tuple[str, str, int]] = {
    "soak.exchanges-per-second": ("throughput", "exchanges a second", 1),
    **{f"soak.latency.p{each}": (f"latency of {each} of 100, at most", "ms", 1000) for each in _PERCENTILES},
    "soak.latency.max": ("latency, the longest", "ms", 1000),
    "soak.tokens": ("opened", "tokens", 1),
    "soak.images": ("started", "images", 1),
    "soak.replays": ("repeated an image", "answers", 1),
    "soak.users": ("at work", "users", 1),
    "soak.workers": ("at work", "workers", 1),
    "soak.clock-uncertainty": ("clocks of the workers agree to", "ms", 1000),
}


def measured(master: Master, *, users: int, seconds: float) -> dict[str, float]:
    """What a soak measured, by name: times in seconds."""
    counters, total = master.tribunal.counters, master.stats.total
    return {
        "soak.exchanges-per-second": round(counters.exchanges / seconds, 1) if seconds else 0.0,
        **{f"soak.latency.p{each}": _percentile(master, each) for each in _PERCENTILES},
        "soak.latency.max": total.max_response_time / 1000,
        "soak.tokens": float(master.dispenser.opened),
        "soak.images": float(counters.images),
        "soak.replays": float(counters.replays),
        "soak.users": float(users),
        "soak.workers": float(master.workers),
        "soak.clock-uncertainty": round(master.uncertainty, 6),
    }


def figures(values: Mapping[str, float]) -> Table:
    """What was measured, by names that people read, with units."""
    made = table("measured", "figure", "unit", numbers=("figure",))
    for name, value in values.items():
        words, unit, factor = _SHOWN.get(name, (name, "", 1))
        shown = value * factor
        made.add_row(inert_text(words), f"{shown:,.0f}" if shown >= 1000 else f"{shown:.4g}", unit)
    return made


class View:
    """Shows a soak while it lasts: a table on a terminal, else a line now and then."""

    def __init__(self, master: Master, console: Console) -> None:
        self._master = master
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        self._next_line = 0.0

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self) -> None:
        """Show the state of the soak."""
        if self._live is not None:
            self._live.update(self._table(), refresh=True)
        elif self._master.clock() >= self._next_line:
            self._next_line = self._master.clock() + _LINES_APART
            self._console.print("  ".join(f"{name} {value}" for name, value in self._facts()), soft_wrap=True)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, value in self._facts():
            table.add_row(name, value)
        return table

    def _facts(self) -> Iterator[tuple[str, str]]:
        master, counters = self._master, self._master.tribunal.counters
        yield "seconds", f"{master.clock():.0f}"
        yield "exchanges", f"{counters.exchanges:,}"
        yield "a second", f"{master.stats.total.current_rps:.0f}"
        yield "latency", ", ".join(f"p{each} {1000 * _percentile(master, each):.0f} ms" for each in _PERCENTILES)
        yield (
            "tokens",
            f"{master.dispenser.opened:,} ({master.tribunal.open_tokens:,} open, {counters.judged:,} judged)",
        )
        yield "failures", f"{counters.failures:,}"
        yield "workers", str(master.workers)


def _percentile(master: Master, percent: int) -> float:
    total = master.stats.total
    return total.get_response_time_percentile(percent / 100) / 1000 if total.num_requests else 0.0
