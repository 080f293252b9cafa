"""The files that a run leaves in its folder."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from imagebuilder_conformance.cli.forms import FORMATS
from imagebuilder_conformance.machine import complaint
from imagebuilder_reports.errors import ReportError, UnwritableError
from imagebuilder_reports.folder import claimed
from imagebuilder_reports.ledger import keep_started
from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import EVENTS_FILE
from imagebuilder_reports.writing import write_text


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A file that was asked for and not written: the sentence that says why, and whether we are to blame."""

    path: Path
    sentence: str
    is_bug: bool = False


@contextmanager
def taken(folder: Path | None) -> Iterator[None]:
    """Have a folder for a run alone, without what an earlier one left: a run that dies is not mistaken for that.

    The builds that the earlier one started, and that nobody has removed, stay on the list beside the reports.

    Args:
        folder: None where the run leaves no files.

    Raises:
        UnwritableError: The folder can't be had, or a file in it can't be taken away.
        ReportError: The list of what the earlier run started can't be kept.
    """
    if folder is None:
        yield
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(claimed(folder))
        except UnwritableError as error:
            raise UnwritableError(f"--report-dir: {error}") from error
        keep_started(folder)
        _clear(folder)
        yield


def _clear(folder: Path) -> None:
    for name in (EVENTS_FILE, *(form.file for form in FORMATS.values())):
        path = folder / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise UnwritableError(f"{path} cannot be replaced: {error.strerror}") from error


def leave(report: Report, folder: Path | None) -> list[Unwritten]:
    """Write the report in every form, `report.json` first; gives each file that was not written.

    Whatever goes wrong with one file keeps none of the others from being written. Without a folder there are none.
    """
    return [] if folder is None else list(_unwritten(report, folder))


def _unwritten(report: Report, folder: Path) -> Iterator[Unwritten]:
    for form in FORMATS.values():
        path = folder / form.file
        try:
            write_text(path, form.render(report))
        except ReportError as error:
            yield Unwritten(path, str(error))
        except Exception as error:  # noqa: BLE001  # a mistake in one writer must cost that file only
            sentence = complaint(error)
            told = f"{path} was not written: {sentence}" if sentence else _mistake(path, error)
            yield Unwritten(path, told, is_bug=sentence is None)


def _mistake(path: Path, error: Exception) -> str:
    return f"{path} was not written, which is a bug of the suite: {error!r}"
