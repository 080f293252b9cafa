"""What a run of the stacks is told, and the page that it writes in the end."""

from pathlib import Path

import pytest

from .page import Outcome, write_page
from .table import GROUPS, read_table


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which stacks, and where the page goes."""
    parser.addoption("--groups", default=",".join(GROUPS), help="the groups of stacks to try")
    parser.addoption("--page", type=Path, help="write a page about them to this file")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each stack of the groups."""
    if "stack" in metafunc.fixturenames:
        groups = metafunc.config.getoption("groups").split(",")
        if unknown := set(groups) - set(GROUPS):
            raise pytest.UsageError(f"--groups: expected some of {', '.join(GROUPS)}, got {', '.join(unknown)}")
        stacks = [stack for stack in read_table().stacks if stack.group in groups]
        metafunc.parametrize("stack", stacks, ids=lambda stack: stack.title)


def pytest_configure(config: pytest.Config) -> None:
    """One process writes the page, the one that gets the reports of all."""
    page = config.getoption("page")
    if page is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_PageWriter(page))


class _PageWriter:
    """Gathers the outcomes that tests record."""

    def __init__(self, page: Path) -> None:
        self._page = page
        self._outcomes: dict[str, Outcome] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """An outcome is with every report of its test from then on."""
        for name, value in report.user_properties:
            if name == "outcome" and isinstance(value, dict):
                self._outcomes[value["title"]] = Outcome(**value)

    def pytest_sessionfinish(self) -> None:
        """Write what there is."""
        write_page(self._page, read_table(), self._outcomes)
