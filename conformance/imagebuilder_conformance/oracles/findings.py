"""What an oracle finds of a clause: that it held, or how it was broken."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_spec import Contract, load_contract, revisions


@dataclass(frozen=True, slots=True)
class Held:
    """The clause applied and was kept."""

    clause: str


@dataclass(frozen=True)
class Failure:
    """The clause was broken. Each rule has a subclass: its `code` and `title` name the rule, its `hint` a cause.

    `expected` and `received` are sentences for people; `exchanges` are the evidence, in the order of sending.
    """

    clause: str
    expected: str
    received: str
    exchanges: tuple[Exchange, ...]

    code: ClassVar[str]
    title: ClassVar[str]
    hint: ClassVar[str]

    @cached_property
    def allowed_by(self) -> tuple[str, ...]:
        """The revisions of the contract that allow what came."""
        return tuple(revision for revision in revisions() if self.is_allowed(load_contract(revision)))

    def allowed_elsewhere(self, contract: Contract) -> tuple[str, ...]:
        """The other revisions that allow what came, if what forbids it is the revision of `contract`."""
        return () if contract.revision in self.allowed_by else self.allowed_by

    def is_allowed(self, contract: Contract) -> bool:  # noqa: ARG002  # most rules are the same in all revisions
        """Whether a revision of the contract allows what came; overridden by rules in which revisions differ."""
        return False

    def __str__(self) -> str:
        """The failure in one line."""
        return f"{self.title} [{self.clause}]: expected {self.expected}; received {self.received}"


Finding = Held | Failure


def failures(findings: Iterable[Finding]) -> list[Failure]:
    """Only what was broken."""
    return [finding for finding in findings if isinstance(finding, Failure)]


class Tally:
    """What any number of findings come to: the clauses that were kept, and of each rule broken the smallest example.

    Iterating gives these few findings; a judgement on them is that on all.
    """

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._held: dict[str, Held] = {}
        self._smallest: dict[tuple[str, str], Failure] = {}
        self.add(findings)

    def add(self, findings: Iterable[Finding]) -> None:
        """Take findings in."""
        for finding in findings:
            if isinstance(finding, Held):
                self._held.setdefault(finding.clause, finding)
                continue
            key = finding.clause, finding.code
            if key not in self._smallest or _rank(finding) < _rank(self._smallest[key]):
                self._smallest[key] = finding

    def __iter__(self) -> Iterator[Finding]:
        yield from self._held.values()
        yield from self._smallest.values()


def _rank(failure: Failure) -> tuple[bool, int]:
    """What no revision allows comes before what one does, and the small before the large."""
    return bool(failure.allowed_by), sum(len(exchange.request.body) for exchange in failure.exchanges)
