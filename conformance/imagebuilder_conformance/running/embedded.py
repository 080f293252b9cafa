"""The reference target as the target of a run."""

from collections.abc import Iterator
from contextlib import contextmanager

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
        yield Target(
            name="the reference target",
            endpoint=server.url,
            region=server.region,
            pipelines=server.pipelines,
            credentials=Credentials(server.credentials.access_key_id, server.credentials.secret_access_key),
            reference=True,
            denied=Credentials(server.settings.denied.access_key_id, server.settings.denied.secret_access_key),
        )


@contextmanager
def throttled_target(contract: Contract) -> Iterator[Target]:
    """A reference target with a rate limit, for the checks of throttling."""
    with embedded_target(contract, rate_limit=_RATE_LIMIT) as target:
        yield target
