"""Removing images: cancelled while they are being built, then deleted; one that is gone already is fine."""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import ClientError

from imagebuilder_conformance.cleaning.images import REFUSALS, Image, Images
from imagebuilder_reports.model import Report
from imagebuilder_spec import Contract, compile_pattern

# Seconds between two looks at a build that was cancelled; the last one again and again.
_LOOKS = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
# Nobody states how long cancelling takes. Whoever waits longer calls the command again.
_PATIENCE = 300.0


class Fate(StrEnum):
    """What came of an image."""

    REMOVED = "removed"
    GONE = "already gone"
    TO_REMOVE = "to be removed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Removal:
    """What came of an image, and in a few words why; `outputs` is what deleting it leaves."""

    image: str
    fate: Fate
    words: str
    outputs: tuple[str, ...] = ()


class Remover:
    """Removes images, all builds cancelled before the first is waited for.

    Raises, from every method, one of `UNREACHABLE` where the target can't be reached.
    """

    def __init__(
        self,
        images: Images,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._images = images
        self._pause = pause
        self._clock = clock

    def preview(self, arns: Iterable[str]) -> Iterator[Removal]:
        """What would come of images; nothing but looks."""
        for arn in arns:
            seen = self._look(arn)
            if isinstance(seen, Removal):
                yield seen
            else:
                does = "cancelled and deleted" if seen.is_building else "deleted"
                yield Removal(arn, Fate.TO_REMOVE, f"{seen.status}, would be {does}", seen.outputs)

    def remove(self, arns: Iterable[str]) -> Iterator[Removal]:
        """Remove images, and tell of each what came of it."""
        begun = [(arn, self._cancelled(arn)) for arn in arns]
        end = self._clock() + _PATIENCE
        for arn, seen in begun:
            yield seen if isinstance(seen, Removal) else self._deleted(arn, seen, end)

    def _look(self, arn: str) -> Image | Removal:
        """The image, or what came of it where there is nothing more to do."""
        try:
            seen = self._images.look(arn)
        except REFUSALS as error:
            return Removal(arn, Fate.LEFT, sentence(error))
        return Removal(arn, Fate.GONE, "already gone") if seen is None else seen

    def _cancelled(self, arn: str) -> Image | Removal:
        """The image as it was first seen, its creation cancelled."""
        seen = self._look(arn)
        if isinstance(seen, Removal) or not seen.is_building:
            return seen
        try:
            self._images.cancel(arn)
        except REFUSALS as error:
            # The build may have ended in between; one that goes on is left.
            again = self._look(arn)
            return Removal(arn, Fate.LEFT, sentence(error)) if isinstance(again, Image) and again.is_building else again
        return seen

    def _deleted(self, arn: str, seen: Image, end: float) -> Removal:
        last = self._settled(arn, end) if seen.is_building else seen
        if isinstance(last, Removal):
            return last
        if last.is_building:
            return Removal(arn, Fate.LEFT, f"was cancelled and is still {last.status}; call cleanup again later")
        try:
            was_there = self._images.delete(arn)
        except REFUSALS as error:
            return Removal(arn, Fate.LEFT, sentence(error))
        if not was_there:
            return Removal(arn, Fate.GONE, "already gone")
        words = f"was {seen.status}, cancelled and deleted" if seen.is_building else f"was {seen.status}, deleted"
        return Removal(arn, Fate.REMOVED, words, last.outputs)

    def _settled(self, arn: str, end: float) -> Image | Removal:
        """The image once it is no longer being built, or as it is when patience ends."""
        for wait in itertools.chain(_LOOKS, itertools.repeat(_LOOKS[-1])):
            self._pause(wait)
            seen = self._look(arn)
            if isinstance(seen, Removal) or not seen.is_building or self._clock() > end:
                break
        return seen


def named_images(report: Report, contract: Contract) -> tuple[list[str], list[Removal]]:
    """The images that a report lists, and those of them whose name can't be one: nothing is asked about these."""
    legal = compile_pattern(contract.image_arn_pattern)
    named = [each.image for each in report.executions if each.image is not None]
    strange = [
        Removal(name, Fate.LEFT, "left alone: this is no ARN of an image") for name in named if not legal.search(name)
    ]
    return [name for name in named if legal.search(name)], strange


def sentence(error: Exception) -> str:
    """What a target said no with, one of `REFUSALS`, on one line."""
    if not isinstance(error, ClientError):
        return "was answered with something that is no answer of Image Builder"
    response = error.response
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", "an error")
    code, message = (response.get("Error", {}).get(name, "") for name in ("Code", "Message"))
    return " ".join(f"{error.operation_name} was answered {status} {code}: {message}".split())
