"""Which checks a run makes: those of the selected clauses, and those whose traffic the passive checks live on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS
from imagebuilder_conformance.oracles.passive import PassiveCheck
from imagebuilder_conformance.settings import Settings, UsageError, in_prefix
from imagebuilder_conformance.target import token_space
from imagebuilder_spec import Clause, Contract

# What the names of the clauses of mismatches have in common.
_MISMATCH = "mismatch"


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


def expect_pipelines_of_mismatches(settings: Settings, contract: Contract, checks: Iterable[Check]) -> None:
    """See whether the pipelines can judge what was asked for by name.

    Raises `UsageError` where clauses of mismatches were, and no two pipelines are in one region and account: tokens may
    be apart there.
    """
    first, *others = settings.target.pipelines if settings.target else ("",)
    if not others or any(token_space(other) == token_space(first) for other in others):
        return
    between_pipelines = {clause for check in checks if check.pipelines > 1 for clause in check.clauses}
    for prefix in settings.prefixes:
        named = (id_ for id_ in contract.clauses if in_prefix(id_, prefix) and id_ in between_pipelines)
        if _MISMATCH in prefix and any(named):
            raise UsageError(
                f"{prefix} takes two pipelines of one region and account, as tokens may be apart elsewhere: "
                f"{others[0]} is not where {first} is"
            )


def select(settings: Settings, contract: Contract, checks: Iterable[Check]) -> Selection:
    """Select clauses by suite and prefix, and the checks for them.

    A check is of the revisions that have its clauses; a test sees to it that a revision has all of them or none.
    """
    # Each once: a plugin of pytest may have it made several times.
    checks = [check for check in dict.fromkeys(checks) if contract.clauses.keys() >= set(check.clauses)]
    clauses = {
        clause.id: clause
        for clause in contract.clauses.values()
        if clause.suite in settings.suites
        and (not settings.prefixes or any(in_prefix(clause.id, prefix) for prefix in settings.prefixes))
    }
    if (again := settings.again) is not None:
        return Selection(
            {id_: clause for id_, clause in clauses.items() if id_ in again.clauses},
            tuple(check for check in checks if check.id in again.checks),
            tuple(each.of(contract) for each in PASSIVE_CHECKS if again.clauses & set(each.clauses)),
        )
    passive = tuple(each.of(contract) for each in PASSIVE_CHECKS if clauses.keys() & set(each.clauses))
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


def left_out(collected: Iterable[Check]) -> tuple[Check, ...]:
    """The checks of the suites that are not among those which pytest is about to make.

    None where none of the suites' is: then the checks are somebody's own.
    """
    from imagebuilder_conformance.suites import active_checks

    made = {check.id for check in collected}
    every = active_checks()
    return tuple(check for check in every if check.id not in made) if made & {check.id for check in every} else ()
