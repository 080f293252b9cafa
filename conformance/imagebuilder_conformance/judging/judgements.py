"""From the findings of a check to its judgements: one verdict for each of its clauses."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.oracles import excuses
from imagebuilder_conformance.oracles.findings import Excused, Failure, Finding, Held, Tally, failures
from imagebuilder_conformance.oracles.passive import PassiveCheck
from imagebuilder_reports.events import CheckFinished, FailureRecord, Judgement
from imagebuilder_reports.verdicts import Cause, Verdict
from imagebuilder_spec import Contract, Level

Rest = tuple[Verdict, str, Cause | None]
"""The verdict on a clause that was not judged, the reason, and the cause where it was not run."""


def finished(
    check: Check | PassiveCheck,
    findings: Iterable[Finding],
    contract: Contract,
    redactor: Redactor,
    *,
    rest: Rest,
    set_aside: Mapping[str, Rest] = MappingProxyType({}),
) -> CheckFinished:
    """The event of a check that found this; what it says is free of secrets, which a target may have quoted."""
    found = list(findings)
    judgements = judge(check.clauses, found, contract, set_aside=set_aside, rest=rest)
    return CheckFinished(
        id=check.id,
        judgements=tuple(replace(each, reason=redactor.optional(each.reason)) for each in judgements),
        failures=failure_records(found, redactor, contract),
    )


def judge(
    clauses: Iterable[str],
    findings: Iterable[Finding],
    contract: Contract,
    *,
    set_aside: Mapping[str, Rest],
    rest: Rest,
) -> tuple[Judgement, ...]:
    """The judgements on `clauses`: broken if anything broke them, else kept if anything showed that they are.

    A clause of which nothing was found has the verdict of `set_aside`. Else it is inconclusive if its answers were
    excused, and has the verdict of `rest` if not.
    """
    found = list(findings)
    broken = {finding.clause for finding in found if isinstance(finding, Failure)}
    held = {finding.clause for finding in found if isinstance(finding, Held)}
    excused: dict[str, Rest] = {
        finding.clause: (Verdict.INCONCLUSIVE, excuses.reason(finding.exchange) or str(finding.exchange), None)
        for finding in reversed(found)
        if isinstance(finding, Excused)
    }
    judgements = []
    for clause in clauses:
        if clause in broken:
            must = contract.clauses[clause].level is Level.MUST
            judgements.append(Judgement(clause, Verdict.FAILED if must else Verdict.WARNED))
        elif clause in held:
            judgements.append(Judgement(clause, Verdict.PASSED))
        else:
            verdict, reason, cause = set_aside.get(clause) or excused.get(clause, rest)
            judgements.append(Judgement(clause, verdict, reason, cause))
    return tuple(judgements)


def failure_records(findings: Iterable[Finding], redactor: Redactor, contract: Contract) -> tuple[FailureRecord, ...]:
    """The failures for the report: of each rule broken on a clause, the smallest example that no revision allows.

    Where another revision allows every example, the record names it.
    """
    return tuple(
        FailureRecord(
            clause=failure.clause,
            code=failure.code,
            title=failure.title,
            expected=redactor.text(failure.expected),
            received=redactor.text(failure.received),
            hint=failure.hint,
            allowed_by=failure.allowed_elsewhere(contract),
            exchanges=tuple(record(exchange, redactor) for exchange in failure.exchanges),
        )
        for failure in failures(Tally(findings))
    )
