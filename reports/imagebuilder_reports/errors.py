"""What can be wrong with a report. Every message is one sentence for people: what was expected, what came."""


class ReportError(Exception):
    """A report, or what belongs to one, cannot be read, written or believed."""


class UnreadableError(ReportError):
    """There is no such file, or it cannot be opened."""


class UnwritableError(ReportError):
    """A file cannot be written, or not to its end."""


class NotJsonError(ReportError):
    """A file, or a line of an event stream, is not JSON."""


class NotTomlError(ReportError):
    """A baseline is not TOML."""


class OtherVersionError(ReportError):
    """A file follows another version of its schema."""


class MissingHeaderError(ReportError):
    """An event stream does not begin with its header."""


class MisfitError(ReportError):
    """A file, or a line of an event stream, does not fit its schema."""


class InconsistentError(ReportError):
    """An event stream contradicts itself: each line fits, but not the one with the other."""
