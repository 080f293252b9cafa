"""The clauses as the header of an event stream announces them."""

from collections.abc import Container, Iterator

from imagebuilder_reports.events import ClauseInfo
from imagebuilder_spec import Contract


def clause_infos(contract: Contract, selected: Container[str]) -> Iterator[ClauseInfo]:
    """Every clause of the contract, and whether it is among the selected ones."""
    for clause in contract.clauses.values():
        yield ClauseInfo(
            id=clause.id,
            level=clause.level,
            evidence=clause.evidence,
            activity=clause.activity,
            suite=clause.suite,
            statement=clause.statement,
            source=clause.source,
            condition=clause.condition,
            counts=clause.counts,
            selected=clause.id in selected,
        )
