"""What the processes of a run tell each other, through pipes: the leader invites, and a worker sends what it made."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.running.parts import Part
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.events import CheckFinished
from imagebuilder_reports.verdicts import Cause, Verdict

INVITATION = "imagebuilder"
"""The key of an invitation in what xdist gives a worker."""


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
