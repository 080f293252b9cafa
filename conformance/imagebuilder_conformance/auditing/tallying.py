"""What a reader of recordings counts beside the exchanges that it gives."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Counts:
    """What was left out, and why there should be more.

    Attributes:
        others: Requests that are not calls of the operation.
        siblings: Those among them that are calls of the service's other operations.
        without_body: Calls of the operation whose request body was not recorded, or not as it was sent.
        incomplete: A sentence for each recording that was cut short.
    """

    others: int = 0
    siblings: int = 0
    without_body: int = 0
    incomplete: list[str] = field(default_factory=list)

    @property
    def measured(self) -> dict[str, float]:
        """The same as figures for a report."""
        return {
            "left-out.other-requests": float(self.others),
            "left-out.other-operations": float(self.siblings),
            "left-out.without-body": float(self.without_body),
        }

    def __str__(self) -> str:
        """One sentence, or nothing where nothing was left out."""
        parts = []
        if self.others:
            service = f" ({self.siblings} of them to Image Builder)" if self.siblings else ""
            parts.append(f"{self.others} that are not calls of the operation{service}")
        if self.without_body:
            parts.append(f"{self.without_body} whose request body was not recorded")
        return f"left out: {', '.join(parts)}" if parts else ""


@dataclass(slots=True)
class Clock:
    """One clock for all recordings: seconds since the first exchange that was read."""

    epoch: float | None = None

    def at(self, moment: float) -> float:
        """The time of a moment, which is in seconds since 1970."""
        if self.epoch is None:
            self.epoch = moment
        return moment - self.epoch
