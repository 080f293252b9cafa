"""A conformant target in a process of its own, whose every answer takes a while.

    python -m benchmarks.slow SECONDS

It prints its URL once it listens, and serves until it is ended.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.serving import served
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_conformance.reference.server import serve_forever


@contextmanager
def slow_target(seconds: float) -> Iterator[str]:
    """The URL of a target whose answers take `seconds`, for as long as the `with` lasts."""
    words = [sys.executable, "-m", "benchmarks.slow", str(seconds)]
    with served(words) as (url, _):
        yield url


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    seconds = float(sys.argv[1])

    class Slow(Behaviour):
        """Takes its time, and keeps nobody else waiting."""

        async def answer(self, call: Call) -> Answer:
            await asyncio.sleep(seconds)
            return await super().answer(call)

    serve_forever(behaviour=Slow, ready=lambda url: print(url, flush=True))


if __name__ == "__main__":
    main()
