"""What stands of checks that were made side by side: whoever is blamed, or could not be judged, is asked again alone.

So no target is blamed for what only the meeting of several checks there brought about.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import cast

import pytest

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.running.parts import Part
from imagebuilder_conformance.running.sessions import RunSession, report
from imagebuilder_conformance.running.workers.messages import Made
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.events import CheckFinished
from imagebuilder_reports.verdicts import Verdict


class SettlingSession(RunSession):
    """Leads a run of whose checks others make some, and makes alone what is alone to be made or was left in doubt."""

    def __init__(
        self, config: pytest.Config, checks: Mapping[str, Check], settings: Settings, part: Part | None = None
    ) -> None:
        super().__init__(config, checks, settings, part)
        self._settled: set[str] = set()
        self._doubtful: dict[str, Made] = {}

    def comes_first(self, item: pytest.Item) -> bool:
        """Whether the check of an item is made alone before the others begin, while workers are still starting.

        Not what throttles: the target may not have recovered when they begin.
        """
        check = self._checks.get(item.nodeid)
        starts_builds = check is not None and check.alone and check.executions > 0 and not check.last
        return starts_builds and not self._settings.is_limited

    def is_settled(self, item: pytest.Item) -> bool:
        """Whether the check of an item has come to its end, or the item is no check."""
        return item.nodeid in self._settled or not self.owns(item)

    def call(self, item: pytest.Function) -> None:
        """Make the check of an item alone."""
        outcome = self._conductor.make(self._checks[item.nodeid], cast("Callable[[Probe], None]", item.obj))
        event, doubtful = outcome.event, self._doubtful.pop(item.nodeid, None)
        if doubtful is not None and _verdicts(doubtful.event) != _verdicts(event):
            event = replace(event, notes=(*event.notes, f"beside other checks it was seen that {_in_short(doubtful)}"))
        self._settled.add(item.nodeid)
        self._conductor.take_check(event, outcome.measured, outcome.excused)
        if outcome.broke_off is not None:
            raise outcome.broke_off
        self._end_if_lost(outcome.fatal, event, item.session)
        report(event, item.obj)

    def take(self, nodeid: str, made: Made) -> None:
        """Take over what another thread or process has made."""
        self._conductor.take(made.exchanges, doubtful=not made.stands)
        if made.stands or made.fatal is not None:
            self._settled.add(nodeid)
            self._conductor.take_check(made.event, made.measured, made.excused)
        else:
            self._doubtful[nodeid] = made
        self._stopped = self._stopped or made.fatal

    def lose(self, nodeid: str) -> None:
        """Take note that the worker which made a check is gone."""
        if nodeid in self._checks and nodeid not in self._settled and nodeid not in self._doubtful:
            self._settled.add(nodeid)
            self._conductor.lose(self._checks[nodeid], "the worker that made the check ended before the check did")

    def close(self, session: pytest.Session) -> None:
        """End the run. What nobody came to make again is said to be inconclusive."""
        if self._opened:
            for made in self._doubtful.values():
                self._conductor.take_check(_in_doubt(made), made.measured, made.excused)
        super().close(session)


def make_items(session: pytest.Session, items: Sequence[pytest.Item]) -> None:
    """Make items as pytest's own loop does. Raises what it raises where the session is to end."""
    for item, after in itertools.zip_longest(items, items[1:]):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)


def _verdicts(event: CheckFinished) -> list[Verdict]:
    return [judgement.verdict for judgement in event.judgements]


def _in_short(made: Made) -> str:
    """What speaks against the target in what was made, in one line."""
    told = [f"{failure.title}: {failure.received}" for failure in made.event.failures]
    told += [judgement.reason for judgement in made.event.judgements if judgement.reason]
    return "; ".join(dict.fromkeys(told))


def _in_doubt(made: Made) -> CheckFinished:
    """The event without blame: what was seen while other checks were made too proves nothing yet."""
    reason = f"seen beside other checks, and not asked again alone: {_in_short(made)}"
    judgements = tuple(
        replace(judgement, verdict=Verdict.INCONCLUSIVE, reason=reason)
        if judgement.verdict in {Verdict.FAILED, Verdict.WARNED}
        else judgement
        for judgement in made.event.judgements
    )
    return replace(made.event, judgements=judgements, failures=())
