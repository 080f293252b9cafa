"""The table of all exchanges, as compact as ten thousand rows in a page need to be."""

from typing import Any

from imagebuilder_reports.legible import show_seconds, shown_in_line
from imagebuilder_reports.model import ExchangeRow, Report
from imagebuilder_reports.overview import evidence
from imagebuilder_reports.pictures.outcomes import Outcome


class _Words:
    """Words numbered as they come, for rows that say the same over and over."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, word: str) -> int:
        return self._numbers.setdefault(shown_in_line(word), len(self._numbers))

    def all(self) -> list[str]:
        return list(self._numbers)


def traffic(report: Report) -> dict[str, Any]:
    """The exchanges as JSON for the page's script: rows of numbers into lists of words."""
    telling = evidence(report)
    checks, labels, answers = _Words(), _Words(), _Words()
    rows = [
        (
            shown_in_line(row.id),
            f"{row.at:.3f} s",
            checks.number(row.check),
            labels.number(row.label),
            answers.number(_answer(row)),
            show_seconds(row.seconds),
            list(Outcome).index(Outcome.of(row.status, shows_failure=row.id in telling)),
        )
        for row in report.exchanges
    ]
    return {
        "rows": rows,
        "checks": checks.all(),
        "labels": labels.all(),
        "answers": answers.all(),
        "outcomes": list(Outcome),
    }


def _answer(row: ExchangeRow) -> str:
    status = "no answer" if row.status is None else str(row.status)
    tries = f"at try {row.tries}" if row.tries > 1 else ""
    return " ".join(part for part in (status, row.code, tries) if part)
