"""Writes the files of a report."""

import errno
import json
import os
from contextlib import suppress
from pathlib import Path

from imagebuilder_reports.errors import UnwritableError
from imagebuilder_reports.model import Report, report_to_json
from imagebuilder_reports.runners import inert_json

# Why a file can't be put in the place of another one, where that one may well be written itself: the folder is
# somebody else's, or the file is a mount of its own, as with `docker run -v`.
_IN_PLACE = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV})


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8; a lone surrogate, which UTF-8 can't hold, becomes its escape.

    The file is complete or as it was before, whatever happens meanwhile: it is written beside, then renamed.

    Raises:
        UnwritableError: The file can't be written.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():
            # A pipe or a device; a folder says what it is.
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        raise UnwritableError(f"{path} cannot be written: {error.strerror}") from error


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name[:100]}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        if path.exists():
            beside.chmod(path.stat().st_mode)
        beside.replace(path)
    except OSError as error:
        if error.errno not in _IN_PLACE or not path.exists():
            raise
        path.write_bytes(data)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def report_json(report: Report) -> str:
    """The text of `report.json`: ASCII, so that it survives whatever it passes through."""
    return inert_json(json.dumps(report_to_json(report), indent=1, allow_nan=False)) + "\n"


def write_report_json(report: Report, path: Path) -> None:
    """Write `report.json`.

    Raises:
        UnwritableError: The file can't be written.
    """
    write_text(path, report_json(report))
