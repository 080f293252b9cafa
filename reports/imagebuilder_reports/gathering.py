"""Sorts the events of a run by kind, and refuses a stream that contradicts itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from imagebuilder_reports.errors import InconsistentError, MissingHeaderError
from imagebuilder_reports.events import CheckFinished, CheckInfo, Event, Footer, Header, Intent, Judgement, Result
from imagebuilder_reports.verdicts import Verdict

_REPEATED = "it was made more than once, and the worst that was seen counts"


@dataclass(slots=True)
class Gathered:
    """The events of a run by kind; those of exchanges and checks by their ids."""

    header: Header
    intents: dict[str, Intent] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    finished: dict[str, CheckFinished] = field(default_factory=dict)
    footer: Footer | None = None

    @property
    def unfinished(self) -> tuple[CheckInfo, ...]:
        """The checks that the header announces and that left no result."""
        return tuple(check for check in self.header.checks if check.id not in self.finished and not check.deselected)


def gather(events: Iterable[Event]) -> Gathered:
    """Sort the events of one run.

    Workers append to one stream, so nothing is relied on but that the header comes first. A check that was made again,
    as plugins of pytest have it, is one: the worst that was said of each of its clauses counts.

    Raises:
        MissingHeaderError: The first event is not a header, or there is none.
        InconsistentError: An event speaks of what the header does not announce, or there is a second header.
    """
    stream = iter(events)
    header = next(stream, None)
    if not isinstance(header, Header):
        raise MissingHeaderError("expected an event stream to begin with its header, and this one does not")
    gathered = Gathered(header)
    for event in stream:
        match event:
            case Intent():
                gathered.intents.setdefault(event.exchange, event)
            case Result():
                gathered.results[event.exchange] = event
            case CheckFinished():
                _expect_announced(event, gathered)
                earlier = gathered.finished.get(event.id)
                gathered.finished[event.id] = event if earlier is None else _together(earlier, event)
            case Footer():
                gathered.footer = event
            case Header():
                raise InconsistentError("expected one header, got a second: two runs wrote to one stream")
    return gathered


def _expect_announced(event: CheckFinished, gathered: Gathered) -> None:
    if event.id not in {check.id for check in gathered.header.checks}:
        raise InconsistentError(f"expected a check that the header announces, got {event.id!r}")
    judged = {judgement.clause for judgement in event.judgements} | {failure.clause for failure in event.failures}
    if unknown := judged - {clause.id for clause in gathered.header.clauses}:
        raise InconsistentError(f"expected a clause that the header announces, got {min(unknown)!r} from {event.id!r}")


def _together(earlier: CheckFinished, later: CheckFinished) -> CheckFinished:
    """A check that was made again, as one."""
    by_clause: dict[str, list[Judgement]] = {}
    for judgement in (*earlier.judgements, *later.judgements):
        by_clause.setdefault(judgement.clause, []).append(judgement)
    exchanges = {each.id: each for each in (*earlier.exchanges, *later.exchanges)}
    failures = {(each.clause, each.code): each for each in (*later.failures, *earlier.failures)}
    return CheckFinished(
        id=earlier.id,
        judgements=tuple(_worst(said) for said in by_clause.values()),
        failures=tuple(failures.values()),
        exchanges=tuple(exchanges.values()),
        notes=tuple(dict.fromkeys((*earlier.notes, *later.notes, _REPEATED))),
        executions=earlier.executions + later.executions,
        seconds=earlier.seconds + later.seconds,
    )


def _worst(said: Sequence[Judgement]) -> Judgement:
    worst = Verdict.worst([judgement.verdict for judgement in said])
    return next(judgement for judgement in said if judgement.verdict is worst)
