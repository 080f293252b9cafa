"""The folder of a report, which belongs to one run at a time."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imagebuilder_reports.errors import UnwritableError


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Make the folder that a run leaves its report in, and keep other runs out of it until the end.

    The claim is on the folder itself and leaves no file. It ends with the process, however that ends.

    Raises:
        UnwritableError: The folder can't be made or written, or another run has it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(f"can't make the folder {folder} for the report: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UnwritableError(f"can't write the report to {folder}: it is not writable")
    if sys.platform == "win32":
        # Folders can't be locked there.
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UnwritableError(f"{folder} is in use by another run: wait for its end, or name another folder") from error
    except OSError:
        # Some file systems know no locks. A report can be left there all the same.
        return
