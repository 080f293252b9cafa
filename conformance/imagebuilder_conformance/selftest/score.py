"""The mutation score: what share of the defects is found, which survive, which variations are blamed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from imagebuilder_conformance.selftest.trials import Kind, Trial

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Score:
    """The result of a self-test."""

    trials: tuple[Trial, ...]
    suite_version: str
    seed: int
    seconds: float

    @property
    def defects(self) -> tuple[Trial, ...]:
        """The trials of defects."""
        return tuple(trial for trial in self.trials if trial.kind is Kind.DEFECT)

    @property
    def variations(self) -> tuple[Trial, ...]:
        """The trials of conformant variations."""
        return tuple(trial for trial in self.trials if trial.kind is Kind.VARIATION)

    @property
    def survivors(self) -> tuple[Trial, ...]:
        """The defects that no check of their clause found."""
        return tuple(trial for trial in self.defects if not trial.as_it_should_be)

    @property
    def false_alarms(self) -> tuple[Trial, ...]:
        """The variations that were blamed for what they may do."""
        return tuple(trial for trial in self.variations if not trial.as_it_should_be)

    @property
    def mutation_score(self) -> float:
        """The share of the defects that were found, from 0 to 1; 1 where none was tried."""
        return 1 - len(self.survivors) / len(self.defects) if self.defects else 1.0

    @property
    def is_perfect(self) -> bool:
        """Whether every defect was found and no variation blamed."""
        return not self.survivors and not self.false_alarms

    @property
    def finders(self) -> Counter[str]:
        """How many defects each check found by the clause that they break."""
        return Counter(
            check for trial in self.defects for clause in trial.expected for check in trial.broken.get(clause, ())
        )

    @property
    def sole_finders(self) -> Counter[str]:
        """How many defects each check alone found: without it they would survive."""
        found = [trial.broken.get(clause, ()) for trial in self.defects for clause in trial.expected]
        return Counter(checks[0] for checks in found if len(checks) == 1)

    def sentence(self) -> str:
        """The result in one sentence."""
        found = len(self.defects) - len(self.survivors)
        return (
            f"mutation score {self.mutation_score:.1%}: {found} of {len(self.defects)} defects found, "
            f"{len(self.false_alarms)} of {len(self.variations)} conformant variations blamed"
        )


def to_json(score: Score) -> dict[str, Any]:
    """The result as a JSON object."""
    return {
        "schema_version": SCHEMA_VERSION,
        "suite_version": score.suite_version,
        "seed": score.seed,
        "seconds": round(score.seconds, 1),
        "mutation_score": score.mutation_score,
        "survivors": [trial.name for trial in score.survivors],
        "false_alarms": [trial.name for trial in score.false_alarms],
        "trials": [_trial(trial) for trial in score.trials],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "name": trial.name,
        "kind": trial.kind,
        "revision": trial.revision,
        "expected": list(trial.expected),
        "as_it_should_be": trial.as_it_should_be,
        "verdict": trial.verdict,
        "ending": trial.ending,
        "broken": {clause: list(checks) for clause, checks in trial.broken.items()},
        "exchanges": trial.exchanges,
    }


def by_clause(trials: Sequence[Trial]) -> dict[str, list[Trial]]:
    """The trials of defects by the clause that they break."""
    grouped: dict[str, list[Trial]] = {}
    for trial in trials:
        for clause in trial.expected:
            grouped.setdefault(clause, []).append(trial)
    return dict(sorted(grouped.items()))
