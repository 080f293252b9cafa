import os
import signal
import zlib
from collections.abc import Callable

import pytest

from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.model import Report
from tests.support.runs import run_of

THIRD = "IMAGEBUILDER_TESTS_THIRD"
"""The variable that says which third of the tests to make, 0, 1 or 2; all of them without it."""


def pytest_configure() -> None:
    """Let signals mean something: `nohup` and shells in the background have them ignored by all that they start."""
    for name, handler in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Make a third of the tests where one is asked for: the same tests for the same number."""
    third = os.environ.get(THIRD)
    if third is None:
        return
    thirds: list[list[pytest.Item]] = [[], [], []]
    for item in items:
        thirds[zlib.crc32(item.nodeid.encode()) % 3].append(item)
    items[:] = thirds.pop(int(third))
    config.hook.pytest_deselected(items=[item for others in thirds for item in others])


@pytest.fixture(scope="session")
def reference_run() -> Report:
    """One run of everything against the embedded reference target, for all who only want to look at one."""
    return run_of(Settings(None))


@pytest.fixture(scope="session")
def current_run() -> Report:
    """The same by the contract's revision `current`."""
    return run_of(Settings(None, contract="current"))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets environment variables; those that describe a target are unset to begin with."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)

    def put(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return put
