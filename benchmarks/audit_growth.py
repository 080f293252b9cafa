"""How an audit grows with the recording: memory and time for 10,000 to 1,000,000 exchanges of our own events.

    python -m benchmarks.audit_growth [--largest N] [--folder DIR]

Each token is used twice, a start and a replay, so a recording of a million exchanges has half a million tokens, images
and twice as many request ids. Memory is the greatest resident set of a process that audits the file and leaves a
report; the file, of about a kilobyte for each exchange, and SQLite's temporary one are on the disk of DIR.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.messages import Answer, Attempt, Exchange
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_reports.events import Footer, Result, to_json
from imagebuilder_reports.verdicts import Ending
from imagebuilder_spec import load_contract

SIZES = (10_000, 100_000, 1_000_000)
_PIPELINE = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/nightly"
_URL = "http://127.0.0.1:8470/StartImagePipelineExecution"
_HEADERS = (("content-type", "application/json"), ("x-amzn-RequestId", "00000000-0000-0000-0000-000000000000"))


def main(largest: int, folder: Path | None) -> None:
    """Measure and print a table."""
    print(f"{'exchanges':>10} {'tokens':>8} {'file, MB':>9} {'peak RSS, MB':>13} {'CPU, s':>8} {'us/exchange':>12}")
    for size in SIZES:
        if size > largest:
            break
        with tempfile.TemporaryDirectory(dir=folder) as place:
            path = Path(place) / "events.jsonl"
            with path.open("w", encoding="utf-8") as file:
                file.writelines(_lines(size))
            megabytes = path.stat().st_size / 2**20
            peak, seconds = _audit(path, Path(place))
        each = seconds / size * 1e6
        print(f"{size:>10,} {size // 2:>8,} {megabytes:>9.0f} {peak:>13.0f} {seconds:>8.1f} {each:>12.0f}", flush=True)


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


def _audit(path: Path, folder: Path) -> tuple[float, float]:
    """The greatest resident set in MB, and the processor's time in seconds, of a process that audits a file."""
    words = [
        sys.executable,
        "-m",
        "imagebuilder_conformance",
        "audit",
        str(path),
        "--report-dir",
        str(folder / "report"),
    ]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, env={**os.environ, "SQLITE_TMPDIR": str(folder)})
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"expected a conformant recording, the audit ended with {process.returncode}")
    # Linux counts in kilobytes, macOS in bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return used.ru_maxrss / unit, used.ru_utime + used.ru_stime


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="the longest recording to audit")
    parser.add_argument("--folder", type=Path, help="where the files go; the system's temporary folder by default")
    arguments = parser.parse_args()
    main(arguments.largest, arguments.folder)
