"""What `cleanup` says of each image, and what it adds up to."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

import click

from imagebuilder_conformance.cleaning.removal import Removal, RemovalStatus
from imagebuilder_conformance.cleaning.suspicion import Suspicion
from imagebuilder_reports.errors import UnwritableError
from imagebuilder_reports.ledger import Ledger, StartedBuilds
from imagebuilder_reports.legible import shown
from imagebuilder_reports.model import Execution
from imagebuilder_reports.provisioned import Provisioned, updated

_AWAY = (RemovalStatus.REMOVED, RemovalStatus.GONE, RemovalStatus.OTHERS)


class Account:
    """What came of the builds of one run; with `keeps` the list gets it at once, as this command may be killed too."""

    def __init__(self, builds: StartedBuilds, ledger: Ledger, *, keeps: bool) -> None:
        self.builds = builds
        self._ledger = ledger
        self._keeps = keeps
        self._looks_only = not keeps
        self._removals: list[Removal] = []
        self._doubts: list[Suspicion] = []
        if builds.unreadable:
            show(f"{_count(builds.unreadable, 'line')} of the events can't be read: what they tell is not known")

    @property
    def is_open(self) -> bool:
        """Whether somebody has to do something: what is left, what may be there, and what finished builds have made."""
        left = any(each.status is RemovalStatus.LEFT for each in self._removals) or self._leaves_resources
        return left or any(each.is_open for each in self._doubts) or bool(self.builds.outputs or self.builds.unreadable)

    @property
    def _leaves_resources(self) -> bool:
        """Whether what was made for the run is there after this command; one that only looks takes nothing away."""
        return not self._looks_only and bool(self.builds.remaining)

    @property
    def has_candidates(self) -> bool:
        """Whether there are images that somebody has to look at."""
        return any(doubt.candidates for doubt in self._doubts)

    def take(self, removal: Removal) -> None:
        """Show and note what came of an image."""
        self._removals.append(removal)
        show(*_removal_lines(removal))
        away = (removal.image,) if removal.status in _AWAY and removal.image not in self.builds.removed else ()
        made = {removal.image: removal.outputs} if removal.outputs and removal.status in _AWAY else {}
        self.builds = replace(self.builds, removed=self.builds.removed + away, outputs={**self.builds.outputs, **made})
        if away:
            self._keep()

    def doubt(self, doubt: Suspicion) -> None:
        """Show and note what starts of unknown outcome may have brought about."""
        self._doubts.append(doubt)
        show(*_doubt_lines(doubt))

    def note(self, resource: Provisioned) -> None:
        """Note what came of a resource that was made for the run, and show it where it is gone."""
        self.builds = replace(self.builds, provisioned=updated(self.builds.provisioned, resource))
        self._keep()
        if not resource.is_there:
            show(f"{resource.words}  deleted")

    def conclude(self) -> None:
        """Note that nothing is open any more, if that is so, and say what to do about what is."""
        remaining = any(each.status is RemovalStatus.TO_REMOVE for each in self._removals) or self.builds.remaining
        if not (self.is_open or remaining):
            self.builds = replace(self.builds, settled=True)
            self._keep()
        elif self.builds.outputs:
            show("what finished builds have made costs as long as it is there; remove it, then say cleanup --forget")

    def summary(self) -> str:
        """Everything in one line."""
        statuses = Counter(removal.status for removal in self._removals)
        images = _count(len(self._removals), "image")
        told = ", ".join(f"{count} {status}" for status, count in statuses.items())
        starts = sum(len(doubt.starts) for doubt in self._doubts)
        candidates = len({image.arn for doubt in self._doubts for image in doubt.candidates})
        parts = [f"{images}: {told}" if told else images]
        if starts:
            parts.append(f"{starts} of unknown outcome, {candidates} to look at")
        if made := len(self.builds.provisioned):
            gone = sum(not each.is_there for each in self.builds.provisioned)
            parts.append(f"{gone} of {_count(made, 'resource')} made for the run gone")
        return "; ".join(parts)

    def _keep(self) -> None:
        if not self._keeps:
            return
        try:
            self._ledger.keep(self.builds)
        except UnwritableError as error:
            # What was removed is removed; only the next call has to look again.
            show(f"not noted: {error}")
            self._keeps = False


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _removal_lines(removal: Removal) -> Iterator[str]:
    yield f"{removal.image}  {removal.words}"
    for output in removal.outputs:
        yield f"  made {output}, which stays: deleting an image leaves what it made"


def _doubt_lines(doubt: Suspicion) -> Iterator[str]:
    for first, *others in _by_token(doubt.starts):
        again = f", sent {1 + len(others)} times" if others else ""
        yield f"may have been started: {_start(first)}{again}"
    for image in doubt.candidates:
        created = f"created {image.created.isoformat(timespec='seconds')}" if image.created else "no date"
        yield f"  look at {image.arn}, {image.status}, {created}; nothing was done to it"
        for output in image.outputs:
            yield f"    made {output}"
    if doubt.unlisted:
        yield f"  which images there are can't be told: {doubt.unlisted}"
    elif not doubt.candidates:
        yield "  there is no image of that time that the report does not list"


def _by_token(starts: Iterable[Execution]) -> Iterable[list[Execution]]:
    """The sendings of each token together; a sending without a token stands alone."""
    groups: dict[tuple[str | None, ...], list[Execution]] = {}
    for start in starts:
        key = (start.exchange,) if start.token is None else (start.token, start.pipeline)
        groups.setdefault(key, []).append(start)
    return groups.values()


def _start(start: Execution) -> str:
    token = "no token" if start.token is None else f"token {start.token!r}"
    pipeline = "no pipeline" if start.pipeline is None else f"pipeline {start.pipeline}"
    return f"{token}, {pipeline}, at {start.sent or 'an unknown time'} ({start.exchange})"


def show(*lines: str) -> None:
    """Print lines that a report or a target may have put something into; what they name stays on its line."""
    for line in lines:
        click.echo(" ".join(shown(line).splitlines()))
