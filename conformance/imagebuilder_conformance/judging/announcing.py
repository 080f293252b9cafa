"""The header of an event stream: of a run, an audit or a soak."""

from collections.abc import Collection, Iterable
from importlib.metadata import version

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.oracles.passive import PassiveCheck
from imagebuilder_conformance.target import Target
from imagebuilder_reports.digest import selection_digest
from imagebuilder_reports.events import CheckInfo, ClauseInfo, Header, RunInfo, SuiteInfo, TargetInfo
from imagebuilder_spec import Clause, Contract


def announce(
    contract: Contract,
    target: TargetInfo,
    run: RunInfo,
    *,
    clauses: Collection[str],
    checks: Iterable[Check] = (),
    deselected: Iterable[Check] = (),
    passive: Iterable[PassiveCheck],
) -> Header:
    """The header: every clause of the contract, those selected marked so, and the checks, the passive ones last.

    `deselected` are checks of selected clauses that are not going to be made.
    """
    suite = version("imagebuilder-conformance")
    left_out = tuple(deselected)
    digest = selection_digest(suite, contract, clauses, [each.id for each in left_out])
    return Header(
        suite=SuiteInfo(suite, contract.revision, digest),
        target=target,
        run=run,
        clauses=tuple(_clause_info(clause, selected=clause.id in clauses) for clause in contract.clauses.values()),
        checks=(
            *(CheckInfo(each.id, each.clauses, each.law, each.executions) for each in checks),
            *(CheckInfo(each.id, each.clauses, each.law, each.executions, deselected=True) for each in left_out),
            *(CheckInfo(each.id, each.clauses, each.law, executions=0) for each in passive),
        ),
    )


def target_info(target: Target) -> TargetInfo:
    """A target as the header tells of it, without its secrets."""
    return TargetInfo(target.name, target.endpoint, target.region, target.pipelines, target.reference)


def _clause_info(clause: Clause, *, selected: bool) -> ClauseInfo:
    return ClauseInfo(
        id=clause.id,
        level=clause.level,
        evidence=clause.evidence,
        activity=clause.activity,
        suite=clause.suite,
        statement=clause.statement,
        source=clause.source,
        condition=clause.condition,
        counts=clause.counts,
        selected=selected,
    )
