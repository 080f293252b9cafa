"""What the reference target remembers: its pipelines, and which token started which image."""

import asyncio
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
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


class Store:
    """Pipelines by ARN, executions by token. Used from one event loop only, so its methods are atomic."""

    def __init__(self, pipelines: Iterable[str]) -> None:
        self.pipelines = {arn: Pipeline(arn) for arn in pipelines}
        self.executions: dict[Hashable, Execution] = {}
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def lock(self, key: Hashable) -> asyncio.Lock:
        """The lock of a token. It lives as long as somebody holds or awaits it."""
        return self._locks.setdefault(key, asyncio.Lock())
