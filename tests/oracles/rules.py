"""How a rule is shown to be broken, and to be kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from imagebuilder_conformance.oracles.findings import Excused, Failure, Finding

Findings = Callable[[], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """`broken` raises the failure, `kept` does not: the same oracle on an exchange that keeps the rule."""

    failure: type[Failure]
    broken: Findings
    kept: Findings


def say_nothing(found: Iterable[Finding]) -> bool:
    """Whether findings neither break nor keep a clause."""
    return all(isinstance(each, Excused) for each in found)
