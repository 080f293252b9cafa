"""What a report tells of a clause."""

from imagebuilder_conformance.reference.defects.catalogue import find_defect
from imagebuilder_reports.events import FailureRecord
from imagebuilder_reports.model import Report
from imagebuilder_spec import Suite
from tests.support.runs import run_against, serving


def of(report: Report, clause: str) -> FailureRecord:
    return next(failure for failure in report.failures if failure.clause == clause)


def of_defect(name: str, *prefixes: str, suites: tuple[Suite, ...] = (Suite.CORE,)) -> Report:
    defect = find_defect(name)
    with serving(defect.behaviour, verify_signatures=defect.verify_signatures) as server:
        return run_against(server.url, *prefixes, suites=suites)
