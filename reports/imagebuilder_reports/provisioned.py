"""What a run made on its target beside images, so that it had pipelines to start: one record for each resource."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class ResourceState(StrEnum):
    """What is known of a resource: whether it was made, and whether it is still there."""

    ASKED = "asked"
    """Its creation was sent, and no answer is known: it may be there."""
    MADE = "made"
    KEPT = "kept"
    """It was made, and stays by the user's wish."""
    LEFT = "left"
    """It could not be taken away."""
    REMOVED = "removed"
    """It is gone, or was never made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """A resource that a run made, or may have made, on its target.

    `kind` is the type as its ARN has it, such as `image-pipeline`; `arn` is None where no answer named one; `reason`
    says why it is left.
    """

    kind: str
    name: str
    arn: str | None = None
    state: ResourceState = ResourceState.MADE
    reason: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether it is, or may be, still there."""
        return self.state is not ResourceState.REMOVED

    @property
    def words(self) -> str:
        """What it is, on one line."""
        return self.arn or f"{self.kind} {self.name}, whose ARN is not known"


def updated(resources: Iterable[Provisioned], changed: Provisioned) -> tuple[Provisioned, ...]:
    """The resources with one of them changed; it is put behind them where it was not among them."""
    resources = tuple(resources)
    same = [(each.kind, each.name) == (changed.kind, changed.name) for each in resources]
    if not any(same):
        return (*resources, changed)
    return tuple(changed if is_it else each for each, is_it in zip(resources, same, strict=True))


def in_short(resources: Sequence[Provisioned]) -> tuple[str, ...]:
    """What was made for a run and what has become of it: a line in all, then one for each that is there."""
    if not resources:
        return ()
    remaining = [each for each in resources if each.is_there]
    gone = len(resources) - len(remaining)
    lines = (f"{each.words}: {each.state}{f', {each.reason}' if each.reason else ''}" for each in remaining)
    return f"{len(resources)} resources on the target, {gone} of them taken away", *lines
