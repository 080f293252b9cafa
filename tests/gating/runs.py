"""Real runs through the command, in this process, against targets of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import Result

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import find_defect
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import read_report
from tests.support.command import invoked
from tests.support.runs import serving

# Few and quick checks; `replay-refused` and `replay-mismatched` break the same clause in two ways.
PREFIX = "idempotency.replay.succeeds"


@contextmanager
def broken(name: str) -> Iterator[ReferenceServer]:
    """The reference target with a defect."""
    with serving(find_defect(name).behaviour) as server:
        yield server


@contextmanager
def kept() -> Iterator[ReferenceServer]:
    """The reference target as it is, but as a target like any other."""
    with serving(Behaviour) as server:
        yield server


def run(server: ReferenceServer, folder: Path, *arguments: str | Path, prefix: str = PREFIX) -> Result:
    """`run` against a server, with its report in a folder."""
    return invoked("run", prefix, "--suite", "core", "--endpoint-url", server.url, "--report-dir", folder, *arguments)


def report_of(folder: Path) -> Report:
    return read_report(folder / "report.json")


def error_of(result: Result) -> str:
    """The one sentence of a command that refused its input and put nothing out."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    [sentence] = [line for line in result.stderr.splitlines() if not line.startswith(("Usage:", "Try ")) and line]
    assert sentence.startswith("Error: ")
    return sentence.removeprefix("Error: ")
