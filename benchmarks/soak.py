"""Soaks the reference target and each of its load-only defects, by one master and two workers of this machine.

    python -m benchmarks.soak [--seconds 300] [--defect-seconds 60] [NAME ...]

Prints a table of what each soak came to, and how much memory each process held over the first one.
"""

import argparse
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.measuring import table
from benchmarks.serving import served
from imagebuilder_conformance.reference.defects import catalogue

COMMAND = (sys.executable, "-m", "imagebuilder_conformance")
# So many users, so that connections are many.
USERS, WORKERS = 24, 2
SECONDS, DEFECT_SECONDS = 300.0, 60.0
# How many workers lead as many times as many users, and for how long.
CREWS, CREW_SECONDS = (1, 2, 4, 8), 20.0
# So many samples of each process's memory are taken over a soak, in equal steps.
_SAMPLES = 20


@dataclass
class Soak:
    """What came of a soak: exit code, report, and the memory of each process in MiB by the second."""

    name: str
    code: int
    report: dict[str, Any]
    memory: dict[int, dict[str, float]] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """How many exchanges there were a second."""
        return float(self.report.get("measured", {}).get("soak.exchanges-per-second", 0))


def soak(name: str | None, seconds: float, *, crew: int = WORKERS, users: int = USERS) -> Soak:
    """Soak the reference target, or one of its defects, with so many workers and users."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        serve = [*COMMAND, "serve", "--port", "0", *(["--defect", name] if name else [])]
        url, target = stack.enter_context(served(serve))
        to = ["soak", "--endpoint-url", url, "--master-port", str(_free_port())]
        led = ["--master", "--expect-workers", str(crew), "--users", str(users), "--duration", str(seconds)]
        quiet = {"stdout": subprocess.DEVNULL}
        master = stack.enter_context(_process([*COMMAND, *to, *led, "--report-dir", folder], **quiet))
        workers = [stack.enter_context(_process([*COMMAND, *to, "--worker"], **quiet)) for _ in range(crew)]
        named = {"master": master, "target": target} | {f"worker {n}": each for n, each in enumerate(workers, 1)}
        memory = _watch(master, named, apart=seconds / _SAMPLES)
        return Soak(name or "the reference target", master.wait(), _report(Path(folder)), memory)


def _watch(
    master: "subprocess.Popen[Any]", named: dict[str, "subprocess.Popen[Any]"], *, apart: float
) -> dict[int, dict[str, float]]:
    began, memory = time.monotonic(), {}
    while master.poll() is None:
        second = int(time.monotonic() - began)
        memory[second] = {name: _resident(process.pid) for name, process in named.items()}
        try:
            master.wait(apart)
        except subprocess.TimeoutExpired:
            continue
    return memory


def _resident(pid: int) -> float:
    """The resident memory, in MiB, of the process that soaks: the child of the command, if it has one."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        status = Path(f"/proc/{children[0] if children else pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def _process(words: list[str], **options: Any) -> Iterator["subprocess.Popen[Any]"]:
    with subprocess.Popen(words, **options) as process:
        try:
            yield process
        finally:
            # A worker ends by its master's word, soon after it.
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.terminate()


def _report(folder: Path) -> dict[str, Any]:
    path = folder / "report.json"
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return report


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def measure(
    names: Sequence[str] | None = None, *, seconds: float = SECONDS, defect_seconds: float = DEFECT_SECONDS
) -> list[Soak]:
    """Soak the reference target, then these defects, or all that show under load only."""
    chosen = list(catalogue.load_defects() if names is None else names)
    return [soak(None, seconds), *(soak(name, defect_seconds) for name in chosen)]


def growth(crews: Sequence[int] = CREWS, *, seconds: float = CREW_SECONDS) -> dict[int, Soak]:
    """Soak the reference target with more and more workers, each with its share of users, by their number."""
    return {crew: soak(None, seconds, crew=crew, users=crew * USERS // WORKERS) for crew in crews}


def growth_section(soaks: Mapping[int, Soak]) -> str:
    """The figures by the number of workers as a table."""
    head = ("workers", "users", "verdict", "exchanges", "a second", "p95 ms", "master, MiB at most")
    rows = (
        (
            crew,
            crew * USERS // WORKERS,
            each.report.get("verdict", f"exit {each.code}"),
            f"{each.report.get('totals', {}).get('exchanges', 0):,}",
            f"{each.rate:,.0f}",
            f"{1000 * each.report.get('measured', {}).get('soak.latency.p95', 0):.0f}",
            f"{max((resident['master'] for resident in each.memory.values()), default=0):.0f}",
        )
        for crew, each in soaks.items()
    )
    return table(head, rows)


def growth_line(soaks: Mapping[int, Soak]) -> dict[str, list[tuple[float, float]]]:
    """The exchanges a second by the number of workers."""
    return {"all workers together": [(crew, each.rate) for crew, each in soaks.items()]}


def section(soaks: Sequence[Soak]) -> str:
    """The figures as a part of a Markdown page."""
    head = ("target", "verdict", "broken", "exchanges", "tokens", "a second", "p50 ms", "p95 ms", "p99 ms")
    said = (
        f"{USERS} users on {WORKERS} workers, one master and the target, all on this machine. "
        "Resident memory in MiB over the first soak:"
    )
    memory = soaks[0].memory
    names = list(next(iter(memory.values()), {}))
    resident = [
        (second, *(f"{each[name]:.0f}" if each[name] else "" for name in names)) for second, each in memory.items()
    ]
    return "\n\n".join((table(head, map(_row, soaks)), said, table(("second", *names), resident)))


def memory_lines(each: Soak) -> dict[str, list[tuple[float, float]]]:
    """The resident memory of each process, in MiB, by the second, for as long as it lives."""
    names = list(next(iter(each.memory.values()), {}))
    return {
        name: [(second, resident[name]) for second, resident in each.memory.items() if resident[name]] for name in names
    }


def _row(each: Soak) -> tuple[object, ...]:
    report = each.report
    measured = report.get("measured", {})
    broken = sorted({f["clause"] for check in report.get("checks", []) for f in check["failures"]})
    return (
        each.name,
        report.get("verdict", f"exit {each.code}"),
        ", ".join(f"`{clause}`" for clause in broken) or "none",
        f"{report.get('totals', {}).get('exchanges', 0):,}",
        f"{measured.get('soak.tokens', 0):,.0f}",
        f"{each.rate:,.0f}",
        *(f"{1000 * measured.get(f'soak.latency.{p}', 0):.0f}" for p in ("p50", "p95", "p99")),
    )


def main() -> None:
    """Soak the reference target, then the defects, and print the tables."""
    parser = argparse.ArgumentParser(description="Soaks of the reference target and of its load-only defects.")
    parser.add_argument("names", nargs="*", help="the defects; all load-only ones if none is named")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="default: %(default)s")
    parser.add_argument("--defect-seconds", type=float, default=DEFECT_SECONDS, help="default: %(default)s")
    options = parser.parse_args()
    soaks = measure(options.names or None, seconds=options.seconds, defect_seconds=options.defect_seconds)
    print(section(soaks))


if __name__ == "__main__":
    main()
