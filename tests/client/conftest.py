from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.calls import Recorded, recorded

Calling = Callable[..., Recorded]


@pytest.fixture
def calling() -> Iterator[Calling]:
    """Makes recorded clients, and closes their connections."""
    with ExitStack() as stack:

        def make(*args: object, **options: object) -> Recorded:
            made = recorded(*args, **options)  # type: ignore[arg-type]  # passed on
            stack.callback(made.client.transport.close)
            return made

        yield make


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Retries come at once; the list has the seconds that they would have waited."""
    waited: list[float] = []
    monkeypatch.setattr("imagebuilder_conformance.client.client.time.sleep", waited.append)
    return waited


@pytest.fixture(scope="module")
def reference() -> Iterator[ReferenceServer]:
    with ReferenceServer() as server:
        yield server
