"""What can be wrong with the answers that a token got, and the sentences that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from imagebuilder_conformance.idempotency.calls import Call


class Kind(StrEnum):
    """A way in which answers contradict the promise of the token."""

    TWO_IMAGES = "two-images"
    """One token, one pipeline, two images: a duplicate was executed again."""

    TWO_OWNERS = "two-owners"
    """One token started an image for each of two pipelines: the mismatch went unnoticed."""

    ACCEPTED_FOR_OTHER = "accepted-for-other"
    """Two pipelines were given the one image of a token: the replay forgot to compare the parameters."""

    IMAGE_SHARED = "image-shared"
    """Two tokens, one image."""

    MISMATCH_FOR_OWNER = "mismatch-for-owner"
    """The pipeline that got the token's image was also told that the token is another's."""

    MISMATCH_WITHOUT_CAUSE = "mismatch-without-cause"
    """A mismatch that was answered before any other pipeline can have held the token."""

    MISMATCH_FOR_ALL = "mismatch-for-all"
    """Each pipeline that can have held the token was told that it is another's."""

    MISMATCH_AFTER_REFUSAL = "mismatch-after-refusal"
    """A mismatch that only a refused call explains: refusals seem to use tokens up (nobody promises they don't)."""

    STARTED_TOO_LATE = "started-too-late"
    """A mismatch shows the token held before the pipeline that got its image had asked for it."""

    @property
    def needs_whole_history(self) -> bool:
        """Whether the finding rests on the history being complete.

        The others contradict each other whatever else was sent with the token, and by whomever.
        """
        return self in _NEED_WHOLE_HISTORY


_NEED_WHOLE_HISTORY = frozenset(
    {
        Kind.MISMATCH_WITHOUT_CAUSE,
        Kind.MISMATCH_FOR_ALL,
        Kind.MISMATCH_AFTER_REFUSAL,
        Kind.STARTED_TOO_LATE,
    }
)

_SENTENCES: Mapping[Kind, str] = {
    Kind.TWO_IMAGES: "Token {token!r} must stand for one image, but its pipeline got two",
    Kind.TWO_OWNERS: "Token {token!r} must start one image, but started one for each of two pipelines",
    Kind.ACCEPTED_FOR_OTHER: "Token {token!r} must be a mismatch for a second pipeline, but both got its image",
    Kind.IMAGE_SHARED: "Token {token!r} must have an image of its own, but got that of token {other!r}",
    Kind.MISMATCH_FOR_OWNER: "Token {token!r} must replay for its own pipeline, but was also a mismatch for it",
    Kind.MISMATCH_WITHOUT_CAUSE: "Token {token!r} was a mismatch before any other pipeline can have held it",
    Kind.MISMATCH_FOR_ALL: "Token {token!r} was a mismatch for each pipeline that can have held it",
    Kind.MISMATCH_AFTER_REFUSAL: "Token {token!r} was a mismatch, and only a refused call can have used it before",
    Kind.STARTED_TOO_LATE: "Token {token!r} was held, as its mismatch shows, before its owner had asked for it",
}


@dataclass(frozen=True, slots=True)
class Anomaly:
    """The smallest part of a history that no order explains.

    `calls` are in the order of their invocation. What "smallest" means is said in `history`.
    """

    kind: Kind
    token: str
    calls: tuple[Call, ...]
    sentence: str

    @classmethod
    def of(cls, kind: Kind, token: str, *calls: Call) -> "Anomaly":
        """The anomaly of this kind that the calls of `token` (and one of another token, if shared) show."""
        ordered = tuple(sorted(calls, key=lambda call: call.invoked))
        other = next((call.token for call in ordered if call.token != token), None)
        law = _SENTENCES[kind].format(token=token, other=other)
        return cls(kind, token, ordered, f"{law}: {'; '.join(map(str, ordered))}.")
