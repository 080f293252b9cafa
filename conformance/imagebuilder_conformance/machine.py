"""What the machine refuses, told as what it is."""

import errno

_REFUSALS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "a file would be longer than is allowed",
    errno.EROFS: "the file system can only be read",
    errno.EIO: "a device or terminal failed",
    errno.EPIPE: "who was reading has gone",
    errno.EMFILE: "this process may open no more files",
    errno.ENFILE: "this machine may open no more files",
    errno.EAGAIN: "this machine starts no more processes",
    errno.ENOMEM: "this machine has no more memory",
}


def complaint(error: BaseException) -> str | None:
    """One sentence for what the machine refused; None for what is a mistake of ours."""
    from imagebuilder_reports.errors import ReportError

    if isinstance(error, ReportError):
        # Of what can't be read or written there is a sentence already.
        return str(error)
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return "no more threads can be started here: is there a limit of processes or of memory?"
    if isinstance(error, OSError) and error.errno in _REFUSALS:
        where = f": {error.filename}" if error.filename else ""
        return f"{_REFUSALS[error.errno]}{where} ({error.strerror})"
    return None
