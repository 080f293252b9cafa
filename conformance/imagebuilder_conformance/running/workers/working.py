"""The worker's side of a run whose checks xdist hands out: it makes checks, and another process leads."""

from collections.abc import Callable, Generator, Mapping
from typing import cast

import pytest

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.running.conductor import Conductor
from imagebuilder_conformance.running.parts import Part
from imagebuilder_conformance.running.sessions import RunSession, report
from imagebuilder_conformance.running.workers.lanes import Lanes
from imagebuilder_conformance.running.workers.messages import Invitation, Made
from imagebuilder_conformance.running.workers.sharing import shares
from imagebuilder_conformance.stopping import end_with
from imagebuilder_reports.events import Event
from imagebuilder_reports.stream import EventWriter

AGAIN = "again"
"""The outcome of an item that the process that leads makes again, alone. It counts as nothing in pytest."""
PACKED = "imagebuilder_made"
"""The attribute of a test report that carries what was made."""

_MADE: pytest.StashKey[Made] = pytest.StashKey()
# How long a worker that is to end waits for what each of its lanes is about, in seconds.
_PATIENCE = 2.0


class WorkingSession(RunSession):
    """Takes part in a run for the pytest session of a worker."""

    _leads = False

    def __init__(self, config: pytest.Config, checks: Mapping[str, Check], invitation: Invitation) -> None:
        super().__init__(config, checks, invitation.settings, invitation.part)
        self._invitation = invitation
        self._lanes: Lanes[Conductor, Made] | None = None

    def open(self, session: pytest.Session) -> None:  # noqa: ARG002  # that of a run
        """Begin to take part."""
        self._writer = self._stack.enter_context(EventWriter(self._invitation.stream))
        self._join(self._conductor)

    def call(self, item: pytest.Function) -> None:
        """Make the check of an item, or wait for the lane that makes it. Its outcome is pytest's too only if it stands.

        The first call begins the whole share: only then all items are known.
        """
        if self._lanes is None and self._invitation.lanes:
            self._lanes = self._open_lanes(item.session)
        if self._lanes is not None and item.nodeid in self._lanes:
            made = self._lanes.result(item.nodeid)
        else:
            made = self._make(self._conductor, item)
        item.stash[_MADE] = made
        if made.fatal is not None:
            item.session.shouldstop = str(made.fatal)
        if made.stands or made.fatal is not None:
            report(made.event, item.obj)

    def close(self, session: pytest.Session) -> None:  # noqa: ARG002  # that of a run
        """Take part no more."""
        if self._lanes is not None:
            self._lanes.stop(_PATIENCE)
        self._stack.close()

    def _open_lanes(self, session: pytest.Session) -> Lanes[Conductor, Made]:
        items = {item.nodeid: item for item in session.items}
        invitation = self._invitation
        places = shares(self.lengths(session.items), invitation.crew)
        begun = places[invitation.place].begun if invitation.place < len(places) else ()

        def make(conductor: Conductor, name: str) -> Made:
            return self._make(conductor, cast("pytest.Function", items[name]))

        checks = [name for name in begun if self.owns(items[name])]
        return Lanes([self._lane(part) for part in invitation.lanes], checks, make)

    def _lane(self, part: Part) -> Conductor:
        conductor = Conductor(self._settings, self._checks.values(), self._emit, part)
        self._join(conductor)
        return conductor

    def _join(self, conductor: Conductor) -> None:
        if self._settings.target is None:
            raise ValueError("expected an invitation with a target")
        conductor.join(self._settings.target)
        self._stack.callback(conductor.leave)

    def _make(self, conductor: Conductor, item: pytest.Function) -> Made:
        return Made.of(conductor.make(self._checks[item.nodeid], cast("Callable[[Probe], None]", item.obj)))

    def _emit(self, event: Event) -> None:
        self._write(event)


class Worker:
    """A pytest plugin: sends what a worker has made along with pytest's report of it."""

    def __init__(self, invitation: Invitation) -> None:
        self._invitation = invitation
        end_with(invitation.leader)

    def session(self, config: pytest.Config, checks: Mapping[str, Check]) -> WorkingSession:
        """The worker's part in the run."""
        return WorkingSession(config, checks, self._invitation)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put what was made on the report of the call."""
        report = yield
        made = item.stash.get(_MADE, None)
        if call.when == "call" and made is not None:
            # xdist carries whatever attributes a report has, as long as they are plain values.
            vars(report)[PACKED] = made.pack()
            if not made.stands and made.fatal is None:
                vars(report)["outcome"] = AGAIN
        return report
