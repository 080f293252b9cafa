"""The passive checks: oracles that see every exchange of a run and judge what the target happens to show.

They are checks of their own (`answers.error-status`, ...), folded once a run and never blamed on the check that
sent the request, so that one broken envelope is one failure and not sixty. They judge exchange by exchange, so that
a run or a recording of any length can be judged without holding it.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.findings import Finding, Tally
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_spec import Contract

Judge = Callable[[Exchange], Iterator[Finding]]
"""Judges one exchange, in the light of those that it was asked about before."""

Begin = Callable[[Contract, Memory], Judge]
"""Makes a judge that has seen nothing yet; what it must remember it keeps in tables of the memory."""


@dataclass(frozen=True, slots=True)
class PassiveCheck:
    """A check over all exchanges of a run. `stimuli` are the prefixes of the active checks that bring it food."""

    id: str
    clauses: tuple[str, ...]
    stimuli: tuple[str, ...]
    law: str
    reason: str
    begin: Begin

    def judge(self, exchanges: Iterable[Exchange], contract: Contract) -> Iterator[Finding]:
        """What a judge finds who is asked about these exchanges, one after the other."""
        judge = self.begin(contract, Memory())
        for exchange in exchanges:
            yield from judge(exchange)


class Watch:
    """The passive checks over a stream of exchanges, which it does not hold. Several threads may use it at once."""

    def __init__(self, checks: Iterable[PassiveCheck], contract: Contract, memory: Memory | None = None) -> None:
        self._tallies = {check: Tally() for check in checks}
        memory = memory or Memory()
        self._judges = [(check.begin(contract, memory), tally) for check, tally in self._tallies.items()]
        self._lock = threading.Lock()

    def see(self, exchange: Exchange) -> None:
        """Let every check judge an exchange."""
        with self._lock:
            for judge, tally in self._judges:
                tally.add(judge(exchange))

    def found(self, check: PassiveCheck) -> Tally:
        """What a check has found so far."""
        return self._tallies[check]


def passive(id_: str, *clauses: str, stimuli: tuple[str, ...]) -> Callable[[Begin], PassiveCheck]:
    """Make a judge with a memory a passive check; the docstring of what makes it states the law."""

    def declare(begin: Begin) -> PassiveCheck:
        return PassiveCheck(id_, clauses, stimuli, law_of(begin), reason_of(begin), begin)

    return declare


def passive_on_each(
    id_: str, *clauses: str, stimuli: tuple[str, ...]
) -> Callable[[Callable[[Exchange, Contract], Iterator[Finding]]], PassiveCheck]:
    """Make an oracle of single exchanges a passive check; its docstring states the law."""

    def declare(oracle: Callable[[Exchange, Contract], Iterator[Finding]]) -> PassiveCheck:
        return PassiveCheck(id_, clauses, stimuli, law_of(oracle), reason_of(oracle), _on_each(oracle))

    return declare


def _on_each(oracle: Callable[[Exchange, Contract], Iterator[Finding]]) -> Begin:
    return lambda contract, _: lambda exchange: oracle(exchange, contract)


def law_of(function: Callable[..., object]) -> str:
    """The law that a check's docstring states. Raises `ValueError` for a check without one."""
    if not function.__doc__:
        raise ValueError(f"{function.__name__}: a check's docstring states its law, this one has none")
    return " ".join(function.__doc__.split("\n\n", 1)[0].split())


def reason_of(function: Callable[..., object]) -> str:
    """What a check's docstring says beyond its law, such as why it is kept beside others; empty if nothing."""
    _, _, rest = (function.__doc__ or "").partition("\n\n")
    return " ".join(rest.split())
