"""Removing images: cancelled while they are being built, then deleted, and tried again while the target is not ready.

A build that was started just now is not shown yet, and cancelling and deleting it are refused for a while. So neither a
404 nor a refusal is taken at its word before its time.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from imagebuilder_conformance.cleaning.images import Image, Images
from imagebuilder_conformance.cleaning.ownership import Ownership
from imagebuilder_conformance.cleaning.patience import Patience
from imagebuilder_conformance.client.refusals import NOT_FOUND, REFUSALS, code_of, is_of_the_keys, may_pass, sentence
from imagebuilder_reports.ledger import StartedBuilds
from imagebuilder_reports.model import Execution
from imagebuilder_reports.moments import read
from imagebuilder_spec import Contract, compile_pattern

# Seconds between two rounds; the last one again and again.
_WAITS = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
# How often keys that are refused are tried again: they may have been refreshed meanwhile.
_TRIES_OF_KEYS = 3


class RemovalStatus(StrEnum):
    """What came of an image."""

    REMOVED = "removed"
    GONE = "already gone"
    OTHERS = "another run's"
    TO_REMOVE = "to be removed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Removal:
    """What came of an image, and in a few words why; `outputs` is what deleting it leaves."""

    image: str
    status: RemovalStatus
    words: str
    outputs: tuple[str, ...] = ()


@dataclass(slots=True)
class _Work:
    """An image to remove, and how far that has got."""

    start: Execution
    arn: str
    seen: Image | None = None
    first: str = ""
    missed: bool = False
    cancelled: bool = False
    reason: str = ""
    refused_keys: int = 0


class Remover:
    """Removes the images of a run, round after round.

    Raises, from every method, one of `UNREACHABLE` where the target can't be reached.

    Args:
        images: Those of the target.
        builds: What the run started.
        patience: How long to wait.
        elsewhere: Whether the target is not the one of the run, so that what it does not know may be there.
        pause: Waits for so many seconds.
        clock: Seconds that pass.
        now: The present moment.
    """

    def __init__(
        self,
        images: Images,
        builds: StartedBuilds,
        patience: Patience | None = None,
        *,
        elsewhere: bool = False,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._images = images
        self._builds = builds
        self._owner = Ownership(builds)
        self._patience = patience or Patience()
        self._elsewhere = elsewhere
        self._pause = pause
        self._clock = clock
        self._now = now
        self._begun = now()
        self._measured = 0.0
        self._progress = clock()

    @property
    def visible(self) -> float:
        """How long after a start, in seconds, its image may be unseen: as told, or twice what was seen to be needed."""
        return max(self._patience.visible, 2 * self._measured)

    def preview(self, starts: Iterable[Execution]) -> Iterator[Removal]:
        """What would come of images; nothing but looks."""
        for start in self._own_first(starts):
            work = _Work(start, start.image or "")
            removal = self._look(work)
            if removal is not None:
                yield removal
            elif work.seen is None:
                yield Removal(work.arn, RemovalStatus.LEFT, work.reason or self._unseen(work))
            else:
                does = "cancelled and deleted" if work.seen.is_building else "deleted"
                words = f"{work.seen.status}, would be {does}"
                yield Removal(work.arn, RemovalStatus.TO_REMOVE, words, work.seen.outputs)

    def remove(self, starts: Iterable[Execution]) -> Iterator[Removal]:
        """Remove images, and report of each what came of it, as soon as that is known."""
        open_ = [_Work(start, start.image or "") for start in self._own_first(starts)]
        self._progress = self._clock()
        for wait in itertools.chain(_WAITS, itertools.repeat(_WAITS[-1])):
            if not open_:
                return
            self._pause(wait)
            for work in tuple(open_):
                if self._waits_for_others(work, open_):
                    continue
                removal = self._step(work)
                if removal is not None:
                    open_.remove(work)
                    self._progress = self._clock()
                    yield removal
            if self._clock() - self._progress > self._patience.progress:
                break
        for work in open_:
            yield Removal(
                work.arn, RemovalStatus.LEFT, f"{self._state(work)}; call cleanup again later", _outputs(work)
            )

    def _own_first(self, starts: Iterable[Execution]) -> Sequence[Execution]:
        return sorted(starts, key=lambda start: not self._owner.has_own_token(start))

    def _waits_for_others(self, work: _Work, open_: Sequence[_Work]) -> bool:
        """Whether an image that may be another run's is looked at only when those of the run have been seen."""
        if self._owner.has_own_token(work.start):
            return False
        return any(each.seen is None and self._owner.has_own_token(each.start) for each in open_)

    def _step(self, work: _Work) -> Removal | None:
        """Do what can be done to an image now; what came of it, if that is known."""
        removal = self._look(work)
        if removal is not None:
            return removal
        if work.seen is None:
            # A read may be behind: what can be cancelled is there.
            return self._cancel(work) if not work.reason else None
        return self._cancel(work) if work.seen.is_building else self._delete(work)

    def _look(self, work: _Work) -> Removal | None:
        try:
            seen = self._images.look(work.arn)
        except REFUSALS as error:
            return self._refused(work, error)
        work.reason = ""
        if seen is None:
            return self._absent(work)
        if work.seen is None:
            self._owner.note(work.start, seen)
            doubt = self._owner.doubt(work.start, seen)
            if doubt is not None:
                words, certain = doubt
                status = RemovalStatus.OTHERS if certain else RemovalStatus.LEFT
                return Removal(work.arn, status, words, () if certain else seen.outputs)
            work.first = seen.status
            if work.missed:
                self._measured = max(self._measured, self._age(work))
        if work.seen is None or work.seen.status != seen.status:
            self._progress = self._clock()
        work.seen = seen
        return None

    def _absent(self, work: _Work) -> Removal | None:
        """What a 404 means: that the image is gone, unless it is too early to be shown."""
        if work.seen is not None:
            return Removal(work.arn, RemovalStatus.GONE, "gone meanwhile", _outputs(work))
        if self._elsewhere:
            return Removal(
                work.arn, RemovalStatus.LEFT, "not known here; the run was against another target, where it may be"
            )
        work.missed = True
        if work.cancelled or self._is_early(work):
            return None
        return Removal(work.arn, RemovalStatus.GONE, "already gone")

    def _is_early(self, work: _Work) -> bool:
        return self._age(work) < self.visible

    def _age(self, work: _Work) -> float:
        return (self._now() - (read(work.start.sent) or self._begun)).total_seconds()

    def _cancel(self, work: _Work) -> Removal | None:
        if work.cancelled:
            return None
        try:
            self._images.cancel(work.arn)
        except REFUSALS as error:
            if code_of(error) == NOT_FOUND:
                # The next look tells what that means.
                return None
            return self._refused(work, error)
        work.cancelled = True
        self._progress = self._clock()
        return None

    def _delete(self, work: _Work) -> Removal | None:
        try:
            was_there = self._images.delete(work.arn)
        except REFUSALS as error:
            return self._refused(work, error)
        if not was_there:
            return Removal(work.arn, RemovalStatus.GONE, "gone meanwhile", _outputs(work))
        does = "cancelled and deleted" if work.cancelled else "deleted"
        return Removal(work.arn, RemovalStatus.REMOVED, f"was {work.first}, {does}", _outputs(work))

    def _refused(self, work: _Work, error: Exception) -> Removal | None:
        work.reason = sentence(error)
        work.refused_keys += is_of_the_keys(error)
        again = work.refused_keys < _TRIES_OF_KEYS if is_of_the_keys(error) else may_pass(error)
        return None if again else Removal(work.arn, RemovalStatus.LEFT, work.reason, _outputs(work))

    def _state(self, work: _Work) -> str:
        if work.reason:
            return work.reason
        if work.seen is None:
            return "was cancelled and is not shown" if work.cancelled else self._unseen(work)
        return f"was cancelled and is still {work.seen.status}" if work.cancelled else f"is still {work.seen.status}"

    def _unseen(self, work: _Work) -> str:
        return f"is not shown, and was started at {work.start.sent or 'an unknown time'}: it may be there all the same"


def _outputs(work: _Work) -> tuple[str, ...]:
    return work.seen.outputs if work.seen else ()


def named_starts(builds: StartedBuilds, contract: Contract) -> tuple[list[Execution], list[Removal]]:
    """The starts whose images are still to be removed, and what comes of the others that name one.

    Nothing is asked about a name that can't be one of an image.
    """
    legal = compile_pattern(contract.image_arn_pattern)
    starts: list[Execution] = []
    others: list[Removal] = []
    for start in builds.executions:
        if start.image is None:
            continue
        if not legal.search(start.image):
            others.append(Removal(start.image, RemovalStatus.LEFT, "left alone: this is no ARN of an image"))
        elif start.image in builds.removed:
            made = tuple(builds.outputs.get(start.image, ()))
            others.append(Removal(start.image, RemovalStatus.GONE, "removed before", made))
        else:
            starts.append(start)
    return starts, others
