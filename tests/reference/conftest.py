from collections.abc import Iterator

import pytest

from imagebuilder_conformance.reference.server import ReferenceServer

from .exchanges import Client


@pytest.fixture
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer() as running:
        yield running


@pytest.fixture
def client(server: ReferenceServer) -> Iterator[Client]:
    opened = Client(server.url)
    yield opened
    opened.close()
