"""What the exit codes say."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from imagebuilder_reports.gate import GateVerdict
from imagebuilder_reports.verdicts import Ending, RunVerdict

if TYPE_CHECKING:
    from imagebuilder_reports.model import Report

EXIT_CONFORMANT = 0
EXIT_NON_CONFORMANT = 1
EXIT_USAGE = 2
EXIT_NO_VERDICT = 3
EXIT_INTERNAL_ERROR = 4

_DECIDED: Mapping[RunVerdict | GateVerdict, int] = {
    RunVerdict.CONFORMANT: EXIT_CONFORMANT,
    RunVerdict.NON_CONFORMANT: EXIT_NON_CONFORMANT,
    GateVerdict.PASSED: EXIT_CONFORMANT,
    GateVerdict.FAILED: EXIT_NON_CONFORMANT,
}


def exit_code(report: "Report", *, allow_incomplete: bool, unwritten: Sequence[str] = ()) -> int:
    """The exit code of a report: it follows the gate where there is one, else the verdict.

    An incomplete one is 0 only if that was asked for and something was judged. None is 0 where files that were asked
    for are `unwritten`: that is nobody's green.
    """
    return _of_verdict(report, allow_incomplete=allow_incomplete) or (EXIT_INTERNAL_ERROR if unwritten else 0)


def _of_verdict(report: "Report", *, allow_incomplete: bool) -> int:
    verdict = report.gate.verdict if report.gate else report.verdict
    if verdict in _DECIDED:
        return _DECIDED[verdict]
    if report.run.ending is Ending.INTERNAL_ERROR:
        return EXIT_INTERNAL_ERROR
    judged = any(clause.exercised for clause in report.clauses)
    return EXIT_CONFORMANT if allow_incomplete and judged else EXIT_NO_VERDICT
