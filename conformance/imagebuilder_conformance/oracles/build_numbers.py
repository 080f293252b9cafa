"""Builds that no answer names, seen in the numbers of those that are named: they are missing just where faults were."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.passive import Judge, passive
from imagebuilder_conformance.oracles.used_tokens import build_number
from imagebuilder_spec import Contract

_HIDDEN = "idempotency.hidden-builds"
# So many stretches without a fault must leave no gap, and so many with one must, until the faults are the reason.
_QUIET, _FAULTY = 8, 2


class BuildsBehindFaults(Failure):
    """Build numbers are missing where a request met a fault and was sent again, and nowhere else."""

    code = "fault.hidden-builds"
    title = "Requests that met a fault leave gaps in the build numbers"
    hint = (
        "A build is begun, the token is forgotten with the fault or with the client that hung up, and the retry begins "
        "another. Record the token before the build begins."
    )


@dataclass(slots=True)
class _Stretch:
    """What came between one new build number of a version and the next higher one; times are on the run's clock."""

    missing: set[int]
    began: float
    end: Exchange
    faults: list[Exchange] = field(default_factory=list)

    def overlaps(self, exchange: Exchange) -> bool:
        """Whether an exchange was under way meanwhile. Those that race come in whatever order they are read."""
        return exchange.started_at <= self.end.ended_at and self.began <= exchange.ended_at


@dataclass(slots=True)
class _Series:
    """The builds of one version: the highest number that was named, by whom, and the stretches up to each."""

    highest: int
    latest: Exchange
    stretches: list[_Stretch] = field(default_factory=list)


@passive("answers.build-numbers", _HIDDEN, stimuli=(), residual=True)
def no_builds_behind_faults(contract: Contract, memory: Memory) -> Judge:  # noqa: ARG001  # what makes a judge is given it
    """The build numbers have no gaps where requests met faults or their clients hung up, if they have none elsewhere.

    A token whose outcome nobody learned in the end may have begun a build of its own.
    """
    return _Judge()


class _Judge:
    def __init__(self) -> None:
        self._series: dict[str, _Series] = {}
        self._faults: list[Exchange] = []
        self._open: set[str] = set()

    def __call__(self, exchange: Exchange) -> Iterator[Finding]:
        token = exchange.request.token
        if token is None or exchange.request.violates is not None:
            return
        if any(attempt.answer is None or attempt.answer.is_server_error for attempt in exchange.attempts):
            self._faults.append(exchange)
            self._open.add(token)
        named = build_number(exchange) if exchange.image else None
        if named is None:
            return
        # Whatever met the token before, its build is named now.
        self._open.discard(token)
        self._number(*named, exchange)
        yield from ()

    def _number(self, version: str, number: int, exchange: Exchange) -> None:
        series = self._series.get(version)
        if series is None:
            self._series[version] = _Series(number, exchange)
        elif number > series.highest:
            missing = set(range(series.highest + 1, number))
            series.stretches.append(_Stretch(missing, series.latest.started_at, exchange))
            series.highest, series.latest = number, exchange
        else:
            for stretch in series.stretches:
                stretch.missing.discard(number)

    def conclude(self) -> Iterator[Finding]:
        """Hold the stretches with faults against those without."""
        for series in self._series.values():
            for stretch in series.stretches:
                stretch.faults = [each for each in self._faults if stretch.overlaps(each)]
            quiet = [stretch for stretch in series.stretches if not stretch.faults]
            if len(quiet) < _QUIET or any(stretch.missing for stretch in quiet):
                continue
            faulty = [stretch for stretch in series.stretches if stretch.faults]
            gaps = [stretch for stretch in faulty if len(stretch.missing) > self._unknown(stretch)]
            if len(gaps) >= _FAULTY:
                numbers = sorted(number for stretch in gaps for number in stretch.missing)
                received = f"no image with the numbers {', '.join(map(str, numbers[:10]))}"
                first = gaps[0]
                yield BuildsBehindFaults(
                    _HIDDEN, "numbers without gaps, as elsewhere", received, (first.faults[0], first.end)
                )
            elif faulty and not gaps:
                yield Held(_HIDDEN)

    def notes(self) -> Iterator[str]:
        """Of faults whose builds nobody can count, only the answers were judged."""
        if self._faults and not any(self.conclude()):
            yield (
                "where requests met faults or hung up, promises are judged by answers only: "
                "the images have no build numbers that could be followed there"
            )

    def _unknown(self, stretch: _Stretch) -> int:
        """How many tokens of a stretch may have begun a build that nobody has been told of yet."""
        return len({each.request.token for each in stretch.faults} & self._open)
