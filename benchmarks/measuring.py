"""What the benchmarks share: whole processes by the clock, medians with their spread, tables, the machine's name."""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
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
    """Run a program to its end and time it from its start to its exit."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, arguments)),
            cwd=folder,
            env={**_environment(), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
    return Process(process.returncode, said, seconds, used.ru_utime + used.ru_stime)


def _environment() -> dict[str, str]:
    """The caller's environment, without what names another target and without what forbids to keep compiled modules.

    Without these each process would compile what it imports, ours and theirs.
    """
    unwanted = {name for name in os.environ if name.startswith("AWS_")} | {"PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def exponent(before: tuple[float, float], now: tuple[float, float]) -> float:
    """The k of cost ~ nᵏ between two points (n, cost); 1 is linear."""
    return log(now[1] / before[1]) / log(now[0] / before[0])


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
