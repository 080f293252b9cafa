"""What the checks of a run share, so that it is paid for once."""

from dataclasses import dataclass

from imagebuilder_conformance.client.messages import Exchange


@dataclass(slots=True)
class SharedStarts:
    """The exchanges made before all checks: the free probe of an unknown pipeline, and the first valid start."""

    unknown_pipeline: Exchange | None = None
    first: Exchange | None = None
