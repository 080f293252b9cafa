"""The forms of a report as this suite makes them: those of the reports, the page with the broken clauses explained."""

from collections.abc import Mapping
from dataclasses import replace

from imagebuilder_reports import writers
from imagebuilder_reports.explanation import Explanation
from imagebuilder_reports.model import Report
from imagebuilder_reports.writers.html import render_html


def _explained(report: Report) -> str:
    return render_html(report, _explain)


def _explain(revision: str, clause: str) -> Explanation | None:
    # Imported here: it brings the checks and all defects, and a report in which nothing is broken needs neither.
    from imagebuilder_conformance.explaining.clauses import explanation_of

    return explanation_of(revision, clause)


FORMATS: Mapping[str, writers.Format] = {
    **writers.FORMATS,
    "html": replace(writers.FORMATS["html"], render=_explained),
}
"""The forms by the name that `render --format` knows them by."""
