"""A run whose checks threads of one process make side by side, where the target is slow enough for that to pay."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

import pytest

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.running.conductor import Conductor
from imagebuilder_conformance.running.sessions import report
from imagebuilder_conformance.running.workers.lanes import Lanes
from imagebuilder_conformance.running.workers.messages import Made
from imagebuilder_conformance.running.workers.settling import SettlingSession, make_items
from imagebuilder_conformance.running.workers.sharing import shares
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.verdicts import Ending

# A request costs this process so much itself, in seconds; while one waits for its answer, others are made.
_OWN_SHARE = 0.002
# Below that a second lane costs more than it brings.
_WORTH_IT = 0.008
_MOST = 16
# How long what is under way is waited for in the end, in seconds.
_PATIENCE = 2.0


def lanes_that_pay(latency: float) -> int:
    """How many checks to make side by side on a target that answers in so many seconds."""
    return 1 if latency < _WORTH_IT else min(_MOST, math.ceil(latency / _OWN_SHARE))


class SideBySide(SettlingSession):
    """Leads a run, and makes as many checks at the same time as pay; one after the other on a fast target."""

    def __init__(self, config: pytest.Config, checks: Mapping[str, Check], settings: Settings) -> None:
        super().__init__(config, checks, settings)
        self._lanes: Lanes[Conductor, Made] | None = None

    def open(self, session: pytest.Session) -> None:
        """Start the run, and see how many lanes pay."""
        super().open(session)
        count = lanes_that_pay(self._conductor.latency)
        if self._stopped is None and count > 1:
            session.config.pluginmanager.register(_Loop(self, count))

    def call(self, item: pytest.Function) -> None:
        """Wait for the lane that makes the check of an item, or make it alone."""
        if self._lanes is None or item.nodeid not in self._lanes or item.nodeid in self._doubtful:
            super().call(item)
            return
        made = self._lanes.result(item.nodeid)
        if made.fatal is not None and made.fatal.ending is Ending.TARGET_LOST:
            # Perhaps only with so many at once: a server of one thread waits for the end of a request in one race while
            # the other requests of that race wait to be let in. From here on nobody else asks.
            self._lanes.stop()
            made = replace(made, fatal=None)
        self.take(item.nodeid, made)
        if self.is_settled(item):
            self._end_if_lost(made.fatal, made.event, item.session)
            report(made.event, item.obj)

    def begin(self, session: pytest.Session, count: int) -> list[pytest.Item]:
        """Have the checks made that can be, on so many lanes; gives their items in the order of their ends."""
        items = {item.nodeid: item for item in session.items}
        [share] = shares(self.lengths(session.items), [count])

        def make(conductor: Conductor, name: str) -> Made:
            item = cast("pytest.Function", items[name])
            return Made.of(conductor.make(self._checks[name], cast("Callable[[Probe], None]", item.obj)))

        checks = [name for name in share.begun if self.owns(items[name])]
        conductors = [self._lane(number) for number in range(1, 1 + min(count, len(checks)))]
        if checks:
            self._lanes = Lanes(conductors, checks, make)
            self._conductor.note_workers(len(conductors))
        return [items[name] for name in share.ended]

    def close(self, session: pytest.Session) -> None:
        """End the run; what the lanes are about is given a moment."""
        if self._lanes is not None:
            self._lanes.stop(_PATIENCE)
        super().close(session)

    def _lane(self, number: int) -> Conductor:
        conductor = Conductor(self._settings, self._checks.values(), self._emit, self._conductor.lane(number))
        conductor.join(self._conductor.target)
        self._stack.callback(conductor.leave)
        return conductor


class _Loop:
    """A pytest plugin in the place of pytest's own loop."""

    def __init__(self, run: SideBySide, count: int) -> None:
        self._run = run
        self._count = count

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Make alone what comes first, then the rest side by side, then alone what is left."""
        run = self._run
        make_items(session, [item for item in session.items if run.comes_first(item)])
        make_items(session, run.begin(session, self._count))
        make_items(session, [item for item in session.items if not run.is_settled(item)])
        return True
