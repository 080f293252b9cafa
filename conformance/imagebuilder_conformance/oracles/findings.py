"""What an oracle finds of a clause: that it held, how it was broken, or that the answer can't tell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import ClassVar

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.excuses import Excuse
from imagebuilder_spec import Contract, load_contract, revisions


# As the others are it is never changed. But a frozen one takes three times as long to make, and a recording shows
# fifteen of them with every exchange.
@dataclass(unsafe_hash=True, slots=True)
class Held:
    """The clause applied and was kept."""

    clause: str


@cache
def held(clause: str) -> tuple[Held, ...]:
    """That the clause was kept, and nothing else."""
    return (Held(clause),)


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

    @property
    def tokens(self) -> frozenset[str]:
        """The tokens in its evidence."""
        return frozenset(each.request.token for each in self.exchanges if each.request.token is not None)

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


@dataclass(frozen=True, slots=True)
class Excused:
    """The answer says nothing of the clause, for reasons that are not the target's."""

    clause: str
    excuse: Excuse
    exchange: Exchange


Finding = Held | Failure | Excused


def failures(findings: Iterable[Finding]) -> list[Failure]:
    """Only what was broken."""
    return [finding for finding in findings if isinstance(finding, Failure)]


def reported_as(kind: type[Failure], findings: Iterable[Finding], *, instead_of: type[Failure]) -> Iterator[Finding]:
    """The findings, with failures of one type reported as another that knows more of the cause."""
    for finding in findings:
        if isinstance(finding, instead_of):
            yield kind(finding.clause, finding.expected, finding.received, finding.exchanges)
        else:
            yield finding


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
            self.note(finding)

    def note(self, finding: Finding) -> None:
        """Take one finding in."""
        if isinstance(finding, Held):
            if finding.clause not in self._held:
                self._held[finding.clause] = finding
            return
        if isinstance(finding, Excused):
            return
        key = finding.clause, finding.code
        if key not in self._smallest or _rank(finding) < _rank(self._smallest[key]):
            self._smallest[key] = finding

    def __iter__(self) -> Iterator[Finding]:
        yield from self._held.values()
        yield from self._smallest.values()


@dataclass(slots=True)
class Explained:
    """What active checks have told: the clauses that they found broken, and of which tokens.

    `silent` are the tokens of checks that found nothing at all, as the precondition of theirs could not be had: for a
    clause that is broken, that is the same failure once more.
    """

    clauses: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)

    def covers(self, failure: Failure) -> bool:
        """Whether a failure tells nothing beyond that."""
        known = self.tokens | self.silent if failure.clause in self.clauses else self.tokens
        return failure.tokens <= known


class Residue(Tally):
    """As a tally, for what is only told where no check has told of it: it keeps more than the smallest."""

    # A target that breaks a rule so often shows it in most of the failures that are kept.
    _MOST = 500

    def __init__(self) -> None:
        self._told: list[Failure] = []
        super().__init__()

    def note(self, finding: Finding) -> None:
        """Take one finding in."""
        if isinstance(finding, Failure) and len(self._told) < self._MOST:
            self._told.append(finding)
        super().note(finding)

    def beyond(self, explained: Explained) -> Tally:
        """What remains without the failures that are explained."""
        return Tally((*self._held.values(), *(each for each in self._told if not explained.covers(each))))


def _rank(failure: Failure) -> tuple[bool, int]:
    """What no revision allows comes before what one does, and the small before the large."""
    return bool(failure.allowed_by), sum(len(exchange.request.body) for exchange in failure.exchanges)
