"""What the checks of a run share: starts that are paid for once, where bursts are sent to, and the SDK."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.sdk import Sdk
from imagebuilder_conformance.probing.revisions import Fit
from imagebuilder_conformance.probing.thrift import Thrift


@dataclass(slots=True)
class Shared:
    """`first` is the first valid start, if one was made; `burst_client` gives the client for bursts.

    `sdk_python` is the interpreter whose boto3 makes the calls of the SDK; None: that of this one.
    `raises_faults` says whether the target speaks the fault interface; None: nobody has asked it yet.
    `others` are the first starts of further pipelines, where the run made any before the checks;
    `refusing` says of pipelines that the target knows and does not start what it answered.
    `fit` says which revision of the contract the first answers fit, if it was asked.
    `thrift` has the starts that checks share under a budget; without one it is None, and each check makes its own.
    `thorough` says that the run asks also what it seldom pays to ask.
    `forms` gives the form of each next plain request; None for the suite's own.
    `retention` is the least age, in seconds, of the first token when it is replayed last; None: nobody asked for one.
    """

    burst_client: Callable[[], Client]
    first: Exchange | None = None
    sdk: Sdk | None = None
    sdk_python: Path | None = None
    raises_faults: bool | None = None
    others: list[Exchange] = field(default_factory=list)
    refusing: dict[str, str] = field(default_factory=dict)
    thrift: Thrift | None = None
    fit: Fit | None = None
    thorough: bool = False
    retention: float | None = None
    forms: Iterator[str | None] = field(default_factory=lambda: repeat(None))

    def sdk_of(self, client: Client) -> Sdk:
        """The SDK of the run. Raises `ExtraMissingError` where there is none."""
        if self.sdk is None:
            self.sdk = Sdk(client, self.sdk_python)
        return self.sdk

    def close(self) -> None:
        """End what was started."""
        if self.sdk is not None:
            self.sdk.close()
