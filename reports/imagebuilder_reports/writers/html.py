"""`report.html`: the report as one page that needs nothing but a browser."""

from dataclasses import dataclass
from typing import Any

from imagebuilder_reports.explanation import Explain, unexplained
from imagebuilder_reports.model import CheckReport, Report
from imagebuilder_reports.overview import (
    Broken,
    areas,
    blocks,
    broken_promises,
    broken_title,
    first_to_mend,
    frugality,
    reach,
    verdicts_shown,
)
from imagebuilder_reports.pictures.coverage import coverage
from imagebuilder_reports.pictures.error_table import error_table
from imagebuilder_reports.pictures.latency import latency
from imagebuilder_reports.pictures.traffic import traffic
from imagebuilder_reports.provisioned import in_short
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_reports.writers.pages import render_page


@dataclass(frozen=True, slots=True)
class _Shown:
    """A verdict, and how many of the selected clauses have it."""

    verdict: Verdict
    count: int


def render_html(report: Report, explain: Explain = unexplained) -> str:
    """The report as a self-contained page, in which each broken clause is explained."""
    return render_page("report.html.j2", _context(report, explain), styles=["report.css"], script="report.js")


def _context(report: Report, explain: Explain) -> dict[str, Any]:
    found = _broken_by_clause(report)
    return {
        "report": report,
        "rerun_at": report.rerun_at,
        "areas": areas(report),
        "shown": _shown(report),
        "unknown": sum(execution.image is None for execution in report.executions),
        "provisioned": in_short(report.run.provisioned),
        "frugality": frugality(report),
        "reach": reach(report),
        "first": first_to_mend(report),
        "blocks": blocks(report),
        "broken_title": broken_title(report),
        "broken_by_clause": found,
        "explained": {clause: explain(report.suite.contract, clause) for clause, broken in found.items() if broken},
        "checks_by_clause": _checks_by_clause(report),
        "deselected": [clause for clause in report.clauses if not clause.selected],
        "coverage": coverage(report),
        "errors": error_table(report),
        "latency": latency(report),
        "traffic": traffic(report),
    }


def _shown(report: Report) -> list[_Shown]:
    counted = areas(report)
    return [_Shown(verdict, sum(area.counts[verdict] for area in counted)) for verdict in verdicts_shown(report)]


def _broken_by_clause(report: Report) -> dict[str, list[Broken]]:
    found: dict[str, list[Broken]] = {clause.id: [] for clause in report.clauses}
    for broken in broken_promises(report):
        found[broken.clause.id].append(broken)
    return found


def _checks_by_clause(report: Report) -> dict[str, list[CheckReport]]:
    checks = {check.id: check for check in report.checks}
    return {clause.id: [checks[id_] for id_ in clause.checks if id_ in checks] for clause in report.clauses}
