"""The badge: `badge.svg` to show, and `badge.json` in the shape that shields.io's endpoint badges read."""

import html
import json
from dataclasses import asdict, dataclass

from imagebuilder_reports.model import Report
from imagebuilder_reports.overview import is_partial, tally
from imagebuilder_reports.runners import inert_json
from imagebuilder_reports.verdicts import RunVerdict

_LABEL = "StartImagePipelineExecution"
_COLORS = {RunVerdict.CONFORMANT: "#1a7f37", RunVerdict.NON_CONFORMANT: "#cf222e", RunVerdict.INCOMPLETE: "#9a6700"}
# Verdana at 11 pixels, the width of a character on average, and the room left and right of a text.
_CHARACTER, _ROOM = 6.6, 10
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}: {message}">
  <title>{label}: {message}</title>
  <clipPath id="round"><rect width="{width}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#round)">
    <rect width="{left}" height="20" fill="#424a53"/>
    <rect x="{left}" width="{right}" height="20" fill="{color}"/>
  </g>
  <g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
    <text x="{left_middle}" y="14" textLength="{left_text}">{label}</text>
    <text x="{right_middle}" y="14" textLength="{right_text}">{message}</text>
  </g>
</svg>
"""


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge in the members that shields.io names; `schemas/badge.schema.json` publishes them."""

    label: str
    message: str
    color: str
    schemaVersion: int = 1  # noqa: N815  # shields.io's name


def badge(report: Report) -> Badge:
    """The verdict in three words; nothing is passed off as more than it is: a reference target, an audit, a part."""
    kinds = {
        "reference target": report.target.reference,
        "recorded traffic": report.target.recorded,
        "partial run": is_partial(report),
    }
    kind = ", ".join(name for name, applies in kinds.items() if applies)
    label = f"{_LABEL} ({kind})" if kind else _LABEL
    message = report.verdict if report.verdict is RunVerdict.INCOMPLETE else f"{report.verdict}, {tally(report)}"
    return Badge(label, message, _COLORS[report.verdict])


def render_badge_json(report: Report) -> str:
    """The badge for shields.io."""
    return inert_json(json.dumps(asdict(badge(report)), indent=1)) + "\n"


def render_badge_svg(report: Report) -> str:
    """The badge as a picture."""
    shown = badge(report)
    left_text, right_text = (round(len(text) * _CHARACTER) for text in (shown.label, shown.message))
    left, right = left_text + _ROOM, right_text + _ROOM
    return _SVG.format(
        label=html.escape(shown.label),
        message=html.escape(shown.message),
        color=shown.color,
        width=left + right,
        left=left,
        right=right,
        left_text=left_text,
        right_text=right_text,
        left_middle=left / 2,
        right_middle=left + right / 2,
    )
