"""The sequential model: what one call at a time may be answered.

A token is free until a call takes effect, and then stands for (pipeline, image) for good. As some outcomes are
unknown, the model keeps what is *known* of a token; it allows an answer if any state that fits the knowledge does.
Calls must not overlap: for those that do, `history` decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from imagebuilder_conformance.idempotency.anomalies import Kind
from imagebuilder_conformance.idempotency.calls import Mismatch, Outcome, Refused, Started, Unknown


@dataclass(frozen=True, slots=True)
class Holding:
    """What a token that was started stands for."""

    pipeline: str
    image: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the answers so far say of one token.

    Attributes:
        holding: What it stands for, once a success said so.
        attempted: The pipelines whose calls had unknown outcomes while the token may have been free.
        refused: The pipelines that were refused while the token may have been free.
        denied: The pipelines that were told the token is another's. One of them suffices to know it is not free.
    """

    holding: Holding | None = None
    attempted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()

    @property
    def free(self) -> bool:
        """Whether the token may still be free."""
        return self.holding is None and not self.denied

    @property
    def holders(self) -> frozenset[str]:
        """The pipelines that may hold the token."""
        if self.holding is not None:
            return frozenset({self.holding.pipeline})
        return self.attempted - self.denied


@dataclass(frozen=True, slots=True)
class Surprise:
    """An answer that the model does not allow."""

    kind: Kind
    expected: str
    received: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a call may be answered now. Any definite refusal, and no answer at all, is allowed too.

    `taken` maps each image that is in use to its token; `str()` tells the expectation in words.
    """

    token: str
    pipeline: str
    knowledge: Knowledge
    taken: Mapping[str, str]

    @property
    def success(self) -> bool:
        """Whether the call may succeed: the token may be free, or the pipeline's own."""
        return self.knowledge.free or self.pipeline in self.knowledge.holders

    @property
    def image(self) -> str | None:
        """The image that a success must bring; None if it must bring one that no other token has."""
        return self.knowledge.holding.image if self.success and self.knowledge.holding is not None else None

    @property
    def mismatch(self) -> bool:
        """Whether the call may be refused as a mismatch: another pipeline may hold the token."""
        return bool(self.knowledge.holders - {self.pipeline})

    def surprise(self, outcome: Outcome) -> Surprise | None:
        """What is wrong with this outcome, or None if it is allowed."""
        kind: Kind | None = None
        if isinstance(outcome, Started):
            kind = self._wrong_success(outcome.image)
        elif isinstance(outcome, Mismatch) and not self.mismatch:
            kind = self._wrong_mismatch()
        return None if kind is None else Surprise(kind, expected=str(self), received=str(outcome))

    def allows(self, outcome: Outcome) -> bool:
        """Whether the outcome is one that the model knows a reason for."""
        return self.surprise(outcome) is None

    def _wrong_success(self, image: str) -> Kind | None:
        known = self.knowledge
        if self.taken.get(image, self.token) != self.token:
            return Kind.IMAGE_SHARED
        if known.holding is not None:
            return _disagreement(known.holding, Holding(self.pipeline, image))
        if self.pipeline in known.denied:
            return Kind.MISMATCH_FOR_OWNER
        if self.success:
            return None
        return Kind.MISMATCH_AFTER_REFUSAL if self.pipeline in known.refused else Kind.STARTED_TOO_LATE

    def _wrong_mismatch(self) -> Kind:
        known = self.knowledge
        if known.holding is not None:
            return Kind.MISMATCH_FOR_OWNER
        if known.refused - known.denied - {self.pipeline}:
            return Kind.MISMATCH_AFTER_REFUSAL
        return Kind.MISMATCH_FOR_ALL if known.denied - {self.pipeline} else Kind.MISMATCH_WITHOUT_CAUSE

    def __str__(self) -> str:
        ways = []
        if self.success:
            ways.append("an image that no other token has" if self.image is None else f"image {self.image}")
        if self.mismatch:
            ways.append(f"a mismatch, as the token may belong to {', '.join(sorted(self.knowledge.holders))}")
        return " or ".join(ways) or "a refusal, as no pipeline that may hold the token is left"


class TokenModel:
    """What is known of every token of a target, from calls made one after the other.

    Example:
        >>> model = TokenModel()
        >>> model.observe("t-1", "pipeline/a", Started("image/1"))
        >>> str(model.expect("t-1", "pipeline/a"))
        'image image/1'
        >>> model.observe("t-1", "pipeline/b", Started("image/2")).kind
        <Kind.TWO_OWNERS: 'two-owners'>
    """

    def __init__(self) -> None:
        self._known: dict[str, Knowledge] = {}
        self._taken: dict[str, str] = {}

    @property
    def holdings(self) -> Mapping[str, Holding]:
        """The tokens that were started, with what they stand for."""
        return {token: known.holding for token, known in self._known.items() if known.holding is not None}

    def expect(self, token: str, pipeline: str) -> Expectation:
        """What this call may be answered if it is made now."""
        known = self._known.get(token, Knowledge())
        return Expectation(token, pipeline, known, MappingProxyType(self._taken))

    def observe(self, token: str, pipeline: str, outcome: Outcome) -> Surprise | None:
        """Learn from the outcome of a call.

        Returns:
            What is wrong with it, or None. From a wrong answer nothing is learned, so that it is told once and not
            again with each right one that follows.
        """
        expectation = self.expect(token, pipeline)
        surprise = expectation.surprise(outcome)
        if surprise is None:
            self._known[token] = _learn(expectation.knowledge, pipeline, outcome)
            if isinstance(outcome, Started):
                self._taken[outcome.image] = token
        return surprise


def _disagreement(holding: Holding, other: Holding) -> Kind | None:
    one_image = holding.image == other.image
    if holding.pipeline == other.pipeline:
        return None if one_image else Kind.TWO_IMAGES
    return Kind.ACCEPTED_FOR_OTHER if one_image else Kind.TWO_OWNERS


def _learn(known: Knowledge, pipeline: str, outcome: Outcome) -> Knowledge:
    """The knowledge after an allowed outcome."""
    match outcome:
        case Started(image):
            return Knowledge(Holding(pipeline, image))
        case Mismatch() if known.holding is None:
            return replace(known, denied=known.denied | {pipeline})
        case Unknown() if known.free:
            return replace(known, attempted=known.attempted | {pipeline})
        case Refused() if known.free:
            return replace(known, refused=known.refused | {pipeline})
    return known
