"""The suite as its users start it: a process of its own, from start to exit."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measuring import Process, program, run_process
from imagebuilder_conformance.reference.credentials import Credentials
from imagebuilder_reports.events import CheckFinished, Event, Result
from imagebuilder_reports.reading import EVENTS_FILE
from imagebuilder_reports.stream import read_events
from imagebuilder_spec import DEFAULT_REVISION

COMMAND = program("imagebuilder-conformance")
DEFAULT_SEED = 20_260_403
_DENIED = "denied"

# A clause is not run where its condition did not arise; whatever else is not passed is trouble.
_TROUBLE = frozenset({"failed", "warned", "error", "inconclusive"})


@dataclass(frozen=True, slots=True)
class OurRun:
    """A run of the suite. `report` is its `report.json`.

    `found_after` says of each broken clause how many exchanges had been made when the first failure of it had shown.
    """

    process: Process
    report: dict[str, Any]
    found_after: dict[str, int]

    @property
    def verdict(self) -> str:
        """The verdict of the run."""
        return str(self.report["verdict"])

    @property
    def found(self) -> frozenset[str]:
        """The clauses that were found broken."""
        broken = (clause for clause in self.report["clauses"] if clause["verdict"] in {"failed", "warned"})
        return frozenset(clause["id"] for clause in broken)

    @property
    def trouble(self) -> tuple[str, ...]:
        """Each clause that is neither passed nor not run, with what the report says of it."""
        return tuple(self._trouble())

    def _trouble(self) -> Iterator[str]:
        for clause in self.report["clauses"]:
            if clause["verdict"] in _TROUBLE:
                received = (
                    failure["received"]
                    for check in self.report["checks"]
                    for failure in check["failures"]
                    if failure["clause"] == clause["id"]
                )
                reasons = "; ".join(dict.fromkeys(received)) or clause["reason"]
                yield f"{clause['id']} {clause['verdict']}: {reasons}"

    @property
    def exchanges(self) -> int:
        """How many exchanges it took."""
        return int(self.report["totals"]["exchanges"])

    @property
    def executions(self) -> int:
        """How many image builds it started."""
        return int(self.report["totals"]["executions"])

    @property
    def judged(self) -> int:
        """How many clauses were judged."""
        clauses = self.report["totals"]["clauses"]
        return sum(clauses[verdict] for verdict in ("passed", "warned", "failed"))


def run_ours(
    endpoint: str | None = None,
    *,
    suite: str = "core",
    prefixes: Sequence[str] = (),
    seed: int = DEFAULT_SEED,
    workers: int = 1,
    max_executions: int | None = None,
    contract: str = DEFAULT_REVISION,
    denied: Credentials | None = None,
) -> OurRun:
    """Run the suite on an endpoint, or on the embedded reference target.

    `contract` is the revision; `denied` are the credentials of a caller who may start nothing.

    Raises:
        RuntimeError: the run left no report.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        where = ("--endpoint-url", endpoint) if endpoint else ()
        limit = ("--max-executions", str(max_executions)) if max_executions is not None else ()
        always = ("--suite", suite, "--seed", str(seed), "--workers", str(workers), "--report-dir", name)
        options = (*always, "--contract", contract, *limit, *where, *(("--denied-profile", _DENIED) if denied else ()))
        process = run_process(
            [COMMAND, "run", *prefixes, *options], folder=folder, environment=_profile(folder, denied)
        )
        report = folder / "report.json"
        if not report.exists():
            raise RuntimeError(f"the suite left no report (exit code {process.code}):\n{process.output}")
        found = found_after(read_events(folder / EVENTS_FILE))
        return OurRun(process, json.loads(report.read_text(encoding="utf-8")), found)


def _profile(folder: Path, denied: Credentials | None) -> dict[str, str]:
    """What tells the AWS tools of the profile of a caller."""
    if denied is None:
        return {}
    file = folder / "credentials"
    keys = f"aws_access_key_id = {denied.access_key_id}\naws_secret_access_key = {denied.secret_access_key}\n"
    file.write_text(f"[{_DENIED}]\n{keys}", encoding="utf-8")
    return {"AWS_SHARED_CREDENTIALS_FILE": str(file)}


def found_after(events: Iterable[Event]) -> dict[str, int]:
    """By broken clause, how many exchanges had been made when the first failure of it had shown."""
    numbers: dict[str, int] = {}
    found: dict[str, int] = {}
    for event in events:
        if isinstance(event, Result):
            numbers[event.exchange] = len(numbers) + 1
        if isinstance(event, CheckFinished):
            for failure in event.failures:
                # What shows it may lie long before the check that judges all traffic in the end.
                exchanges = [numbers[each.id] for each in failure.exchanges if each.id in numbers]
                shown = max(exchanges, default=len(numbers))
                found[failure.clause] = min(shown, found.get(failure.clause, shown))
    return found
