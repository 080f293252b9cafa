from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cleaning.sandbox import QUICK, Sandbox, serving


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with serving(tmp_path, QUICK) as made:
        yield made
