"""What a check notes down: what was found of its clauses, what could not be judged, and what was measured."""

from collections.abc import Iterable, Sequence

from imagebuilder_conformance.oracles.findings import Failure, Finding
from imagebuilder_reports.verdicts import Cause, Verdict


class Notebook:
    """What one check has to say.

    `set_aside` are the verdict, the reason and the cause for each clause that can't be judged.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.notes: list[str] = []
        self.measured: dict[str, float] = {}
        self.set_aside: dict[str, tuple[Verdict, str, Cause | None]] = {}

    def judge(self, findings: Iterable[Finding]) -> list[Failure]:
        """Take note of what an oracle found, and give back what was broken."""
        found = list(findings)
        self.findings.extend(found)
        return [finding for finding in found if isinstance(finding, Failure)]

    def inconclusive(self, clauses: str | Sequence[str], reason: str) -> None:
        """Say that clauses can't be judged this time."""
        self._set_aside(clauses, Verdict.INCONCLUSIVE, reason, None)

    def condition_unmet(self, clauses: str | Sequence[str], reason: str) -> None:
        """Say that the condition of clauses did not arise."""
        self._set_aside(clauses, Verdict.NOT_RUN, reason, Cause.CONDITION)

    def not_paid(self, clauses: str | Sequence[str], reason: str) -> None:
        """Say that the budget did not pay for judging clauses."""
        self._set_aside(clauses, Verdict.NOT_RUN, reason, Cause.BUDGET)

    def note(self, text: str) -> None:
        """Record something that judges nothing."""
        self.notes.append(text)

    def measure(self, name: str, value: float) -> None:
        """Record a figure of the run, such as the depth that a replay reached."""
        self.measured[name] = value

    def _set_aside(self, clauses: str | Sequence[str], verdict: Verdict, reason: str, cause: Cause | None) -> None:
        for clause in [clauses] if isinstance(clauses, str) else clauses:
            self.set_aside[clause] = (verdict, reason, cause)
