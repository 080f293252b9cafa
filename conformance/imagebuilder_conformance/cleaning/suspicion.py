"""What a run may have started without learning its name, and which images it could be.

The only way to learn what a token started is to send it again, and that could start a build. So nothing is sent:
images of the pipeline from about that time are named for somebody to look at, and none is touched.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from imagebuilder_conformance.cleaning.images import Image, Images
from imagebuilder_conformance.cleaning.ownership import CLOCKS
from imagebuilder_conformance.cleaning.patience import Patience
from imagebuilder_conformance.client.refusals import REFUSALS, may_pass, sentence
from imagebuilder_reports.ledger import StartedBuilds
from imagebuilder_reports.model import Execution
from imagebuilder_reports.moments import read
from imagebuilder_spec import Contract, compile_pattern

# Seconds between two tries of a list that is refused.
_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Starts of one pipeline whose outcome nobody knows, and the images that may have come of them.

    `pipeline` is None where the requests named none that could exist. `unlisted` says why a list of images could not
    be had.
    """

    pipeline: str | None
    starts: tuple[Execution, ...]
    candidates: tuple[Image, ...]
    unlisted: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to look."""
        return bool(self.candidates or self.unlisted)


class Detective:
    """Looks for what starts of unknown outcome may have brought about.

    Args:
        images: Those of the target.
        patience: How long after a start an image may be missing in a list, and how long a refused list is tried again.
        known: The images that runs are known to have started; they are no candidates.
        pause: Waits for so many seconds.
        now: The present moment.
    """

    def __init__(
        self,
        images: Images,
        patience: Patience | None = None,
        *,
        known: AbstractSet[str] = frozenset(),
        pause: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._images = images
        self._patience = patience or Patience()
        self._known = known
        self._pause = pause
        self._now = now

    def suspicions(self, builds: StartedBuilds, contract: Contract) -> Iterator[Suspicion]:
        """The starts of unknown outcome, by pipeline, each looked for when its image must be listed.

        Raises one of `UNREACHABLE` where the target can't be reached.
        """
        legal = compile_pattern(contract.pipeline_arn_pattern)

        def pipeline_of(start: Execution) -> str:
            return start.pipeline if start.pipeline is not None and legal.search(start.pipeline) else ""

        known = self._known | {each.image for each in builds.executions if each.image is not None}
        unknown = sorted((each for each in builds.executions if each.image is None), key=pipeline_of)
        for pipeline, group in groupby(unknown, key=pipeline_of):
            starts = tuple(group)
            self._pause(self.wait_for(starts))
            found = self._listed([pipeline] if pipeline else builds.target.pipelines)
            if isinstance(found, str):
                yield Suspicion(pipeline or None, starts, (), found)
            else:
                new = (image for image in found if image.arn not in known)
                candidates = tuple(image for image in new if any(_may_be_of(image, start) for start in starts))
                yield Suspicion(pipeline or None, starts, candidates)

    def wait_for(self, starts: Sequence[Execution]) -> float:
        """How many seconds it takes until the images of these starts must be listed."""
        moments = [sent for start in starts if (sent := read(start.sent)) is not None]
        age = (self._now() - max(moments)).total_seconds() if moments else 0.0
        # A start of a time to come is one by another clock.
        return max(0.0, self._patience.visible - max(0.0, age)) if starts else 0.0

    def _listed(self, pipelines: Sequence[str]) -> list[Image] | str:
        """The images of pipelines, or why they could not be listed."""
        tries = max(1, int(self._patience.progress / _WAIT))
        for remaining in range(tries, 0, -1):
            try:
                return [image for pipeline in pipelines for image in self._images.of_pipeline(pipeline)]
            except REFUSALS as error:
                if remaining == 1 or not may_pass(error):
                    return sentence(error)
            self._pause(_WAIT)
        raise AssertionError("the last try has returned")


def _may_be_of(image: Image, start: Execution) -> bool:
    """Whether an image is from about the time of a start; where either time is not known, it may be."""
    sent = read(start.sent)
    return image.created is None or sent is None or abs(image.created - sent) <= CLOCKS
