"""One call of a history: what was asked, when, and what is known of its outcome.

A call is one *sending*. A request that a client sent again after a 500 is two calls: an unknown outcome, then
whatever the second answer says; folded into one, the first could no longer be what started the image.
"""

from math import inf, isfinite

from msgspec import Struct

TOKEN_LIFETIME = 300.0
"""Within how many seconds a recording is held to the promise of a token.

Nobody states how long a token of this operation lives; this is the shortest lifetime that AWS publishes for one of
another service (CodeBuild).
"""


class Started(Struct, frozen=True, tag=True, gc=False):
    """A success: the image build that the token stands for."""

    image: str

    def __str__(self) -> str:
        return f"image {self.image}"


class Mismatch(Struct, frozen=True, tag=True, gc=False):
    """The token was refused because it belongs to another pipeline."""

    def __str__(self) -> str:
        return "a mismatch"


class Refused(Struct, frozen=True, tag=True, gc=False):
    """A definite refusal without effect: invalid, not found, throttled, in conflict with a call in flight."""

    code: str

    def __str__(self) -> str:
        return f"a refusal ({self.code})"


class Unknown(Struct, frozen=True, tag=True, gc=False):
    """Nobody can tell: the client hung up, the transport failed, the server answered 5xx.

    The call may have started an image, may never do so, and may yet do so at any time after it was invoked,
    also after a 5xx came back: the server's work need not end with its answer.
    """

    def __str__(self) -> str:
        return "an unknown outcome"


Outcome = Started | Mismatch | Refused | Unknown


# Structs are made and packed in a fraction of the time that dataclasses take: a recording has millions of calls.
class Call(Struct, frozen=True, array_like=True, gc=False):
    """One sending of StartImagePipelineExecution, as its client saw it.

    Attributes:
        id: The exchange it belongs to.
        token: The clientToken, exactly as sent.
        pipeline: The imagePipelineArn.
        invoked: When the client began to send, in seconds on a clock common to the whole history.
        returned: When the answer had arrived, on the same clock; None if it never did.
        outcome: What the answer says.
        space: Where the token is of, such as an account and its region; the same text elsewhere is another token.

    Raises:
        ValueError: `invoked` is not a finite number, or `returned` lies before it.
    """

    id: str
    token: str
    pipeline: str
    invoked: float
    returned: float | None
    outcome: Outcome
    space: str = ""

    def __post_init__(self) -> None:
        # Written so that a NaN fails as well.
        if not (isfinite(self.invoked) and (self.returned is None or self.returned >= self.invoked)):
            raise ValueError(
                f"Expected a call that returns at or after its invocation, "
                f"got invoked={self.invoked}, returned={self.returned} in exchange {self.id}"
            )

    @property
    def key(self) -> str:
        """What tells its token from all others."""
        return f"{self.space} {self.token}"

    @property
    def deadline(self) -> float:
        """The last instant at which the call can have taken effect; infinite where no answer bounds it."""
        if self.returned is None or isinstance(self.outcome, Unknown):
            return inf
        return self.returned

    def __str__(self) -> str:
        until = "no answer" if self.returned is None else f"{self.returned:.3f} s"
        return f"{self.id} ({self.pipeline}, {self.invoked:.3f} s to {until}) got {self.outcome}"
