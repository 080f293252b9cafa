"""Partial runs, by clause prefix or by machine, as one report: complete only if the parts together are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from imagebuilder_reports.causes import with_causes
from imagebuilder_reports.conclusion import conclude
from imagebuilder_reports.digest import selection_digest
from imagebuilder_reports.errors import InconsistentError
from imagebuilder_reports.events import Judgement, TargetInfo
from imagebuilder_reports.model import CheckReport, ClauseReport, Execution, Report, RunReport
from imagebuilder_reports.report import total
from imagebuilder_reports.verdicts import Cause, Ending, Verdict
from imagebuilder_spec import load_contract, revisions

# What one part saw of a clause stands, whatever kept another part from seeing it.
_ORDER = (Verdict.FAILED, Verdict.WARNED, Verdict.PASSED, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_RUN)


@dataclass(frozen=True, slots=True)
class Merged:
    """The parts as one report, and a sentence for each clause of which they say opposite things."""

    report: Report
    contradictions: tuple[str, ...]


def merge(parts: Sequence[Report], *, numbers: Sequence[str] | None = None) -> Merged:
    """Merge the reports of partial runs.

    What was said best of a clause by each check counts, and of several checks the worst, as in a run.

    Args:
        parts: The reports.
        numbers: What the ids of each part's exchanges get in front. The number of the part if nothing is said, such as
            `2/x0017`; their times still count from the start of their own part.

    Raises:
        InconsistentError: There is no part, or they were not made by the same suite against the same contract.
    """
    _expect_alike(parts)
    numbers = numbers or [f"{number}/" for number in range(1, len(parts) + 1)]
    numbered = [_numbered(part, number) for part, number in zip(parts, numbers, strict=True)]
    checks = with_causes(tuple(_checks(numbered)))
    judgements = _by_clause(judgement for check in checks for judgement in check.judgements)
    said_of_each = list(zip(*(part.clauses for part in parts), strict=True))
    clauses = tuple(_merge_clause(said, judgements.get(said[0].id, ())) for said in said_of_each)
    run = _merge_runs(parts, clauses)
    target = _merge_targets(parts)
    conclusion = conclude(clauses, run, target, [failure for check in checks for failure in check.failures])
    exchanges = tuple(row for part in numbered for row in part.exchanges)
    executions = tuple(_executions(numbered))
    report = Report(
        verdict=conclusion.verdict,
        verdict_sentence=conclusion.sentence,
        suite=replace(parts[0].suite, digest=_digest(parts[0], clauses, checks)),
        target=target,
        run=run,
        totals=total(clauses, exchanges, executions),
        clauses=clauses,
        checks=checks,
        exchanges=exchanges,
        executions=executions,
        measured={name: value for part in parts for name, value in part.measured.items()},
    )
    return Merged(report, tuple(sentence for said in said_of_each if (sentence := _contradiction(said))))


def _expect_alike(parts: Sequence[Report]) -> None:
    if not parts:
        raise InconsistentError("expected parts to merge, got none")
    for number, part in enumerate(parts, start=1):
        for what, value in _identity(part).items():
            if value != _identity(parts[0])[what]:
                raise InconsistentError(f"part {number} can't be merged with part 1: it has another {what}")
        if part.suite.contract not in revisions() or part.suite.digest != _digest(part, part.clauses, part.checks):
            raise InconsistentError(f"part {number} can't be merged: its digest is not that of the contract known here")


def _identity(part: Report) -> dict[str, object]:
    """What all parts of a whole have in common."""
    return {
        "suite version": part.suite.version,
        "contract": part.suite.contract,
        "list of clauses": [clause.id for clause in part.clauses],
        "kind of target": part.target.reference,
        "strictness": part.run.strict,
    }


def _merge_clause(said: Sequence[ClauseReport], judgements: Sequence[Judgement]) -> ClauseReport:
    selected = [clause for clause in said if clause.selected]
    best = min(selected or said, key=weight)
    worst = Verdict.worst([judgement.verdict for judgement in judgements])
    decisive = min((each for each in judgements if each.verdict is worst), key=weight, default=None)
    if decisive and (worst is not Verdict.NOT_RUN or weight(decisive) <= weight(best)):
        best = replace(best, verdict=worst, reason=decisive.reason, cause=decisive.cause)
    checks = dict.fromkeys(check for clause in selected for check in clause.checks)
    return replace(best, checks=tuple(checks), reason=_contradiction(said) or best.reason)


def weight(said: ClauseReport | Judgement) -> tuple[int, bool]:
    """The less, the more it counts; of two reasons for not running, the one that leaves no gap."""
    return _ORDER.index(said.verdict), said.cause is not None and said.cause.leaves_gap


def _contradiction(said: Sequence[ClauseReport]) -> str | None:
    """A sentence, where parts that judged a clause disagree."""
    verdicts = {number: clause.verdict for number, clause in enumerate(said, start=1) if clause.exercised}
    if len(set(verdicts.values())) < 2:
        return None
    parts = ", ".join(f"{verdict} in part {number}" for number, verdict in verdicts.items())
    return f"{said[0].id}: {parts}"


def _merge_runs(parts: Sequence[Report], clauses: Sequence[ClauseReport]) -> RunReport:
    runs = [part.run for part in parts]
    ending, reason = _ending(parts, clauses)
    limits = [run.max_executions for run in runs if run.max_executions is not None]
    ends = [run.finished for run in runs if run.finished is not None]
    everything = any(not run.prefixes for run in runs)
    return RunReport(
        started=min(run.started for run in runs),
        nonce="+".join(run.nonce for run in runs),
        seed=runs[0].seed,
        workers=sum(run.workers for run in runs),
        suites=_united(run.suites for run in runs),
        prefixes=() if everything else _united(run.prefixes for run in runs),
        strict=runs[0].strict,
        max_executions=sum(limits) if len(limits) == len(runs) else None,
        sdk="; ".join(dict.fromkeys(run.sdk for run in runs if run.sdk)) or None,
        provisioned=tuple(each for run in runs for each in run.provisioned),
        finished=max(ends) if len(ends) == len(runs) else None,
        seconds=sum(run.seconds or 0.0 for run in runs),
        ending=ending,
        reason=reason,
        reruns=tuple(rerun for run in runs for rerun in run.reruns),
    )


def _ending(parts: Sequence[Report], clauses: Sequence[ClauseReport]) -> tuple[Ending, str | None]:
    """Completed, unless a part was cut short and what it left undone was done by no other."""
    left = [clause for clause in clauses if clause.cause is Cause.INTERRUPTED]
    for number, part in enumerate(parts, start=1):
        if left and part.run.ending is not Ending.COMPLETED:
            return part.run.ending, f"part {number}: {part.run.reason or part.run.ending}"
    kept = (
        f"part {number}: {part.run.reason}"
        for number, part in enumerate(parts, start=1)
        if part.run.reason and part.run.ending is Ending.COMPLETED
    )
    inconclusive = any(clause.verdict is Verdict.INCONCLUSIVE for clause in clauses)
    return Ending.COMPLETED, next(kept, None) if inconclusive else None


def _merge_targets(parts: Sequence[Report]) -> TargetInfo:
    targets = [part.target for part in parts]
    return TargetInfo(
        name=", ".join(_united((target.name,) for target in targets)),
        endpoint=", ".join(_united((target.endpoint,) for target in targets)),
        region=targets[0].region,
        pipelines=_united(target.pipelines for target in targets),
        reference=targets[0].reference,
    )


def _checks(parts: Sequence[Report]) -> Iterator[CheckReport]:
    by_id: dict[str, list[CheckReport]] = {}
    for part in parts:
        for check in part.checks:
            by_id.setdefault(check.id, []).append(check)
    return map(_merge_check, by_id.values())


def _merge_check(made: Sequence[CheckReport]) -> CheckReport:
    said = [judgement for check in made for judgement in check.judgements]
    best = [min(group, key=weight) for group in _by_clause(said).values()]
    return replace(
        made[0],
        verdict=Verdict.worst([judgement.verdict for judgement in best]),
        judgements=tuple(best),
        failures=tuple(failure for check in made for failure in check.failures),
        notes=_united(check.notes for check in made),
        executions=sum(check.executions for check in made),
        seconds=sum(check.seconds for check in made),
        deselected=all(check.deselected for check in made),
    )


def _by_clause(judgements: Iterable[Judgement]) -> Mapping[str, Sequence[Judgement]]:
    groups: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        groups.setdefault(judgement.clause, []).append(judgement)
    return groups


def _executions(parts: Iterable[Report]) -> Iterator[Execution]:
    """Each image once: parts on one target may have named the same."""
    listed = set()
    for part in parts:
        for execution in part.executions:
            if execution.image is None or execution.image not in listed:
                listed.add(execution.image)
                yield execution


def _numbered(part: Report, number: str) -> Report:
    """A part whose exchanges carry its number in front, so that they can't be taken for those of another."""
    return replace(
        part,
        exchanges=tuple(replace(row, id=f"{number}{row.id}") for row in part.exchanges),
        executions=tuple(replace(each, exchange=f"{number}{each.exchange}") for each in part.executions),
        checks=tuple(
            replace(
                check,
                failures=tuple(
                    replace(
                        failure,
                        exchanges=tuple(structs.replace(each, id=f"{number}{each.id}") for each in failure.exchanges),
                    )
                    for failure in check.failures
                ),
            )
            for check in part.checks
        ),
    )


def _united(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))


def _digest(report: Report, clauses: Iterable[ClauseReport], checks: Iterable[CheckReport]) -> str:
    return selection_digest(
        report.suite.version,
        load_contract(report.suite.contract),
        [clause.id for clause in clauses if clause.selected],
        [check.id for check in checks if check.deselected],
    )
