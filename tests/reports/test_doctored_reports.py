"""A report that somebody has tampered with is refused in a sentence, or shown: it never brings a writer down."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from imagebuilder_reports.decoding import ShapeError, decode
from imagebuilder_reports.diff import compare
from imagebuilder_reports.errors import ReportError
from imagebuilder_reports.matrix import matrix
from imagebuilder_reports.model import Report, report_to_json
from imagebuilder_reports.report import fold
from imagebuilder_reports.writers import FORMATS
from imagebuilder_reports.writers.diff_forms import diff_html, diff_markdown, diff_text
from imagebuilder_reports.writers.matrix_forms import matrix_html, matrix_markdown, matrix_text

from .test_streams import RICH

WHOLE: dict[str, Any] = json.loads(json.dumps(report_to_json(fold(RICH))))
ODD_TEXT = ["", "\x00\ud800\u202e</script>{{x}}|`" * 20]
ODD_NUMBERS = [0, -1, 10**15]
Place = tuple[str | int, ...]


def places(value: object, here: Place = ()) -> Iterator[Place]:
    """The places of all lists and scalars."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from places(member, (*here, name))
        return
    yield here
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*here, index))


def oddities(value: object) -> list[Any]:
    """Values of the same type that nobody would have written there."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        return ODD_TEXT
    if isinstance(value, int | float):
        return ODD_NUMBERS
    return [[], [*value, *value]] if isinstance(value, list) else ["text", 1]


def doctored(place: Place) -> Iterator[Any]:
    for odd in oddities(at(WHOLE, place)):
        report = copy.deepcopy(WHOLE)
        at(report, place[:-1])[place[-1]] = odd
        yield report


def at(value: Any, place: Place) -> Any:
    for part in place:
        value = value[part]
    return value


def shown(report: Report) -> list[str]:
    """The report in every form there is."""
    difference, table = compare(report, report), matrix([report, report])
    return [
        *(form.render(report) for form in FORMATS.values()),
        *(render(difference) for render in (diff_text, diff_markdown, diff_html)),
        *(render(table) for render in (matrix_text, matrix_markdown, matrix_html)),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("member", WHOLE)
def test_it_is_refused_or_shown(member: str) -> None:
    refusals: list[str] = []
    rendered: list[str] = []
    for place in places(WHOLE[member], (member,)):
        for data in doctored(place):
            try:
                rendered += shown(decode(Report, data))
            except (ShapeError, ReportError) as error:
                refusals.append(str(error))
    assert refusals or rendered
    assert all(rendered)
    assert not [message for message in refusals if "\n" in message]
