"""Reference targets that count what they are sent: the contract kept, or one entry of the catalogue."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.selftest.trials import find

# uvicorn warns of each request that is not HTTP, and Schemathesis sends some on purpose.
logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())


@dataclass(slots=True)
class CountedTarget:
    """A target that listens on loopback, in a thread of the benchmark's own process."""

    server: ReferenceServer
    requests: int = 0


@contextmanager
def counted_target(name: str | None = None) -> Iterator[CountedTarget]:
    """The reference target, with a defect or a variation by name, for as long as the `with` lasts."""
    entry = None if name is None else find(name)
    counting = counted(Behaviour if entry is None else entry.behaviour)
    with ReferenceServer(entry.settings() if entry else None, behaviour=counting) as server:
        target = CountedTarget(server)
        counting.target = target
        yield target


def counted(behaviour: type[Behaviour]) -> type["Counting"]:
    """The behaviour, counting the calls that reach it."""
    return type(f"Counted{behaviour.__name__}", (Counting, behaviour), {})


class Counting(Behaviour):
    """Counts the calls and leaves the answers to the next class in line."""

    target: CountedTarget | None = None

    async def answer(self, call: Call) -> Answer:
        """Count a call."""
        if self.target is not None:
            self.target.requests += 1
        return await super().answer(call)
