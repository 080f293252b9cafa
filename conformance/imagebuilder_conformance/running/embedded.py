"""The reference target as the target of a run."""

from collections.abc import Iterator
from contextlib import contextmanager

from imagebuilder_conformance.reference.credentials import Credentials as ReferenceCredentials
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.target import Credentials, Target
from imagebuilder_spec import Contract

# Requests a second; far less than the run sends, so that a short burst exceeds it.
_RATE_LIMIT = 20.0


@contextmanager
def embedded_target(contract: Contract, *, rate_limit: float | None = None) -> Iterator[Target]:
    """A reference target that keeps `contract`, on a free port of this machine, for as long as the run lasts."""
    with ReferenceServer(Settings(contract=contract, rate_limit=rate_limit)) as server:
        yield target_of(server, "the reference target", reference=True)


def target_of(server: ReferenceServer, name: str, *, reference: bool = False) -> Target:
    """A server of this process as a target, with its two callers. One that verifies no signature can't deny any."""
    return Target(
        name=name,
        endpoint=server.url,
        region=server.region,
        pipelines=server.pipelines,
        credentials=_as_ours(server.credentials),
        reference=reference,
        denied=_as_ours(server.settings.denied) if server.settings.verify_signatures else None,
    )


def _as_ours(its: ReferenceCredentials) -> Credentials:
    """The reference target knows nothing of ours, its credentials included."""
    return Credentials(its.access_key_id, its.secret_access_key, origin="the reference target")


@contextmanager
def throttled_target(contract: Contract) -> Iterator[Target]:
    """A reference target with a rate limit, for the checks of throttling."""
    with embedded_target(contract, rate_limit=_RATE_LIMIT) as target:
        yield target
