"""The passive checks: oracles that see every exchange of a run and judge what the target happens to show.

They are checks of their own (`answers.error-status`, ...), folded once a run and never blamed on the check that
sent the request, so that one broken envelope is one failure and not sixty. They judge exchange by exchange, so that
a run or a recording of any length can be judged without holding it.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, runtime_checkable

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.partial import NotRecordedError, known_or_none
from imagebuilder_conformance.oracles.findings import Explained, Finding, Residue, Tally
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_spec import Contract

Judge = Callable[[Exchange], Iterable[Finding]]
"""Judges one exchange, in the light of those that it was asked about before.

Almost always it finds nothing or one thing, which costs less to return than to yield.
"""


@runtime_checkable
class Concluding(Protocol):
    """A judge that has more to say once it has seen everything."""

    def __call__(self, exchange: Exchange) -> Iterable[Finding]: ...  # noqa: D102  # see `Judge`

    def conclude(self) -> Iterator[Finding]:
        """What all exchanges together show. It may be asked for again."""
        ...

    def notes(self) -> Iterator[str]:
        """What a reader of the verdicts should know of how they came about."""
        ...


class OfOne(Protocol):
    """An oracle of single exchanges."""

    def __call__(self, exchange: Exchange, contract: Contract) -> Iterable[Finding]: ...  # noqa: D102  # see above


class OfSuccess(Protocol):
    """An oracle of single successes."""

    def __call__(self, answer: Answer, exchange: Exchange, contract: Contract) -> Iterable[Finding]: ...  # noqa: D102  # see above


Begin = Callable[[Contract, Memory], Judge]
"""Makes a judge that has seen nothing yet; what it must remember it keeps in tables of the memory."""


@dataclass(frozen=True, slots=True)
class PassiveCheck:
    """A check over all exchanges of a run. `stimuli` are the prefixes of the active checks that bring it food.

    `residual` says that its failures are told only where no active check has told of the same tokens: that one knows
    what is particular about them. `of_errors` says that it has nothing to say of a success at the first try.
    """

    id: str
    clauses: tuple[str, ...]
    stimuli: tuple[str, ...]
    law: str
    reason: str
    begin: Begin
    residual: bool = False
    of_errors: bool = False

    def of(self, contract: Contract) -> "PassiveCheck":
        """The check with the clauses that this revision of the contract has."""
        return replace(self, clauses=tuple(clause for clause in self.clauses if clause in contract.clauses))

    def judge(self, exchanges: Iterable[Exchange], contract: Contract) -> Iterator[Finding]:
        """What a judge finds who is asked about these exchanges, one after the other."""
        judge = self.begin(contract, Memory())
        for exchange in exchanges:
            yield from judge(exchange)
        if isinstance(judge, Concluding):
            yield from judge.conclude()


@dataclass(frozen=True, slots=True)
class _OnSuccess:
    """Judges the successes of the operation."""

    oracle: OfSuccess
    contract: Contract

    def __call__(self, exchange: Exchange) -> Iterable[Finding]:
        answer = success_of(exchange)
        return () if answer is None else self.oracle(answer, exchange, self.contract)


def success_of(exchange: Exchange) -> Answer | None:
    """The success of a request to the operation.

    What other methods and paths answer is judged elsewhere. How a body that is no Unicode text is echoed is free.
    """
    answer, request = exchange.attempts[-1].answer, exchange.request
    if answer is None or not answer.is_success or request.off_operation or not request.is_text:
        return None
    return answer


@dataclass(slots=True)
class _Seat:
    """A judge, the tally of what it found, and what of it was noted last."""

    judge: Callable[..., Iterable[Finding]]
    tally: Tally
    noted: Iterable[Finding] = ()


class Watch:
    """The passive checks over a stream of exchanges, which it does not hold. Several threads may use it at once.

    Of an exchange that was not recorded whole a check judges as much as it can.
    """

    def __init__(self, checks: Iterable[PassiveCheck], contract: Contract, memory: Memory | None = None) -> None:
        self._tallies = {check: Residue() if check.residual else Tally() for check in checks}
        memory = memory or Memory()
        judges = [(check, check.begin(contract, memory), tally) for check, tally in self._tallies.items()]
        self._of_successes = [_Seat(judge.oracle, tally) for _, judge, tally in judges if isinstance(judge, _OnSuccess)]
        self._of_all = [
            _Seat(judge, tally)
            for check, judge, tally in judges
            if not (check.of_errors or isinstance(judge, _OnSuccess))
        ]
        self._of_errors = [_Seat(judge, tally) for check, judge, tally in judges if check.of_errors]
        self._concluding = {check: judge for check, judge, _ in judges if isinstance(judge, Concluding)}
        self._contract = contract
        self._lock = threading.Lock()

    def see(self, exchange: Exchange) -> None:
        """Let every check judge an exchange that it may have something to say of."""
        with self._lock:
            for seats, given in self._called(exchange):
                for seat in seats:
                    try:
                        found = seat.judge(*given)
                        # That a clause was kept a judge says with one and the same tuple each time.
                        if found is not seat.noted:
                            for finding in found:
                                seat.tally.note(finding)
                            seat.noted = found
                    except NotRecordedError:
                        # What the check looks at next was not recorded.
                        continue

    def _called(self, exchange: Exchange) -> Iterator[tuple[list[_Seat], tuple[Any, ...]]]:
        """Those who may have something to say of an exchange, and what they judge."""
        success = known_or_none(lambda: success_of(exchange))
        if success is not None:
            yield self._of_successes, (success, exchange, self._contract)
        yield self._of_all, (exchange,)
        if success is None or len(exchange.attempts) > 1:
            yield self._of_errors, (exchange,)

    def found(self, check: PassiveCheck, explained: Explained | None = None) -> Tally:
        """What a check has found so far, beyond what active checks have told."""
        tally = self._tallies[check]
        left = tally.beyond(explained or Explained()) if isinstance(tally, Residue) else tally
        if check in self._concluding:
            return Tally((*left, *self._concluding[check].conclude()))
        return left

    def notes(self, check: PassiveCheck) -> tuple[str, ...]:
        """What a reader of the check's verdicts should know of how they came about."""
        return tuple(self._concluding[check].notes()) if check in self._concluding else ()


def passive(
    id_: str, *clauses: str, stimuli: tuple[str, ...], residual: bool = False
) -> Callable[[Begin], PassiveCheck]:
    """Make a judge with a memory a passive check; the docstring of what makes it states the law."""

    def declare(begin: Begin) -> PassiveCheck:
        return PassiveCheck(id_, clauses, stimuli, law_of(begin), reason_of(begin), begin, residual)

    return declare


def passive_on_each(
    id_: str, *clauses: str, stimuli: tuple[str, ...], of_errors: bool = False
) -> Callable[[OfOne], PassiveCheck]:
    """Make an oracle of single exchanges a passive check; its docstring states the law."""

    def declare(oracle: OfOne) -> PassiveCheck:
        begin = _on_each(oracle)
        return PassiveCheck(id_, clauses, stimuli, law_of(oracle), reason_of(oracle), begin, of_errors=of_errors)

    return declare


def passive_on_success(id_: str, clause: str, *, stimuli: tuple[str, ...]) -> Callable[[OfSuccess], PassiveCheck]:
    """Make an oracle of single successes a passive check; its docstring states the law."""

    def declare(oracle: OfSuccess) -> PassiveCheck:
        begin = _on_success(oracle)
        return PassiveCheck(id_, (clause,), stimuli, law_of(oracle), reason_of(oracle), begin)

    return declare


def _on_each(oracle: OfOne) -> Begin:
    return lambda contract, _: partial(oracle, contract=contract)


def _on_success(oracle: OfSuccess) -> Begin:
    return lambda contract, _: _OnSuccess(oracle, contract)


def law_of(function: Callable[..., object]) -> str:
    """The law that a check's docstring states. Raises `ValueError` for a check without one."""
    if not function.__doc__:
        raise ValueError(f"{function.__name__}: a check's docstring states its law, this one has none")
    return " ".join(function.__doc__.split("\n\n", 1)[0].split())


def reason_of(function: Callable[..., object]) -> str:
    """What a check's docstring says beyond its law, such as why it is kept beside others; empty if nothing."""
    _, _, rest = (function.__doc__ or "").partition("\n\n")
    return " ".join(rest.split())
