"""The reference target as the target of a run."""

from collections.abc import Iterator
from contextlib import contextmanager

from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.target import Credentials, Target


@contextmanager
def embedded_target() -> Iterator[Target]:
    """A reference target on a free port of this machine, for as long as the run lasts."""
    with ReferenceServer() as server:
        yield Target(
            name="the reference target",
            endpoint=server.url,
            region=server.region,
            pipelines=server.pipelines,
            credentials=Credentials(server.credentials.access_key_id, server.credentials.secret_access_key),
            reference=True,
        )
