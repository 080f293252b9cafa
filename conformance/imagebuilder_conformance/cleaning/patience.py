"""How long `cleanup` waits for what takes its time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    `visible` is how long after its start an image may be unseen and yet be there; `progress` how long to try without
    any image getting further. Nobody states either.
    """

    visible: float = 60.0
    progress: float = 300.0
