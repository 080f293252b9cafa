"""What the reference target remembers: its pipelines, which token started which image, and the images themselves."""

import asyncio
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from weakref import WeakValueDictionary

from imagebuilder_conformance.reference.messages import Execution


@dataclass(slots=True)
class Pipeline:
    """A pipeline, and the last number that it gave to a build."""

    arn: str
    last_build: int = 0

    @property
    def recipe(self) -> str:
        """The recipe that the pipeline builds; its images are named after it and not after the pipeline."""
        return f"{self.arn.rsplit('/', 1)[1]}-recipe"

    def image_arn(self, build: int) -> str:
        """The ARN of a build, in the pipeline's partition, region and account."""
        scope = self.arn.rsplit(":", 1)[0]
        return f"{scope}:image/{self.recipe}/1.0.0/{build}"

    def next_build(self) -> int:
        """Number the next build."""
        self.last_build += 1
        return self.last_build


class ImageStatus(StrEnum):
    """What has become of an image; the members of the service's ImageStatus that are needed here."""

    BUILDING = "BUILDING"
    AVAILABLE = "AVAILABLE"
    CANCELLED = "CANCELLED"


@dataclass(slots=True)
class Image:
    """An image that was started. Nothing is built, so it is being built until somebody cancels it.

    `cancelled` is when somebody did, where that takes a while (`lifecycle`).
    """

    arn: str
    pipeline: str
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: ImageStatus = ImageStatus.BUILDING
    cancelled: datetime | None = None


class Store:
    """Pipelines by ARN, executions by token, images by ARN.

    Used from one event loop only, so its methods are atomic.
    """

    def __init__(self, pipelines: Iterable[str]) -> None:
        self.pipelines = {arn: Pipeline(arn) for arn in pipelines}
        self.executions: dict[Hashable, Execution] = {}
        self.images: dict[str, Image] = {}
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def lock(self, key: Hashable) -> asyncio.Lock:
        """The lock of a token. It lives as long as somebody holds or awaits it."""
        return self._locks.setdefault(key, asyncio.Lock())
