"""The figures on the README, from a run and from the data. `python -m tests.project.figures` writes them anew."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from imagebuilder_conformance.running.costs import least_executions
from imagebuilder_conformance.running.selection import select
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.suites import active_checks
from imagebuilder_reports.model import Report
from imagebuilder_spec import Suite, load_contract
from tests.project.places import ROOT
from tests.support.runs import CORE, run_of

README = ROOT / "README.md"
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
# How far an "about" may be off before it is written anew; races and retries make a run a little longer or shorter.
_ABOUT = 0.1

Renew = Callable[[re.Match[str]], str]


def renewed(text: str, report: Report) -> str:
    """The README with the figures of a run of everything against the embedded target.

    Raises:
        AssertionError: A figure has no place there, or more than one.
    """
    for pattern, renew in _figures(report):
        text, places = re.subn(pattern, renew, text, flags=re.MULTILINE)
        assert places == 1, f"README.md: expected one place of {pattern!r}, found {places}"
    return text


def _figures(report: Report) -> Iterator[tuple[str, Renew]]:
    without_sdk = _of(report, *(suite for suite in Suite if suite is not Suite.SDK))
    core = _of(report, Suite.CORE)
    exercised = sum(clause.exercised for clause in without_sdk.clauses)
    yield (
        r"conformant: \d+ of \d+ clauses that were exercised hold",
        lambda _: f"conformant: {exercised} of {exercised} clauses that were exercised hold",
    )
    broken = sum(clause.exercised for clause in core.clauses)
    yield r"(?<=: 1 of )\d+(?= clauses is broken)", lambda _: str(broken)
    checks = {check.id for check in core.checks}
    yield r"(?<=about\s)\d+(?= requests)", _about(sum(each.check in checks for each in core.exchanges))
    yield r"(?<=starts about )\d+(?= builds)", _about(sum(check.executions for check in core.checks))
    least = least_executions(select(Settings(None, suites=CORE), load_contract(), active_checks()), on_aws=True)
    yield r"(?<=every MUST, )\d+(?=\s+for `core`)", lambda _: str(least)
    sdk = len(_of(report, Suite.SDK).clauses)
    yield r"(?<=there are )\w+(?= clauses more)", lambda _: _NUMBERS[sdk]
    tried = [each["kind"] for each in json.loads((ROOT / "docs/self-test.json").read_text(encoding="utf-8"))["trials"]]
    score = "{0} of {0} defects found, 0 of {1} variations blamed".format(*map(tried.count, ("defect", "variation")))
    yield r"\d+ of \d+ defects found, 0 of \d+ variations blamed", lambda _: score


def _of(report: Report, *suites: Suite) -> Report:
    """The part of a report that is of these suites."""
    clauses = tuple(clause for clause in report.clauses if clause.suite in suites)
    ids = {clause.id for clause in clauses}
    return replace(report, clauses=clauses, checks=tuple(each for each in report.checks if ids & {*each.clauses}))


def _about(count: int) -> Renew:
    def renew(found: re.Match[str]) -> str:
        written = int(found[0])
        return found[0] if abs(written - count) <= _ABOUT * count else str(round(count, -1))

    return renew


def main() -> None:
    """Make the run, and write the README."""
    README.write_text(renewed(README.read_text(encoding="utf-8"), run_of(Settings(None))), encoding="utf-8")


if __name__ == "__main__":
    main()
