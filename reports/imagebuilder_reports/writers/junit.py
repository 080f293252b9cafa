"""`junit.xml`, in the dialect xunit2: a clause is a test case, its area the class.

Readers differ on a case with two failures, on a text without a message and on a case that is red in a green job. So a
case has one outcome at most, whose text says what its message says; and it is red if, and only if, it is a reason for
the exit code: that of the gate where there is a baseline, else that of the verdict. docs/junit.md has the readers.
The dialect's schema knows no element `error`, so that an error is a `failure` of the type `error`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from imagebuilder_reports.conclusion import is_broken, leaves_gap
from imagebuilder_reports.gate import GateItem, GateVerdict
from imagebuilder_reports.legible import plural, printable, shown
from imagebuilder_reports.model import ClauseReport, Report
from imagebuilder_reports.overview import Broken, broken_promises
from imagebuilder_reports.verdicts import RunVerdict, Verdict
from imagebuilder_reports.writers.gate_forms import observed

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
_SUITE = "imagebuilder-conformance"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is said of a case beside that it passed: a failure of a kind, or, without one, why it is skipped."""

    message: str
    text: str
    kind: str | None = None


def render_junit(report: Report) -> str:
    """The report as JUnit XML. What is missing is a failed case of its own, so that no reader sees only green."""
    cases = [*_clauses(report), *_of_no_clause(report), *_incomplete(report)]
    root = ET.Element("testsuites")
    suite = ET.SubElement(root, "testsuite", _attributes(report, cases))
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report).items():
        ET.SubElement(properties, "property", _legible(name=name, value=value))
    suite.extend(cases)
    ET.indent(root)
    return f"{_DECLARATION}\n{ET.tostring(root, encoding='unicode')}\n"


def _clauses(report: Report) -> Iterable[ET.Element]:
    broken = broken_promises(report)
    seconds = _seconds(report)
    items = report.gate.items if report.gate else ()
    for clause in report.clauses:
        if clause.selected:
            own = [each for each in broken if each.clause is clause]
            judged = [item for item in items if item.divergence.clause == clause.id]
            outcome = _gated(clause, own, judged, report) if report.gate else _outcome(clause, own, report)
            yield _case(clause.area, clause.id, outcome, seconds.get(clause.id, 0.0))


def _outcome(clause: ClauseReport, broken: Sequence[Broken], report: Report) -> _Outcome | None:
    """What the verdict makes of a clause."""
    reason = clause.reason or clause.verdict
    if is_broken(clause, strict=report.run.strict):
        return _failure(clause, broken) if broken else _Outcome(reason, clause.statement, clause.verdict)
    match clause.verdict:
        case Verdict.WARNED | Verdict.FAILED:
            # A recommendation is no reason to fail, and would not be seen in a case that passed.
            failure = _failure(clause, broken)
            return _Outcome(f"{clause.level} not kept: {failure.message}", failure.text)
        case Verdict.ERROR if leaves_gap(clause):
            return _Outcome(reason, clause.statement, clause.verdict)
        case Verdict.ERROR | Verdict.INCONCLUSIVE | Verdict.NOT_RUN:
            return _Outcome(f"{clause.verdict}: {reason}", clause.statement)
    return None


def _gated(
    clause: ClauseReport, broken: Sequence[Broken], items: Sequence[GateItem], report: Report
) -> _Outcome | None:
    """What the gate makes of a clause: news fails, and what is known is skipped."""
    plain = _outcome(clause, broken, report)
    if news := [item for item in items if item.standing.fails]:
        text = "\n\n".join([*map(_news, news), *([plain.text] if plain else [])])
        return _Outcome("; ".join(f"{item.standing}: {observed(item.divergence)}" for item in news), text, "baseline")
    known = [item for item in items if item.standing.holds]
    if plain and known:
        reasons = "; ".join(item.reason for item in known if item.reason)
        return _Outcome(f"known: {reasons}", plain.text)
    return plain


def _news(item: GateItem) -> str:
    return "\n".join(
        part
        for part in (f"{item.standing}: {observed(item.divergence)}", shown(item.reason or ""), item.advice)
        if part
    )


def _failure(clause: ClauseReport, broken: Sequence[Broken]) -> _Outcome:
    """All that broke a clause, as one failure."""
    if not broken:
        return _Outcome(clause.reason or clause.verdict, clause.statement)
    first, *others = [each.failure for each in broken]
    more = f" (and {plural(len(others), 'failure')} more)" if others else ""
    text = "\n\n".join([shown(clause.statement), *map(_describe, broken)])
    return _Outcome(f"{first.title}{more}", text, first.code)


def _describe(broken: Broken) -> str:
    failure = broken.failure
    lines = [
        failure.title,
        f"expected: {failure.expected}",
        f"received: {failure.received}",
        f"hint: {failure.hint}",
        *([f"note: {failure.remark}"] if failure.remark else []),
        f"check: {broken.check.id}",
    ]
    return "\n".join(map(shown, lines))


def _of_no_clause(report: Report) -> Iterator[ET.Element]:
    """A case for each entry that fails the gate and whose clause has no case of its own."""
    selected = {clause.id for clause in report.clauses if clause.selected}
    for item in report.gate.items if report.gate else ():
        if item.standing.fails and item.divergence.clause not in selected:
            outcome = _Outcome(f"{item.standing}: {observed(item.divergence)}", _news(item), "baseline")
            yield _case("baseline", item.divergence.clause, outcome, 0.0)


def _incomplete(report: Report) -> Iterator[ET.Element]:
    """The case of a run, or a gate, that has no verdict."""
    said = report.gate or report
    incomplete = said.verdict in {RunVerdict.INCOMPLETE, GateVerdict.INCOMPLETE}
    sentence = report.gate.sentence if report.gate else report.verdict_sentence
    if incomplete:
        outcome = _Outcome(sentence, "A run that is incomplete proves nothing.", "incomplete")
        yield _case("run", "run.complete", outcome, 0.0)


def _seconds(report: Report) -> dict[str, float]:
    """How long each clause took: a check's time is shared evenly among what it judged."""
    taken: dict[str, float] = {}
    for check in report.checks:
        for judgement in check.judgements:
            taken[judgement.clause] = taken.get(judgement.clause, 0.0) + check.seconds / len(check.judgements)
    return taken


def _case(area: str, name: str, outcome: _Outcome | None, seconds: float) -> ET.Element:
    case = ET.Element("testcase", _legible(classname=area, name=name, time=f"{seconds:.3f}"))
    if outcome is not None:
        kind = {} if outcome.kind is None else {"type": outcome.kind}
        tag = "skipped" if outcome.kind is None else "failure"
        element = ET.SubElement(case, tag, _legible(message=" ".join(outcome.message.split()), **kind))
        # GitLab shows the text alone.
        element.text = printable(f"{shown(outcome.message)}\n\n{outcome.text}")
    return case


def _legible(**attributes: str) -> dict[str, str]:
    """Attributes of a length that can be read, without the characters that XML can't hold."""
    return {name: shown(value) for name, value in attributes.items()}


def _attributes(report: Report, cases: Sequence[ET.Element]) -> dict[str, str]:
    taken = {} if report.run.seconds is None else {"time": f"{report.run.seconds:.3f}"}
    return _legible(
        name=_SUITE,
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors="0",
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        timestamp=report.run.started,
        hostname=report.target.name,
        **taken,
    )


def _properties(report: Report) -> dict[str, str]:
    return {
        "verdict": report.verdict_sentence,
        "endpoint": report.target.endpoint,
        "contract": report.suite.contract,
        "digest": report.suite.digest,
        **({"gate": report.gate.sentence} if report.gate else {}),
    }
