"""Writes the files of a report."""

import json
from pathlib import Path

from imagebuilder_reports.errors import UnwritableError
from imagebuilder_reports.model import Report, report_to_json


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8; a lone surrogate, which UTF-8 can't hold, becomes its escape.

    Raises:
        UnwritableError: The file can't be written.
    """
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise UnwritableError(f"{path} cannot be written: {error.strerror}") from error


def report_json(report: Report) -> str:
    """The text of `report.json`: ASCII, so that it survives whatever it passes through."""
    return json.dumps(report_to_json(report), indent=1, allow_nan=False) + "\n"


def write_report_json(report: Report, path: Path) -> None:
    """Write `report.json`.

    Raises:
        UnwritableError: The file can't be written.
    """
    write_text(path, report_json(report))
