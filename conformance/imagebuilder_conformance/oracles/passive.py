"""The passive checks: oracles that see every exchange of a run and judge what the target happens to show.

They are checks of their own (`answers.error-status`, ...), folded once a run and never blamed on the check that
sent the request, so that one broken envelope is one failure and not sixty.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.findings import Finding
from imagebuilder_spec import Contract

Judge = Callable[[Iterable[Exchange], Contract], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class PassiveCheck:
    """A check over all exchanges of a run. `stimuli` are the prefixes of the active checks that bring it food."""

    id: str
    clauses: tuple[str, ...]
    stimuli: tuple[str, ...]
    law: str
    reason: str
    judge: Judge


def on_each(oracle: Callable[[Exchange, Contract], Iterator[Finding]]) -> Judge:
    """A judge that asks `oracle` about one exchange after the other."""

    def judge(exchanges: Iterable[Exchange], contract: Contract) -> Iterator[Finding]:
        for exchange in exchanges:
            yield from oracle(exchange, contract)

    return judge


def passive(id_: str, *clauses: str, stimuli: tuple[str, ...]) -> Callable[[Judge], PassiveCheck]:
    """Make a judge of a run's exchanges a passive check; its docstring states the law."""

    def declare(judge: Judge) -> PassiveCheck:
        return PassiveCheck(id_, clauses, stimuli, law_of(judge), reason_of(judge), judge)

    return declare


def passive_on_each(
    id_: str, *clauses: str, stimuli: tuple[str, ...]
) -> Callable[[Callable[[Exchange, Contract], Iterator[Finding]]], PassiveCheck]:
    """Make an oracle of single exchanges a passive check; its docstring states the law."""

    def declare(oracle: Callable[[Exchange, Contract], Iterator[Finding]]) -> PassiveCheck:
        return PassiveCheck(id_, clauses, stimuli, law_of(oracle), reason_of(oracle), on_each(oracle))

    return declare


def law_of(function: Callable[..., object]) -> str:
    """The law that a check's docstring states. Raises `ValueError` for a check without one."""
    if not function.__doc__:
        raise ValueError(f"{function.__name__}: a check's docstring states its law, this one has none")
    return " ".join(function.__doc__.split("\n\n", 1)[0].split())


def reason_of(function: Callable[..., object]) -> str:
    """What a check's docstring says beyond its law, such as why it is kept beside others; empty if nothing."""
    _, _, rest = (function.__doc__ or "").partition("\n\n")
    return " ".join(rest.split())
