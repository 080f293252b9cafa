"""A comparison of answers as text, as Markdown and as JSON."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from textwrap import shorten

from rich.console import RenderableType
from rich.padding import Padding

from imagebuilder_conformance.auditing.answers.comparing import AnswerComparison, AnswerDifference
from imagebuilder_conformance.auditing.answers.normal import ASPECTS
from imagebuilder_reports.legible import plural, printable
from imagebuilder_reports.runners import inert_json
from imagebuilder_reports.writers.markdown_text import code, prose, table
from imagebuilder_reports.writers.terminal import grid, inert_text, rendered

_LONGEST = 200
_FEW = 5

_Group = tuple[AnswerDifference, tuple[str, ...]]
"""A difference, and all questions that show the same."""


def answers_text(comparison: AnswerComparison) -> str:
    """For a terminal or a log: each difference with the questions that show it, then what was not compared."""
    parts: list[RenderableType] = []
    for each, asked in _groups(comparison):
        facts = {"A": _values(each.before), "B": _values(each.after), "asked": _few(asked)}
        title = inert_text(f"{each.aspect}  {plural(len(asked), 'question')} answered otherwise")
        parts += [title, Padding(grid(facts), (0, 0, 0, 2)), inert_text("")]
    return rendered(*parts, *map(inert_text, _summary(comparison)))


def answers_markdown(comparison: AnswerComparison) -> str:
    """For a pull request or a job summary."""
    rows = [_row(*group) for group in _groups(comparison)]
    parts = ["## Answers of A and B"]
    if rows:
        parts.append(table(("differs", "A", "B", "questions", "such as"), rows))
    parts.append("\n".join(f"- {prose(line)}" for line in _summary(comparison)))
    return "\n\n".join(parts) + "\n"


def answers_json(comparison: AnswerComparison) -> str:
    """For programs: an object with the fields of `AnswerComparison`."""
    return inert_json(json.dumps(asdict(comparison), indent=1)) + "\n"


def _groups(comparison: AnswerComparison) -> list[_Group]:
    """The same difference once, by aspect, the most frequent first."""
    found: dict[tuple[str, frozenset[str], frozenset[str]], list[AnswerDifference]] = {}
    for each in comparison.differences:
        found.setdefault((each.aspect, frozenset(each.before), frozenset(each.after)), []).append(each)
    groups = [(same[0], tuple(each.asked for each in same)) for same in found.values()]
    return sorted(groups, key=lambda group: (ASPECTS.index(group[0].aspect), -len(group[1])))


def _row(each: AnswerDifference, asked: tuple[str, ...]) -> tuple[str, ...]:
    before, after = (" or ".join(code(_short(value)) for value in values) for values in (each.before, each.after))
    return each.aspect, before, after, str(len(asked)), prose(_few(asked))


def _values(values: tuple[str, ...]) -> str:
    return " or ".join(_short(value) for value in values)


def _few(asked: tuple[str, ...]) -> str:
    more = "" if len(asked) <= _FEW else f" and {len(asked) - _FEW} more"
    return "; ".join(asked[:_FEW]) + more


def _short(value: str) -> str:
    return shorten(value, _LONGEST, placeholder=" …") or '""'


def _summary(comparison: AnswerComparison) -> Iterator[str]:
    differing = len({each.asked for each in comparison.differences})
    yield f"{plural(comparison.compared, 'question')} put to both, {differing} answered otherwise"
    for side, asked in zip("AB", comparison.unpaired, strict=True):
        if asked:
            yield f"asked of {side} only: {printable(_few(asked))}"
    for side, aspects in zip("AB", comparison.unrecorded, strict=True):
        if aspects:
            yield f"not recorded of {side}: {_counted(aspects)}"
    for side, count in zip("AB", comparison.passing, strict=True):
        if count:
            yield f"left out of {side}: {plural(count, 'answer')} of throttling, server errors and silence"


def _counted(aspects: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({plural(count, 'question')})" for name, count in aspects.items())
