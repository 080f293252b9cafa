"""The suites in a pytest of their own, that the user's configuration and plugins do not touch."""

import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import imagebuilder_conformance.suites
from imagebuilder_conformance.configuration.values import cores
from imagebuilder_conformance.machine import complaint
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.events import Event

_SUITES = Path(imagebuilder_conformance.suites.__file__).parent
# How many workers a process has at most, unless the cores are too few: more would wait for each other.
_LANES = 8
# How many seconds they have to end; xdist's own ten are too many after an interrupt.
_LEAVING = 2.0


class Gatherer:
    """A pytest plugin in the place of pytest's own terminal: gives the settings and gathers the events."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.events: list[Event] = []
        self.refusal: str | None = None
        """What the machine refused, where that ended the run."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Take the place of pytest's terminal."""
        config.pluginmanager.unregister(name="terminalreporter")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Take the terminal from xdist too, which has got hold of it meanwhile."""
        manager = session.config.pluginmanager
        if manager.hasplugin("dsession"):
            manager.getplugin("dsession").terminal = None
            manager.unregister(name="terminaldistreporter")

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, config: pytest.Config) -> None:
        """Give workers less time to end than xdist does, after an interrupt too."""
        config.pluginmanager.getplugin("dsession").nodemanager.EXIT_TIMEOUT = _LEAVING

    def pytest_imagebuilder_settings(self) -> Settings:
        """Give the plugin the settings of the run."""
        return self.settings

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Tell what the machine refused from what is wrong with the suite; pytest is not to tell of it beside."""
        self.refusal = complaint(excinfo.value)
        return True

    def pytest_imagebuilder_event(self, event: Event) -> None:
        """Gather an event."""
        self.events.append(event)


def run_suites(gatherer: Gatherer) -> None:
    """Run the suites by the gatherer's settings; what came is in its `events`."""
    arguments = [
        str(_SUITES),
        f"--rootdir={_SUITES}",
        f"-c{_SUITES / 'pytest.ini'}",
        "--noconftest",
        "--strict-config",
        "--strict-markers",
        "--capture=no",
        "-pno:cacheprovider",
        # They search all objects again and again in the end, and hide what they find in warnings that nobody prints.
        "-pno:unraisableexception",
        "-pno:threadexception",
        "-pimagebuilder_conformance.plugin",
    ]
    if gatherer.settings.at_work > 1:
        # They wait for the target most of the time, so that a process has room for several.
        processes = min(cores(), math.ceil(gatherer.settings.at_work / _LANES))
        arguments += ["-pxdist", f"-n{processes}"]
    with _own_environment():
        pytest.main(arguments, plugins=[gatherer])


@contextmanager
def _own_environment() -> Iterator[None]:
    """Keep the user's pytest options and plugins out, and Hypothesis's files out of the current folder."""
    own = {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "",
        "PYTEST_PLUGINS": "",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(Path(tempfile.gettempdir()) / "imagebuilder-conformance-hypothesis"),
    }
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
