"""What the benchmarks share: whole processes by the clock, medians with their spread, tables, the machine's name."""

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Self


@dataclass(frozen=True, slots=True)
class Process:
    """A process that has ended. `cpu` are the seconds that it and its children kept a processor busy."""

    code: int
    output: str
    seconds: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some values, with the least and the greatest."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """The spread of at least one value."""
        values = list(values)
        return cls(median(values), min(values), max(values))

    def text(self, digits: int = 2, unit: str = "") -> str:
        """For a table, such as `1.52 s (1.40 to 1.71)`; a value that never varied stands alone."""
        value = f"{self.median:,.{digits}f}{unit}"
        least, greatest = f"{self.least:,.{digits}f}", f"{self.greatest:,.{digits}f}"
        return value if least == greatest else f"{value} ({least} to {greatest})"


def run_process(
    arguments: Sequence[str | Path], *, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Process:
    """Run a program to its end and time it from its start to its exit. Only one at a time, or `cpu` mixes them.

    The caller's AWS variables do not reach it: they would name another target.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    spent, began = _children_cpu(), time.perf_counter()
    done = subprocess.run(
        list(map(str, arguments)),
        cwd=folder,
        env={**clean, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return Process(done.returncode, done.stdout, time.perf_counter() - began, _children_cpu() - spent)


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def program(name: str) -> Path:
    """A program that was installed beside this Python."""
    return Path(sys.executable).with_name(name)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; all columns but the first are aligned to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in (head, rule, *rows))


def machine() -> str:
    """This machine in one line."""
    return (
        f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} cores{_memory()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return ""
    return f", {size / 2**30:.0f} GiB"
