"""How a function becomes an oracle: with the failures that it reports, what excuses an answer, and how to replay it."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import update_wrapper
from typing import Any, Generic, ParamSpec

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.sdk_calls import SdkCall
from imagebuilder_conformance.debug_log import decided
from imagebuilder_conformance.oracles.excuses import ALL, Excuse, excuse_of
from imagebuilder_conformance.oracles.findings import Excused, Failure, Finding
from imagebuilder_spec import Contract

Parameters = ParamSpec("Parameters")

ORACLES: list["Oracle[...]"] = []
"""Every oracle that was declared so far, in the order of declaration; `oracles.registry` has all."""


class CannotJudgeError(Exception):
    """The exchanges do not show the failure by themselves; the message is a sentence for people."""


class Oracle(Generic[Parameters]):
    """Judges exchanges. The one that is judged is the last that it is given; those before it are what it is held to.

    Attributes:
        reports: The failures that it finds.
        excused_by: The excuses with which an answer neither breaks the clause nor shows that it is kept.
        count: How many exchanges a failure of it has; None for any number.
        not_replayed: Why the exchanges of a failure do not show it by themselves; None where they do.
    """

    __name__: str

    def __init__(
        self,
        function: Callable[Parameters, Iterator[Finding]],
        reports: tuple[type[Failure], ...],
        *,
        excused_by: Iterable[Excuse],
        replay: Callable[..., Iterator[Finding]] | str | None,
    ) -> None:
        update_wrapper(self, function)
        self._function = function
        self._signature = inspect.signature(function)
        parameters = self._signature.parameters.items()
        self._clauses = [name for name, each in parameters if each.annotation is str and each.default is each.empty]
        self.reports = reports
        self.excused_by = frozenset(excused_by)
        self.not_replayed = replay if isinstance(replay, str) else None
        self._replay: Callable[..., Iterator[Finding]] = replay if callable(replay) else self
        self._replayed = () if isinstance(replay, str) else _needed(replay or function)
        self.count = None if Sequence[Exchange] in self._replayed else self._replayed.count(Exchange)

    def __call__(self, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Iterator[Finding]:
        """What it finds; that alone which is excused where the judged exchange is."""
        given = self._signature.bind(*args, **kwargs).arguments
        judged = _judged(given.values())
        excuse = None if judged is None else excuse_of(judged)
        if judged is not None and excuse is not None and excuse in self.excused_by:
            for name in self._clauses:
                decided("%s says nothing of %s: %s", judged.id, given[name], excuse)
                yield Excused(given[name], excuse, judged)
        else:
            yield from self._function(*args, **kwargs)

    def replay(self, exchanges: Sequence[Exchange], clause: str, contract: Contract) -> Iterator[Finding]:
        """What is found in exchanges like those of a failure.

        Raises:
            CannotJudgeError: They are not such as it judges.
        """
        self.expect_replayable(len(exchanges))
        following = iter(exchanges)
        given: dict[Any, Callable[[], object]] = {
            Exchange: lambda: next(following),
            Sequence[Exchange]: lambda: exchanges,
            Contract: lambda: contract,
            str: lambda: clause,
        }
        yield from self._replay(*(given[needed]() for needed in self._replayed))

    def expect_replayable(self, count: int) -> None:
        """See whether `count` exchanges can show a failure of it.

        Raises:
            CannotJudgeError: They can't.
        """
        if self.not_replayed is not None:
            raise CannotJudgeError(self.not_replayed)
        if not count or self.count not in {None, count}:
            raise CannotJudgeError(f"the report has {count} exchanges of it, which is not what shows such a failure")


def oracle(
    *reports: type[Failure],
    excused_by: Iterable[Excuse] = ALL,
    replay: Callable[..., Iterator[Finding]] | str | None = None,
) -> Callable[[Callable[Parameters, Iterator[Finding]]], Oracle[Parameters]]:
    """Declare an oracle that reports these failures.

    Args:
        reports: The types of its failures.
        excused_by: What excuses the judged exchange: everything, unless the oracle looks for just that.
        replay: What judges the exchanges of a failure when they are made again, or a sentence that says why they do
            not show it by themselves. By default the oracle itself, which then takes exchanges, the contract and
            clauses only, or has defaults for the rest.

    Raises:
        TypeError: The oracle takes more than that, and `replay` does not say what is to be done.
    """

    def declare(function: Callable[Parameters, Iterator[Finding]]) -> Oracle[Parameters]:
        declared = Oracle(function, reports, excused_by=excused_by, replay=replay)
        ORACLES.append(declared)
        return declared

    return declare


def _needed(function: Callable[..., object]) -> tuple[object, ...]:
    """The types of what a function must be given to judge a failure again."""
    needed = tuple(
        each.annotation for each in inspect.signature(function).parameters.values() if each.default is each.empty
    )
    if unknown := [each for each in needed if each not in {Exchange, Sequence[Exchange], Contract, str}]:
        name = getattr(function, "__name__", function)
        raise TypeError(
            f"{name}: expected exchanges, a contract and clauses only, got {unknown}; "
            "say by `replay` how, or why not, its failures are judged again"
        )
    return needed


def _judged(given: Iterable[object]) -> Exchange | None:
    """The last exchange, be it that of a call by an SDK."""
    exchanges = [each.last if isinstance(each, SdkCall) else each for each in given]
    return next((each for each in reversed(exchanges) if isinstance(each, Exchange)), None)
