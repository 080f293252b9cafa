"""The leader's side of a run whose checks xdist hands out to workers.

The leader collects the checks too, writes header, finished checks and footer, and makes alone, when the workers have
done their share, what must be made alone: checks that look at the target's other traffic, and those that a worker
could not settle. So no target is blamed for what only the workers' meeting there brought about.
"""

import itertools
import tempfile
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.running.parts import Part
from imagebuilder_conformance.running.sessions import fresh_stream, settings_of
from imagebuilder_conformance.running.workers.messages import INVITATION, Invitation, Made, unpack
from imagebuilder_conformance.running.workers.scheduling import LongestFirst
from imagebuilder_conformance.running.workers.settling import SettlingSession, make_items
from imagebuilder_conformance.running.workers.sharing import shares
from imagebuilder_conformance.running.workers.working import AGAIN, PACKED
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.events import Event
from imagebuilder_reports.stream import EventTail, EventWriter
from imagebuilder_spec import load_contract

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController


# What xdist calls its workers, before their number.
_NODE = "gw"


class LeadingSession(SettlingSession):
    """Leads a run for a pytest session whose checks are handed out."""

    def __init__(
        self, config: pytest.Config, checks: Mapping[str, Check], settings: Settings, part: Part, stream: Path
    ) -> None:
        super().__init__(config, checks, settings, part)
        self._stream = stream
        self._tail = EventTail(stream)
        self._stack.callback(self._tail.close)
        self._relaying = threading.Lock()

    def take(self, nodeid: str, made: Made) -> None:
        """Take over what a worker has made."""
        self.relay()
        super().take(nodeid, made)

    def close(self, session: pytest.Session) -> None:
        """End the run, once all is passed on that the workers have written."""
        if self._opened:
            self.relay()
        super().close(session)

    def relay(self) -> None:
        """Pass on the events that the workers have written."""
        # A burst emits from several threads.
        with self._relaying:
            for event in self._tail.new():
                self._config.hook.pytest_imagebuilder_event(event=event)

    def _fresh_writer(self) -> EventWriter:
        return self._stack.enter_context(EventWriter(self._stream))

    def _emit(self, event: Event) -> None:
        self._write(event)
        self.relay()
        if self._unwritable is not None:
            # It is not in the stream, from which it would have been relayed.
            self._config.hook.pytest_imagebuilder_event(event=event)


class Leader:
    """A pytest plugin: prepares a run before xdist starts its workers, and makes what they are not to make.

    Raises `pytest.UsageError` where the options can't be used or the folder of the report can't be had.
    """

    def __init__(self, config: pytest.Config) -> None:
        settings = settings_of(config)
        with ExitStack() as stack:
            if settings.target is None:
                from imagebuilder_conformance.running.embedded import embedded_target

                target = stack.enter_context(embedded_target(load_contract(settings.contract)))
                settings = replace(settings, target=target)
            own = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imagebuilder-conformance-")))
            folder = settings.report_dir
            # Workers change no folder, but a test beside ours might.
            self._stream = (fresh_stream(config, folder, stack) if folder else own / "events.jsonl").absolute()
            self._stack = stack.pop_all()
        self._settings = settings
        self._part = Part.of(settings, slowdowns=own / "slowdowns", workers=1)
        self._crew: tuple[int, ...] = (1,)
        self._numbers = itertools.count(1)
        self._items: Sequence[pytest.Item] = ()
        self._run: LeadingSession | None = None
        self._interrupted = False

    def session(self, config: pytest.Config, checks: Mapping[str, Check]) -> LeadingSession:
        """The run, once the checks are collected."""
        self._run = LeadingSession(config, checks, self._settings, self._part, self._stream)
        return self._run

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, config: pytest.Config, specs: list[object]) -> None:
        """Count the workers. A budget is spent by one process: then xdist needs no second worker."""
        if self._settings.is_limited:
            if len(specs) > 1:
                reporter = config.pluginmanager.getplugin("terminalreporter")
                if reporter is not None:
                    reporter.write_line("A run with a budget of executions uses one worker.")
            del specs[1:]
        processes = len(specs)
        workers = max(processes, self._settings.at_work)
        self._crew = tuple(workers // processes + (place < workers % processes) for place in range(processes))
        self._part = replace(self._part, workers=workers)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: "WorkerController") -> None:
        """Invite a worker; under a budget it is to make nothing."""
        if self._settings.is_limited:
            node.workerinput[INVITATION] = b""
            return
        place = int(node.gateway.id.removeprefix(_NODE))
        lanes = self._crew[place] if place < len(self._crew) and max(self._crew) > 1 else 0
        own, *others = (replace(self._part, number=next(self._numbers)) for _ in range(1 + lanes))
        invitation = Invitation(own, tuple(others), self._crew, place, self._settings, self._stream)
        node.workerinput[INVITATION] = invitation.pack()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """Collect as the workers do, which xdist leaves to them; the run is opened at its end."""
        session.perform_collect()
        return True

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self) -> LongestFirst:
        """Hand out what workers can make."""
        lengths = dict(self._handed_out())
        places = shares(lengths, self._crew) if max(self._crew) > 1 else []
        return LongestFirst(lengths, {f"{_NODE}{place}": share.ended for place, share in enumerate(places)})

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Make alone what comes first, let the workers do their share, then make alone what is left."""
        self._items = session.items
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            raise session.Interrupted("errors during collection")
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        run = self._run
        make_items(session, [item for item in session.items if run is not None and run.comes_first(item)])
        yield
        make_items(session, [item for item in session.items if run is not None and not run.is_settled(item)])
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a worker has made off the report of it."""
        if self._run is None:
            return
        packed = vars(report).pop(PACKED, None)
        if packed is not None:
            made = unpack(packed)
            if not isinstance(made, Made):
                raise TypeError(f"expected what a worker has made, got {type(made).__name__}")
            self._run.take(report.nodeid, made)
        else:
            self._run.relay()

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """How pytest shows a check that is made again."""
        return (AGAIN, "a", "AGAIN") if report.outcome == AGAIN else None

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, error: object) -> None:
        """See whether a worker ended because the user wants it."""
        self._interrupted = error == "keyboard-interrupt"

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str) -> None:
        """Take note of a check whose worker crashed."""
        if self._run is not None and not self._interrupted:
            self._run.lose(crashitem)

    def pytest_unconfigure(self) -> None:
        """Let go of what was prepared."""
        self._stack.close()

    def _handed_out(self) -> Iterator[tuple[str, int]]:
        for item in self._items:
            length = self._run.length(item) if self._run is not None else 0
            if length is not None:
                yield item.nodeid, length
