"""Whose an image is: a token of a character or two can't be a run's own, and its answer may be another run's image."""

from datetime import datetime, timedelta

from imagebuilder_conformance.cleaning.images import Image
from imagebuilder_reports.ledger import StartedBuilds, numbered
from imagebuilder_reports.model import Execution
from imagebuilder_reports.moments import read

# A signed request must arrive within five minutes of its date, so two clocks can't differ by more.
CLOCKS = timedelta(minutes=5)
# How exact the dates of images are taken to be.
_EXACT = timedelta(seconds=1)


class Ownership:
    """Tells the images that a run started from those that were there before it.

    The dates of images are by the target's clock. How far that is from ours shows in the images of tokens that are the
    run's own: each was created before the answer that names it came.
    """

    def __init__(self, builds: StartedBuilds) -> None:
        self._builds = builds
        self._offset: timedelta | None = None

    def has_own_token(self, execution: Execution) -> bool:
        """Whether the token of a start is so long that no other run can have it."""
        return self._builds.has_own_token(execution)

    def note(self, execution: Execution, image: Image) -> None:
        """Learn from an image how far the target's clock is from ours."""
        answered = read(execution.answered)
        if image.created is None or answered is None or not self.has_own_token(execution):
            return
        offset = image.created - answered
        self._offset = offset if self._offset is None else max(self._offset, offset)

    def doubt(self, execution: Execution, image: Image) -> tuple[str, bool] | None:
        """Why an image is not taken for the run's, and whether that is certain; None where it is the run's.

        Those with tokens of the run's own come first, as the others are held against them.
        """
        if not self.has_own_token(execution):
            return self._doubt_of_any_token(execution, image)
        sent, created = read(execution.sent), image.created
        if sent is None or created is None or created >= sent - CLOCKS:
            return None
        return f"left alone: it was created at {_told(created)}, long before the run asked for it", False

    def _doubt_of_any_token(self, execution: Execution, image: Image) -> tuple[str, bool] | None:
        sent, created = read(execution.sent), image.created
        name, number = numbered(execution.image)
        first = self._builds.first_numbers.get(name)
        if self._builds.was_there_before(execution):
            return f"left alone: another run's, by its number, which is before {first}, the first of this run", True
        if sent is not None and created is not None and self._offset is not None:
            words = f"left alone: another run's, created at {_told(created)}, before this run asked for it"
            return (words, True) if created < sent + self._offset - _EXACT else None
        if first is not None and number is not None:
            return None
        token = execution.token
        return f"left alone: nothing tells whether the token {token!r}, which any run may use, started it", False


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
