"""What a run makes again of an earlier one: what failed or has no verdict, and the traffic that it lives on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS
from imagebuilder_conformance.settings import Again, Settings, in_prefix
from imagebuilder_conformance.suites import active_checks
from imagebuilder_reports.errors import InconsistentError
from imagebuilder_reports.merge import merge
from imagebuilder_reports.model import CheckReport, Report
from imagebuilder_reports.reading import read_report
from imagebuilder_reports.rerun import is_to_do, is_unmade
from imagebuilder_reports.verdicts import Ending


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier report, and the settings of the run that makes again what failed in it.

    `nothing_left` is a sentence where nothing is to be made again; None where something is.
    """

    report: Report
    settings: Settings
    nothing_left: str | None


def take_up(settings: Settings, report: Path) -> Earlier:
    """Read an earlier report, and narrow the settings of a run to what failed or has no verdict there.

    The suites and prefixes of the settings narrow that further.

    Raises:
        ReportError: The report can't be read.
        UsageError: It can't be carried on by these settings.
    """
    earlier = read_report(report)
    _expect_fitting(earlier, settings, report)
    suites = tuple(suite for suite in settings.suites if suite in earlier.run.suites)
    narrowed = replace(settings, suites=suites)
    to_do = list(_to_do(earlier, narrowed))
    needed = {*(check.id for check in to_do), *_traffic(earlier, to_do, narrowed)}
    wanted = {
        clause.id for clause in earlier.clauses if clause.selected and _is_asked(clause.id, clause.suite, narrowed)
    }
    if needed and not needed & {check.id for check in active_checks()}:
        raise UsageError(
            f"--failed-in: what failed or is without a verdict in {report} was found by no check that `run` makes; "
            "make it anew by the command that it is of, such as `soak`"
        )
    # The passive ones look on all the same.
    looking = needed | {check.id for check in PASSIVE_CHECKS} if needed else needed
    judged = {clause for check in earlier.checks if check.id in looking for clause in check.clauses}
    again = Again(frozenset(needed), frozenset(wanted & judged))
    return Earlier(
        earlier, replace(narrowed, again=again), None if needed else _nothing_left(earlier, settings, report)
    )


def _nothing_left(earlier: Report, settings: Settings, report: Path) -> str:
    below = f" below {', '.join(settings.prefixes)}" if settings.prefixes else ""
    within = f" in --suite {', '.join(settings.suites)}" if set(earlier.run.suites) - set(settings.suites) else ""
    return f"Nothing{below}{within} failed or is without a verdict in {report}: nothing is made again."


def _expect_fitting(earlier: Report, settings: Settings, report: Path) -> None:
    """What is judged anew goes into the whole, so that it has to be judged in the same way."""
    suite, ours = earlier.suite, version("imagebuilder-conformance")
    if earlier.target.recorded:
        raise UsageError(f"--failed-in: {report} is of recorded traffic, which no run can make again; `audit` can")
    if suite.version != ours:
        raise UsageError(
            f"--failed-in: {report} was made by version {suite.version} of the suite, and this is {ours}: run it all"
        )
    if suite.contract != settings.contract:
        raise UsageError(
            f"--failed-in: {report} is of the revision {suite.contract} and the run of {settings.contract}: "
            f"say --contract {suite.contract}"
        )
    if earlier.run.strict != settings.strict:
        raise UsageError(
            f"--failed-in: {report} is of a run {'with' if earlier.run.strict else 'without'} --strict, "
            f"and this is one {'with' if settings.strict else 'without'} it: they must agree"
        )
    if earlier.target.reference != (settings.target is None):
        raise UsageError(
            f"--failed-in: {report} is of {earlier.target.endpoint}, say --endpoint-url"
            if settings.target is None
            else f"--failed-in: {report} is of the embedded reference target, and not of {settings.target.endpoint}"
        )
    try:
        merge([earlier])
    except InconsistentError:
        raise UsageError(f"--failed-in: {report} does not fit the contract that this suite has: run it all") from None


def _is_asked(clause: str, suite: str, settings: Settings) -> bool:
    prefixes = settings.prefixes
    return suite in settings.suites and (not prefixes or any(in_prefix(clause, prefix) for prefix in prefixes))


def _to_do(earlier: Report, settings: Settings) -> Iterator[CheckReport]:
    """The checks that failed or could not judge, or were not made at all, of the clauses that are asked for."""
    asked = {clause.id: clause for clause in earlier.clauses if _is_asked(clause.id, clause.suite, settings)}
    unsaid = {id_ for id_, clause in asked.items() if is_to_do(clause, strict=settings.strict)}
    for check in earlier.checks:
        said = {judgement.clause: judgement for judgement in check.judgements}
        open_ = any(is_to_do(each, strict=settings.strict) for id_, each in said.items() if id_ in asked)
        left = earlier.run.ending is not Ending.COMPLETED and is_unmade(check) and asked.keys() & set(check.clauses)
        if open_ or left or any(clause in unsaid and clause not in said for clause in check.clauses):
            yield check


def _traffic(earlier: Report, to_do: list[CheckReport], settings: Settings) -> Iterator[str]:
    """The checks whose traffic passive ones live on, or have failed on.

    A passive check is to see again all that it judged then: what was broken in two places must not pass for one of
    them.
    """
    ids = {check.id: check for check in to_do}
    suites = {clause.id: clause.suite for clause in earlier.clauses}
    active = {check.id: check for check in active_checks()}
    made = [active[check.id] for check in earlier.checks if check.id in active]
    for passive in (each for each in PASSIVE_CHECKS if each.id in ids):
        shown = {record.check for failure in ids[passive.id].failures for record in failure.exchanges}
        for check in made:
            is_stimulus = any(in_prefix(check.id, prefix) for prefix in passive.stimuli)
            judges_it = bool(set(check.clauses) & set(passive.clauses))
            paid = any(suites[clause] in settings.suites for clause in check.clauses)
            if check.id in shown or (paid and (is_stimulus or judges_it)):
                yield check.id
