"""What a reference target is started with."""

from dataclasses import dataclass, field

from imagebuilder_conformance.reference.credentials import (
    DENIED_CREDENTIALS,
    DUMMY_CREDENTIALS,
    Credentials,
)
from imagebuilder_spec import Contract, compile_pattern, load_contract

DEFAULT_PIPELINES = (
    "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-a",
    "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-b",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """What time does to images, in seconds (`reference/lifecycle.py` has what comes of it).

    Attributes:
        invisible: how long after its start no operation shows an image.
        busy: how long after its start, and after it was cancelled, cancelling and deleting it are refused.
        cancelling: how long a cancelled build goes on.
        building: after how long a build that nobody cancels ends, and leaves an AMI.
        rate_limit: requests a second to the operations on images; None: no limit.
    """

    invisible: float = 5.0
    busy: float = 8.0
    cancelling: float = 5.0
    building: float = 1200.0
    rate_limit: float | None = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a reference target is set up.

    Attributes:
        pipelines: the ARNs of the pipelines that exist.
        credentials: the access key of the caller who may start images; the target knows one other.
        denied: the access key of a caller who may not. Where no signature is verified, nobody is.
        verify_signatures: whether a request must carry a valid signature (SigV4). If not, no header of the
            authentication is looked at.
        allow_unsigned_payload: whether a client may leave its body unsigned by saying `UNSIGNED-PAYLOAD`.
        rate_limit: requests a second that are answered; a burst may hold as many. None: no limit.
        contract: the revision of the contract that the target keeps.
        lifecycle: what time does to the images; None: they are there at once and wait until they are removed.

    Raises:
        ValueError: for no pipeline, for an ARN that breaks the contract's pattern, or for a rate that isn't positive.
    """

    pipelines: tuple[str, ...] = DEFAULT_PIPELINES
    credentials: Credentials = DUMMY_CREDENTIALS
    denied: Credentials = DENIED_CREDENTIALS
    verify_signatures: bool = True
    allow_unsigned_payload: bool = False
    rate_limit: float | None = None
    contract: Contract = field(default_factory=load_contract)
    lifecycle: Lifecycle | None = None

    def __post_init__(self) -> None:
        if not self.pipelines:
            raise ValueError("expected at least one pipeline ARN, got none")
        pattern = compile_pattern(self.contract.pipeline_arn_pattern)
        for arn in self.pipelines:
            if not pattern.search(arn):
                expected = self.contract.pipeline_arn_pattern
                raise ValueError(f"expected a pipeline ARN that matches {expected}, got {arn!r}")
        if self.rate_limit is not None and not self.rate_limit > 0:
            raise ValueError(f"expected a positive rate limit, got {self.rate_limit!r}")

    @property
    def region(self) -> str:
        """The region that the target is in, which a signature must name: the one of its first pipeline."""
        return self.pipelines[0].split(":")[3]
