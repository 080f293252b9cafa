"""How an audit grows with the recording: memory and time for 1,000 to 1,000,000 exchanges of our own events.

    python -m benchmarks.audit_growth [--largest N] [--folder DIR]

Each token is used twice, a start and a replay, so a recording of a million exchanges has half a million tokens, images
and twice as many request ids. Memory is the greatest resident set of a process that audits the file and leaves a
report; the file, of about a kilobyte for each exchange, and SQLite's temporary one are on the disk of DIR.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import Process, run_process, table
from benchmarks.peak import peak_said
from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.messages import Attempt, Exchange
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_reports.events import Footer, Result, to_json
from imagebuilder_reports.verdicts import Ending
from imagebuilder_spec import load_contract

SIZES = (1_000, 10_000, 100_000, 300_000, 1_000_000)
ROOT = Path(__file__).parents[1]
_PIPELINE = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/nightly"
_URL = "http://127.0.0.1:8470/StartImagePipelineExecution"
_HEADERS = (("content-type", "application/json"), ("x-amzn-RequestId", "00000000-0000-0000-0000-000000000000"))


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit of a recording of so many exchanges: how large its file is, in MB, and the most memory, in MiB."""

    exchanges: int
    megabytes: float
    process: Process
    peak: float


def measure(*, largest: int = SIZES[-1], folder: Path | None = None) -> list[Audit]:
    """Make and audit recordings up to the largest.

    Raises:
        RuntimeError: an audit blamed what it should not.
    """
    return [_audited(size, folder) for size in SIZES if size <= largest]


def _audited(size: int, folder: Path | None) -> Audit:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "events.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(_lines(size))
        process = run_process(
            (sys.executable, "-m", "benchmarks.peak", "audit", path, "--report-dir", Path(place) / "report"),
            folder=ROOT,
            environment={"SQLITE_TMPDIR": place},
        )
        if process.code:
            raise RuntimeError(
                f"expected a conformant recording, the audit ended with {process.code}:\n{process.output}"
            )
        return Audit(size, path.stat().st_size / 1e6, process, peak_said(process))


def _lines(size: int) -> Iterator[str]:
    for number in range(size):
        yield json.dumps(to_json(_result(number)), separators=(",", ":")) + "\n"
    yield json.dumps(to_json(Footer("2026-01-01T00:00:00Z", 0.0, Ending.COMPLETED))) + "\n"


def _result(number: int) -> Result:
    token = f"token-{number // 2}"
    image = f"arn:aws:imagebuilder:us-east-1:123456789012:image/nightly/1.0.0/{number // 2}"
    body = {"clientToken": token, "imageBuildVersionArn": image, "requestId": f"request-{number}"}
    request = RequestFactory(load_contract().operation).start(token, _PIPELINE)
    answer = Answer(200, _HEADERS, json.dumps(body).encode())
    exchange = Exchange(f"x{number}", "soak", request, _URL, (), (Attempt(number / 100, 0.005, answer=answer),))
    return Result(exchange.id, number / 100, 200, image, record(exchange, Redactor(())))


def section(audits: Sequence[Audit]) -> str:
    """The figures as a part of a Markdown page."""
    rows = [
        (
            f"{each.exchanges:,}",
            f"{each.exchanges // 2:,}",
            f"{each.megabytes:,.0f}",
            f"{each.process.seconds:,.1f}",
            f"{each.process.cpu / each.exchanges * 1e6:,.0f}",
            f"{each.peak:,.0f}",
        )
        for each in audits
    ]
    head = ("exchanges", "tokens", "file, MB", "seconds", "µs of a processor an exchange", "peak MiB")
    return table(head, rows)


def memory_line(audits: Sequence[Audit]) -> dict[str, list[tuple[float, float]]]:
    """The greatest resident set, and for comparison the size of the file, by exchanges."""
    return {
        "peak memory": [(each.exchanges, each.peak) for each in audits],
        "the recording": [(each.exchanges, each.megabytes) for each in audits],
    }


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(description="How an audit grows with the recording.")
    options.add_argument("--largest", type=int, default=SIZES[-1], metavar="N", help="default: %(default)s")
    options.add_argument("--folder", type=Path, help="where the files go; the system's temporary folder by default")
    chosen = options.parse_args()
    print(section(measure(largest=chosen.largest, folder=chosen.folder)))


if __name__ == "__main__":
    main()
