"""What the checks of a run share: starts that are paid for once, where bursts are sent to, and the SDK."""

from collections.abc import Callable
from dataclasses import dataclass

from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.sdk import Sdk
from imagebuilder_conformance.probing.thrift import Thrift


@dataclass(slots=True)
class Shared:
    """`first` is the first valid start, if one was made; `burst_client` gives the client for bursts.

    `raises_faults` says whether the target speaks the fault interface; None: nobody has asked it yet.
    `thrift` has the starts that checks share under a budget; without one it is None, and each check makes its own.
    """

    burst_client: Callable[[], Client]
    first: Exchange | None = None
    sdk: Sdk | None = None
    raises_faults: bool | None = None
    thrift: Thrift | None = None
