"""A target that answers megabytes to everything fills neither the memory nor the disk, and is judged all the same."""

import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from imagebuilder_reports.reading import read_report
from imagebuilder_reports.verdicts import Verdict
from tests.support.command import environment, files_below, here
from tests.support.scripted import Received, Reply, ScriptedServer

MEBIBYTE = 2**20
MUCH = "x" * (4 * MEBIBYTE)
STARTED = {"imageBuildVersionArn": "arn:aws:imagebuilder:us-east-1:123456789012:image/a/1.0.0/", "requestId": "id-"}


def talkative(request: Received) -> Reply:
    """Starts builds for whatever has a token, and refuses the rest, in four megabytes each."""
    talkative.count += 1  # type: ignore[attr-defined]  # a counter beside the function
    number = str(talkative.count)  # type: ignore[attr-defined]  # likewise
    try:
        members = json.loads(request.body)
        started = {"clientToken": members["clientToken"], **{name: text + number for name, text in STARTED.items()}}
        return Reply(200, json.dumps({"more": MUCH, **started}).encode())
    except (ValueError, KeyError, TypeError, RecursionError):
        refusal = json.dumps({"message": MUCH, "code": "InvalidRequestException"})
        return Reply(400, refusal.encode(), (("X-Long", "y" * 60_000),))


def _peak_of(process: "subprocess.Popen[bytes]") -> int:
    """The greatest resident set of a process, in KiB, when it has ended.

    What the system tells of a child that has ended counts its parent's memory at the fork, too.
    """
    peak = 0
    while process.poll() is None:
        with suppress(OSError):
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
            peak = max([peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))])
        time.sleep(0.02)
    return peak


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the unit of the peak is Linux's")
def test_megabytes_for_everything_are_bounded_in_memory_and_on_disk(tmp_path: Path) -> None:
    talkative.count = 0  # type: ignore[attr-defined]  # see above
    with ScriptedServer(talkative) as server:
        words = [sys.executable, "-m", "imagebuilder_conformance", "run", "request.client-token", "response"]
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(
                [*words, "--endpoint-url", server.url], cwd=tmp_path, env=environment(), stdout=said, stderr=said
            )
            peak = _peak_of(process)
        sent = len(server.received)
    assert process.returncode == 1, (tmp_path / "said").read_text()
    assert sent > 40
    assert 0 < peak < 300 * 1024
    left = files_below(tmp_path / "conformance-report")
    assert sum(map(len, left.values())) < 50 * MEBIBYTE
    report = read_report(tmp_path / "conformance-report")
    verdicts = {clause.id: clause.verdict for clause in report.clauses}
    # By all of an answer: what it says first and last is four megabytes apart.
    assert verdicts["response.client-token.echo"] is Verdict.PASSED
    assert report.executions
    # A cut body is not recorded: nobody is blamed for what it does not show.
    audited = here("audit", "conformance-report", "--json", cwd=tmp_path)
    assert audited.code in {0, 1, 3}, audited.text
    broken = {each["id"] for each in json.loads(audited.out)["clauses"] if each["verdict"] in {"failed", "warned"}}
    judged_otherwise = {each for each in broken if verdicts[each] is Verdict.PASSED}
    assert judged_otherwise == set()
