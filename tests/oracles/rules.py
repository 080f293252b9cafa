"""How a rule is shown to be broken, and to be kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from imagebuilder_conformance.oracles.findings import Failure, Finding

Findings = Callable[[], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """`broken` raises the failure, `kept` does not: the same oracle on an exchange that keeps the rule."""

    failure: type[Failure]
    broken: Findings
    kept: Findings
