"""Conformant variations whose account keeps a run from judging everything: quotas, builds under way, permissions.

Replays are answered rightly throughout, for as long as the caller may ask at all.
"""

from collections import Counter
from typing import ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import OneBuildAtATime, QuotaOfBuilds, quota_reached
from imagebuilder_conformance.reference.defects.registry import variation
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Answer, Call, Execution, StartRequest
from imagebuilder_conformance.reference.store import Pipeline
from imagebuilder_spec import Suite

# Bytes: the least that a firewall of AWS looks at.
_LARGE = 8192
_SUITES = (Suite.CORE, Suite.FAULTS)
# The start at which it happens, counted from 1; and the quotas with which runs were seen to go wrong.
_STARTS = (1, 20, 100)
_QUOTAS = (*(start - 1 for start in _STARTS), 1, 5, 20, 40)


class _PipelineInUse(Behaviour):
    """From some start on a pipeline has a build under way that does not end."""

    builds: ClassVar[int] = 0

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Look at how many were started."""
        if len(self.store.images) >= self.builds:
            raise Fault("ResourceInUseException", "A build of this pipeline is under way.")
        return await super().start(call, request, pipeline)


class _PermissionLost(Behaviour):
    """From some start on the caller is denied everything."""

    builds: ClassVar[int] = 0

    def authorize(self, call: Call) -> None:
        """Look at how many were started."""
        super().authorize(call)
        # The start that is the last one is answered first.
        if len(self.store.images) >= self.builds:
            raise self.denied()


def _variations() -> None:
    """One variation for each number of builds that go well."""
    for quota in sorted(set(_QUOTAS)):
        sentence = f"The account may start {quota} builds; each further one is over its quota."
        _register(f"quota-of-{quota}-builds", QuotaOfBuilds, quota, sentence)
    for start in _STARTS:
        sentence = f"From build {start} on each start finds its pipeline in use."
        _register(f"pipeline-busy-at-start-{start}", _PipelineInUse, start - 1, sentence)
        sentence = f"From build {start} on the caller lacks the permission."
        _register(f"permission-lost-at-start-{start}", _PermissionLost, start - 1, sentence)


def _register(name: str, base: type[Behaviour], builds: int, sentence: str) -> None:
    behaviour = type(base.__name__, (base,), {"__doc__": sentence, "builds": builds, "__module__": __name__})
    variation(name, suites=_SUITES, completes=False)(behaviour)


_variations()


@variation("quota-of-8-builds-a-pipeline", suites=_SUITES, completes=False)
class QuotaOfEightBuildsAPipeline(Behaviour):
    """Each pipeline may start 8 builds; each further one is over its quota."""

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Count those of the pipeline."""
        if Counter(image.pipeline for image in self.store.images.values())[pipeline.arn] >= 8:
            raise quota_reached()
        return await super().start(call, request, pipeline)


@variation("one-build-at-a-time", suites=_SUITES, completes=False)
class OneBuildAtATimePerPipeline(OneBuildAtATime):
    """While a build of a pipeline is under way, which takes a while, each further one finds the pipeline in use."""


@variation("firewall-in-front")
class FirewallInFront(Behaviour):
    """A firewall denies what is large or deeply nested, before the target sees it."""

    async def answer(self, call: Call) -> Answer:
        """Look at the body."""
        if len(call.body) > _LARGE or b"[[[[" in call.body:
            return self.refuse(call, self.denied())
        return await super().answer(call)


@variation("pipelines-elsewhere-denied")
class PipelinesElsewhereDenied(Behaviour):
    """A pipeline of another partition, region or account is denied, whether it exists or not."""

    def find(self, request: StartRequest) -> Pipeline:
        """Look at whose it is."""
        own = {arn.rsplit(":", 1)[0] for arn in self.store.pipelines}
        if request.pipeline_arn.rsplit(":", 1)[0] not in own:
            raise self.denied()
        return super().find(request)
