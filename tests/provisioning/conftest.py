from collections.abc import Iterator

import pytest

from imagebuilder_conformance.cleaning import connecting
from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.making_pipelines import MakesPipelines, Plane, planes


@pytest.fixture
def plane() -> Iterator[Plane]:
    yield from planes()


@pytest.fixture
def server(plane: Plane) -> Iterator[ReferenceServer]:
    assert plane is MakesPipelines.plane
    with ReferenceServer(behaviour=MakesPipelines) as running:
        yield running


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK sends each call of this process once: what it sends again takes seconds."""
    monkeypatch.setattr(connecting, "RETRIES", 0)
