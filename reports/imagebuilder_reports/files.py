"""Files of others: what they may be, and what a number in them may be."""

import stat
from pathlib import Path

from imagebuilder_reports.errors import UnreadableError

LARGEST = 1e15
"""What a number in seconds, bytes or anything else that is recorded can't reach: thirty million years, a petabyte."""


def expect_file(path: Path) -> None:
    """See that a path leads to something that can be read to its end.

    What is below `/dev` is taken as it is: shells put pipes there (`<(zcat x)`), and somebody writes to them.

    Raises:
        UnreadableError: It is a named pipe, a socket or a device, or it leads nowhere.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UnreadableError(f"{str(path)!r} cannot be read: {error}") from error
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode) and not path.is_relative_to("/dev"):
        raise UnreadableError(f"{path} cannot be read: it is no file")


def parse_number(text: str) -> float:
    """A number of JSON.

    Raises:
        ValueError: It is larger than anything recorded can be.
    """
    # Python refuses to read very many digits as an integer.
    value = float(text)
    if not -LARGEST < value < LARGEST:
        raise ValueError(f"{text[:20]}{'…' if len(text) > 20 else ''} is larger than anything recorded can be")
    return int(text) if text.lstrip("-").isdigit() else value
