"""What a run may have started without learning its name, and which images it could be.

The only way to learn what a token started is to send it again, and that could start a build. So nothing is sent:
images of the pipeline from about that time are named for somebody to look at, and none is touched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from imagebuilder_conformance.cleaning.images import REFUSALS, Image, Images
from imagebuilder_conformance.cleaning.removal import sentence
from imagebuilder_reports.model import Execution, Report
from imagebuilder_reports.moments import read
from imagebuilder_spec import Contract, compile_pattern

# A signed request must arrive within five minutes of its date, so two clocks can't differ by more.
_CLOCKS = timedelta(minutes=5)


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


def suspicions(report: Report, contract: Contract, images: Images) -> Iterator[Suspicion]:
    """The starts of unknown outcome, by pipeline.

    Raises one of `UNREACHABLE` where the target can't be reached.
    """
    legal = compile_pattern(contract.pipeline_arn_pattern)
    known = {each.image for each in report.executions if each.image is not None}

    def pipeline_of(start: Execution) -> str:
        return start.pipeline if start.pipeline is not None and legal.search(start.pipeline) else ""

    unknown = sorted((each for each in report.executions if each.image is None), key=pipeline_of)
    for pipeline, group in groupby(unknown, key=pipeline_of):
        starts = tuple(group)
        try:
            found = tuple(_candidates([pipeline] if pipeline else report.target.pipelines, starts, known, images))
            yield Suspicion(pipeline or None, starts, found)
        except REFUSALS as error:
            yield Suspicion(pipeline or None, starts, (), sentence(error))


def _candidates(
    pipelines: Sequence[str], starts: Sequence[Execution], known: set[str], images: Images
) -> Iterator[Image]:
    for pipeline in pipelines:
        for image in images.of_pipeline(pipeline):
            if image.arn not in known and any(_may_be_of(image, start) for start in starts):
                yield image


def _may_be_of(image: Image, start: Execution) -> bool:
    """Whether an image is from about the time of a start; where either time is not known, it may be."""
    sent = read(start.sent)
    return image.created is None or sent is None or abs(image.created - sent) <= _CLOCKS
