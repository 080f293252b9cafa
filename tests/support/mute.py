"""Targets that make a start and never answer it."""

import asyncio

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.messages import Call, Execution, StartRequest
from imagebuilder_conformance.reference.store import Pipeline


def mute_from(number: int, behaviour: type[Behaviour] = Behaviour) -> type[Behaviour]:
    """The behaviour, whose start of this number, from 1, gets no answer."""

    class Mute(behaviour):  # type: ignore[misc, valid-type]  # whatever it is
        async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
            execution: Execution = await super().start(call, request, pipeline)
            if len(self.store.images) == number:
                await asyncio.sleep(3600)
            return execution

    return Mute
