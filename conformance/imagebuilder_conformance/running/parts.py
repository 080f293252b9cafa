"""The parts of a run: of the process that leads it, and of the workers that make checks for it."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from imagebuilder_conformance.client.pacing import Pace, SharedPace
from imagebuilder_conformance.probing.tokens import Tokens, new_nonce
from imagebuilder_conformance.settings import Settings

# The leader, its workers, and those that take the place of crashed ones.
_PARTS = 250


@dataclass(frozen=True, slots=True)
class Part:
    """What it takes to take part in a run.

    `number` is 0 for the process that leads, and different for each of its `workers`. `epoch` is the start of the run
    by the machine's monotonic clock, in seconds. `slowdowns` is the file by which processes share their pace;
    threads of one process have tokens and pace in `common`.
    """

    nonce: str = field(default_factory=new_nonce)
    epoch: float = field(default_factory=time.monotonic)
    number: int = 0
    workers: int = 0
    slowdowns: Path | None = None
    common: tuple[Tokens, Pace] | None = None

    @classmethod
    def of(cls, settings: Settings, **others: Any) -> Self:
        """The part of the process that leads; its nonce is that of what was made for the run, if anything was."""
        return cls(**others) if settings.made is None else cls(nonce=settings.made.nonce, **others)

    @property
    def prefix(self) -> str:
        """What the ids of its exchanges begin with."""
        return f"w{self.number}-" if self.number else ""

    def tokens(self) -> Tokens:
        """Its tokens, which no other one of the run gives out."""
        if self.common is not None:
            return self.common[0]
        return Tokens(self.nonce, self.number, _PARTS if self.workers else 1)

    def pace(self, rate_limit: float | None) -> Pace:
        """Its pace, within a rate in requests a second. The process that leads sends only while no worker does."""
        if self.common is not None:
            return self.common[1]
        if self.slowdowns is None:
            return Pace(rate_limit)
        return SharedPace(self.slowdowns, rate_limit, processes=self.workers if self.number else 1)
