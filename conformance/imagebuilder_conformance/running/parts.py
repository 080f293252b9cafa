"""The parts of a run: of the process that leads it, and of the workers that make checks for it."""

import pickle
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.pacing import Pace, SharedPace
from imagebuilder_conformance.running.tokens import Tokens, new_nonce
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.events import CheckFinished
from imagebuilder_reports.verdicts import Cause, Verdict

INVITATION = "imagebuilder"
"""The key of an invitation in what xdist gives a worker."""

# The leader, its workers, and those that take the place of crashed ones.
_PARTS = 250


@dataclass(frozen=True, slots=True)
class Part:
    """What it takes to take part in a run.

    `number` is 0 for the process that leads, and different for each of its `workers`. `epoch` is the start of the run
    by the machine's monotonic clock, in seconds. `slowdowns` is the file by which all share their pace.
    """

    nonce: str = field(default_factory=new_nonce)
    epoch: float = field(default_factory=time.monotonic)
    number: int = 0
    workers: int = 0
    slowdowns: Path | None = None

    @property
    def prefix(self) -> str:
        """What the ids of its exchanges begin with."""
        return f"w{self.number}-" if self.number else ""

    def tokens(self) -> Tokens:
        """Its tokens, which no other one of the run gives out."""
        return Tokens(self.nonce, self.number, _PARTS if self.workers else 1)

    def pace(self, rate_limit: float | None) -> Pace:
        """Its pace, within a rate in requests a second. The process that leads sends only while no worker does."""
        if self.slowdowns is None:
            return Pace(rate_limit)
        return SharedPace(self.slowdowns, rate_limit, processes=self.workers if self.number else 1)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a process of workers is given: the configuration with the target, and the file to append events to.

    It has a part for itself and one for each of its `lanes`. `crew` says how many lanes each process has, and `place`
    which of them this one is; one that takes the place of a crashed one is beyond the last.
    It holds secrets, and so goes through a pipe, never through arguments or files.
    """

    part: Part
    lanes: tuple[Part, ...]
    crew: tuple[int, ...]
    place: int
    settings: Settings
    stream: Path

    def pack(self) -> bytes:
        """The invitation for the way to a worker."""
        return pickle.dumps(self)


@dataclass(frozen=True, slots=True)
class Made:
    """A check as a worker made it. `lost` says what was the last sign of a target that was lost over it."""

    event: CheckFinished
    exchanges: tuple[Exchange, ...]
    measured: Mapping[str, float]
    lost: str | None = None

    @property
    def stands(self) -> bool:
        """Whether nothing speaks against the target, and so nothing that other checks at the same time may have caused.

        Whoever is blamed, or could not be judged, is asked again with nobody else asking.
        """
        judgements = self.event.judgements
        if any(judgement.verdict not in {Verdict.PASSED, Verdict.NOT_RUN} for judgement in judgements):
            return False
        return any(
            judgement.verdict is Verdict.PASSED or judgement.cause is Cause.PIPELINES for judgement in judgements
        )

    def pack(self) -> bytes:
        """What was made for the way to the process that leads. Signers stay behind: they are functions."""
        signed = (replace(each, request=replace(each.request, sign=None)) for each in self.exchanges)
        return pickle.dumps(replace(self, exchanges=tuple(signed)))


def unpack(packed: bytes) -> object:
    """What another process of this run packed."""
    return pickle.loads(packed)  # noqa: S301  # it comes through a pipe from a process that this run started
