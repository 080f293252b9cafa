from pathlib import Path

import pytest

from tests.gating.runs import broken, kept, run


@pytest.fixture(scope="session")
def broken_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run against a target that refuses replays."""
    folder = tmp_path_factory.mktemp("broken")
    with broken("replay-refused") as server:
        result = run(server, folder)
    assert result.exit_code == 1, result.output
    return folder


@pytest.fixture(scope="session")
def kept_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same run against a target that keeps the contract."""
    folder = tmp_path_factory.mktemp("kept")
    with kept() as server:
        result = run(server, folder)
    assert result.exit_code == 0, result.output
    return folder
