"""The forms of a report that people and machines read: one module each, one table of them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import REPORT_FILE
from imagebuilder_reports.writers.badge import render_badge_json, render_badge_svg
from imagebuilder_reports.writers.html import render_html
from imagebuilder_reports.writers.junit import render_junit
from imagebuilder_reports.writers.markdown import render_markdown
from imagebuilder_reports.writing import report_json


@dataclass(frozen=True, slots=True)
class Format:
    """A form of the report: the file that a run leaves it in, and what makes its text."""

    file: str
    render: Callable[[Report], str]


FORMATS: Mapping[str, Format] = {
    "json": Format(REPORT_FILE, report_json),
    "html": Format("report.html", render_html),
    "markdown": Format("report.md", render_markdown),
    "junit": Format("junit.xml", render_junit),
    "badge": Format("badge.svg", render_badge_svg),
    "shields": Format("badge.json", render_badge_json),
}
"""The forms by the name that `render --format` knows them by."""
