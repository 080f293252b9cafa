"""What the exit codes say."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagebuilder_conformance.cli.leaving import Unwritten
    from imagebuilder_reports.model import Report

EXIT_CONFORMANT = 0
EXIT_NON_CONFORMANT = 1
EXIT_USAGE = 2
EXIT_NO_VERDICT = 3
EXIT_INTERNAL_ERROR = 4


def exit_code(report: "Report", *, allow_incomplete: bool, unwritten: "Sequence[Unwritten]" = ()) -> int:
    """The exit code of a report: it follows the gate where there is one, else the verdict.

    An incomplete one is 0 only if that was asked for and something was judged. None is 0 where files that were asked
    for are `unwritten`: that is nobody's green.
    """
    lost = EXIT_INTERNAL_ERROR if any(each.is_bug for each in unwritten) else EXIT_USAGE
    return _of_verdict(report, allow_incomplete=allow_incomplete) or (lost if unwritten else EXIT_CONFORMANT)


def _of_verdict(report: "Report", *, allow_incomplete: bool) -> int:
    from imagebuilder_reports.gate import GateVerdict
    from imagebuilder_reports.verdicts import Ending, RunVerdict

    match report.gate.verdict if report.gate else report.verdict:
        case RunVerdict.CONFORMANT | GateVerdict.PASSED:
            return EXIT_CONFORMANT
        case RunVerdict.NON_CONFORMANT | GateVerdict.FAILED:
            return EXIT_NON_CONFORMANT
    if report.run.ending is Ending.OTHER_REVISION:
        return EXIT_USAGE
    if report.run.ending is Ending.INTERNAL_ERROR:
        return EXIT_INTERNAL_ERROR
    judged = any(clause.exercised for clause in report.clauses)
    return EXIT_CONFORMANT if allow_incomplete and judged else EXIT_NO_VERDICT
