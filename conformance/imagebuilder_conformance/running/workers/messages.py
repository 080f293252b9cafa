"""What the processes of a run tell each other, through pipes: the leader invites, and a worker sends what it made."""

import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.running.outcomes import Outcome
from imagebuilder_conformance.running.parts import Part
from imagebuilder_conformance.running.preflight import NoVerdictError
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
    It ends with the process `leader`. The invitation holds secrets, and so goes through a pipe, never through
    arguments or files.
    """

    part: Part
    lanes: tuple[Part, ...]
    crew: tuple[int, ...]
    place: int
    settings: Settings
    stream: Path
    leader: int = field(default_factory=os.getpid)

    def pack(self) -> bytes:
        """The invitation for the way to a worker."""
        return pickle.dumps(self)


@dataclass(frozen=True, slots=True)
class Made:
    """A check as a worker made it. `fatal` is what ends the whole run, where the check met that.

    `excused` is the first answer by which the account kept it from judging.
    """

    event: CheckFinished
    exchanges: tuple[Exchange, ...]
    measured: Mapping[str, float]
    fatal: NoVerdictError | None = None
    excused: Exchange | None = None

    @classmethod
    def of(cls, outcome: Outcome) -> "Made":
        """What came of a check. Raises what ended it from outside."""
        if outcome.broke_off is not None:
            raise outcome.broke_off
        return cls(outcome.event, outcome.exchanges, outcome.measured, outcome.fatal, outcome.excused)

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
        exchanges = tuple(map(_without_signer, self.exchanges))
        excused = None if self.excused is None else _without_signer(self.excused)
        return pickle.dumps(replace(self, exchanges=exchanges, excused=excused))


def _without_signer(exchange: Exchange) -> Exchange:
    return replace(exchange, request=replace(exchange.request, sign=None))


def unpack(packed: bytes) -> object:
    """What another process of this run packed."""
    return pickle.loads(packed)  # noqa: S301  # it comes through a pipe from a process that this run started
