"""Runs of the whole suite in this process, against targets of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings as ReferenceSettings
from imagebuilder_conformance.running.own_pytest import Gatherer, run_suites
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.target import Target
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_spec import Suite
from tests.support.calls import target_at

CORE = (Suite.CORE,)


def run_of(settings: Settings) -> Report:
    """The report of a run in this process; nothing is shown."""
    gatherer = Gatherer(settings)
    run_suites(gatherer)
    return fold(gatherer.events)


def run_against(
    target: Target | str,
    *prefixes: str,
    suites: tuple[Suite, ...] = CORE,
    max_executions: int | None = None,
    strict: bool = False,
    report_dir: Path | None = None,
    sdk_python: Path | None = None,
) -> Report:
    """The report of a run against a target, or the endpoint of one that knows the default pipelines."""
    return run_of(
        Settings(
            target_at(target) if isinstance(target, str) else target,
            suites=suites,
            prefixes=prefixes,
            max_executions=max_executions,
            strict=strict,
            report_dir=report_dir,
            sdk_python=sdk_python,
        )
    )


@contextmanager
def serving(behaviour: type[Behaviour], *, verify_signatures: bool = True) -> Iterator[ReferenceServer]:
    """The reference target with another behaviour."""
    with ReferenceServer(ReferenceSettings(verify_signatures=verify_signatures), behaviour=behaviour) as server:
        yield server


def failed(report: Report) -> set[str]:
    """The clauses that were found broken."""
    return {clause.id for clause in report.clauses if clause.verdict is Verdict.FAILED}


def verdicts(report: Report) -> dict[str, Verdict]:
    """The verdict on each clause."""
    return {clause.id: clause.verdict for clause in report.clauses}
