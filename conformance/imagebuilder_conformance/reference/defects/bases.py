# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Behaviours that several defects and variations share. None of them is in the catalogue itself."""

import asyncio
import itertools
import json
import re
from typing import Any, ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Answer, Call, Execution, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.store import Pipeline
from imagebuilder_spec import TagLimits, compile_pattern

PAUSE = 0.02
"""Seconds that a slow step takes: long beside an exchange on loopback, so that a race shows every time."""


def crash() -> Fault:
    """What the framework makes of an exception that nobody caught."""
    return Fault("ServiceException", "Unexpected error")


class SlowStart(Behaviour):
    """Starting an image takes a moment."""

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Wait, then start."""
        await asyncio.sleep(PAUSE)
        return await super().start(call, request, pipeline)


class Unlocked(SlowStart):
    """A token is looked up, and stored a moment later, with nothing held in between."""

    def lock(self, call: Call, request: StartRequest) -> asyncio.Lock:
        """A lock of one's own keeps nobody out."""
        return asyncio.Lock()


class InFlightRefused(SlowStart):
    """A request whose token is just being worked on is refused."""

    in_use_status: ClassVar[int | None] = None

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Refuse where the contract kept would wait."""
        if self.lock(call, request).locked():
            raise Fault(
                "ResourceInUseException",
                "A request with this client token is being worked on; retry later.",
                status=self.in_use_status,
            )
        return await super().execute(call, request)


def quota_reached() -> Fault:
    """The refusal of a build over the quota of the account."""
    return Fault("ServiceQuotaExceededException", "The quota of image builds is reached.", status=402)


class QuotaOfBuilds(Behaviour):
    """The account may start some builds, and no more. Replays start none."""

    builds: ClassVar[int] = 0

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Count."""
        self.expect_quota()
        return await super().start(call, request, pipeline)

    def expect_quota(self) -> None:
        """Raise `Fault` where the quota is used up."""
        if len(self.store.images) >= self.builds:
            raise quota_reached()


class OneBuildAtATime(Behaviour):
    """A pipeline has one build under way at a time. Replays start none."""

    seconds: ClassVar[float] = 0.3

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.until: dict[str, float] = {}

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Note how long the build takes."""
        self.expect_free(pipeline.arn)
        self.until[pipeline.arn] = asyncio.get_running_loop().time() + self.seconds
        return await super().start(call, request, pipeline)

    def expect_free(self, pipeline: str) -> None:
        """Raise `Fault` where a build of the pipeline is under way."""
        if asyncio.get_running_loop().time() < self.until.get(pipeline, 0.0):
            raise Fault("ResourceInUseException", "A build of this pipeline is under way; retry when it is over.")


class NowAndThen(Behaviour):
    """Every seventh valid request meets `trouble`."""

    period: ClassVar[int] = 7

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.requests = itertools.count(1)

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Count, and be troubled when it is time."""
        if next(self.requests) % self.period == 0:
            raise self.trouble()
        return await super().execute(call, request)

    def trouble(self) -> Exception:
        """What happens every seventh time."""
        return Fault("ServiceException", "Something went wrong; retry.")


class ShortMemory(Behaviour):
    """Only the latest tokens are remembered."""

    capacity: ClassVar[int] = 0

    def remember(self, call: Call, request: StartRequest, execution: Execution) -> None:
        """Make room for the new token."""
        super().remember(call, request, execution)
        while len(self.store.executions) > self.capacity:
            del self.store.executions[next(iter(self.store.executions))]


class RewrittenPattern(Behaviour):
    """Pipeline ARNs are held against the contract's pattern with one part of it rewritten."""

    part: ClassVar[str] = ""
    rewritten: ClassVar[str] = ""
    flags: ClassVar[re.RegexFlag] = re.ASCII

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        pattern = settings.contract.pipeline_arn_pattern
        if self.part not in pattern:
            raise ValueError(f"expected {self.part!r} in the contract's pattern {pattern!r}")
        self.pattern = re.compile(self.translate(pattern.replace(self.part, self.rewritten)), self.flags)

    def translate(self, pattern: str) -> str:
        r"""ECMA-262's end of input is Python's `\Z`."""
        return re.sub(r"\$$", r"\\Z", pattern)

    def arn_breach(self, value: Any) -> str | None:
        """Hold the ARN against the rewritten pattern."""
        if not isinstance(value, str):
            return super().arn_breach(value)
        return None if self.pattern.search(value) else "imagePipelineArn is malformed"


class LimitedTags(Behaviour):
    """Tags are held against limits of its own."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """The limits, made from those of the contract."""
        raise NotImplementedError

    def tags_breach(self, value: Any) -> str | None:
        """Hold tags that are texts against the limits."""
        stated = self.settings.contract.tags
        if stated is None or not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            return super().tags_breach(value)
        limits = self.limits(stated)
        pattern = compile_pattern(limits.key_pattern)
        kept = (
            len(value) in limits.entries
            and all(len(key) in limits.key_lengths and pattern.search(key) for key in value)
            and all(len(text) in limits.value_lengths for text in value.values())
        )
        return None if kept else "tags break a limit"


class MeasuredTokens(Behaviour):
    """Tokens are measured in a way of its own, or against limits of its own."""

    def measure(self, token: str) -> int:
        """The length of a token."""
        return len(token)

    def limits(self) -> range:
        """The lengths that are accepted."""
        return self.settings.contract.token_lengths

    def token_breach(self, value: Any) -> str | None:
        """Measure the token."""
        if not isinstance(value, str):
            return super().token_breach(value)
        return None if self.measure(value) in self.limits() else "clientToken has a length that is not accepted"


class LoneSurrogatesRead(Behaviour):
    """A surrogate without its pair is read as Python reads it."""

    def parse(self, body: bytes) -> Any:
        """Try the lenient parser where the strict one refuses."""
        try:
            return super().parse(body)
        except Fault:
            if b"\\ud" not in body:
                raise
            try:
                return json.loads(body)
            except (ValueError, RecursionError):
                pass
            raise


class Html(Behaviour):
    """Errors are HTML pages."""

    def page(self, answer: Answer, title: str) -> Answer:
        """Put a page in the place of an answer's body."""
        body = f"<!doctype html>\n<title>{answer.status} {title}</title>\n<h1>{title}</h1>\n"
        return Answer(answer.status, body.encode(), {**answer.headers, "content-type": "text/html; charset=utf-8"})
