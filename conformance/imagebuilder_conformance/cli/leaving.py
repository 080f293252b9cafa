"""The files that a run leaves in its folder."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from imagebuilder_reports.errors import ReportError, UnwritableError
from imagebuilder_reports.folder import claimed
from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import EVENTS_FILE
from imagebuilder_reports.writers import FORMATS
from imagebuilder_reports.writing import write_text


@contextmanager
def taken(folder: Path | None) -> Iterator[None]:
    """Have a folder for a run alone, without what an earlier one left: a run that dies is not mistaken for that.

    Args:
        folder: None where the run leaves no files.

    Raises:
        UnwritableError: The folder can't be had, or a file in it can't be taken away.
    """
    if folder is None:
        yield
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(claimed(folder))
        except UnwritableError as error:
            raise UnwritableError(f"--report-dir: {error}") from error
        _clear(folder)
        yield


def _clear(folder: Path) -> None:
    for name in (EVENTS_FILE, *(form.file for form in FORMATS.values())):
        path = folder / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise UnwritableError(f"{path} cannot be replaced: {error.strerror}") from error


def leave(report: Report, folder: Path | None) -> list[str]:
    """Write the report in every form, `report.json` first; gives a sentence for each file that was not written.

    Whatever goes wrong with one file keeps none of the others from being written. Without a folder there are none.
    """
    return [] if folder is None else list(_unwritten(report, folder))


def _unwritten(report: Report, folder: Path) -> Iterator[str]:
    for form in FORMATS.values():
        try:
            write_text(folder / form.file, form.render(report))
        except ReportError as error:
            yield str(error)
        except Exception as error:  # noqa: BLE001  # a mistake in one writer must cost that file only
            yield f"{folder / form.file} was not written, which is a bug of the suite: {error!r}"
