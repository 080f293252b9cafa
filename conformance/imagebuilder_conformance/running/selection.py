"""Which checks a run makes: those of the selected clauses, and those whose traffic the passive checks live on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS
from imagebuilder_conformance.oracles.passive import PassiveCheck
from imagebuilder_conformance.settings import Settings, in_prefix
from imagebuilder_spec import Clause, Contract


@dataclass(frozen=True, slots=True)
class Selection:
    """The selected clauses, and the checks that judge them or bring the passive checks their traffic."""

    clauses: Mapping[str, Clause]
    checks: tuple[Check, ...]
    passive: tuple[PassiveCheck, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be judged."""
        return not self.clauses or not (self.checks or self.passive)


def select(settings: Settings, contract: Contract, checks: Iterable[Check]) -> Selection:
    """Select clauses by suite and prefix, and the checks for them.

    A check is of the revisions that have its clauses; a test sees to it that a revision has all of them or none.
    """
    checks = [check for check in checks if contract.clauses.keys() >= set(check.clauses)]
    clauses = {
        clause.id: clause
        for clause in contract.clauses.values()
        if clause.suite in settings.suites
        and (not settings.prefixes or any(in_prefix(clause.id, prefix) for prefix in settings.prefixes))
    }
    passive = tuple(each for each in PASSIVE_CHECKS if clauses.keys() & set(each.clauses))
    stimuli = {prefix for each in passive for prefix in each.stimuli}
    chosen = tuple(
        check
        for check in checks
        if clauses.keys() & set(check.clauses)
        or (
            any(in_prefix(check.id, prefix) for prefix in stimuli)
            and any(contract.clauses[clause].suite in settings.suites for clause in check.clauses)
        )
    )
    return Selection(clauses, chosen, passive)
