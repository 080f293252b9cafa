"""`junit.xml`, in the dialect xunit2: a clause is a test case, its area the class.

The dialect's schema knows no element `error`, so that an error is a `failure` of the type `error`.
"""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from imagebuilder_reports.legible import printable
from imagebuilder_reports.model import ClauseReport, Report
from imagebuilder_reports.overview import Broken, broken_promises
from imagebuilder_reports.verdicts import RunVerdict, Verdict

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
_SUITE = "imagebuilder-conformance"


def render_junit(report: Report) -> str:
    """The report as JUnit XML. An incomplete run is a failed case of its own, so that no reader sees only green."""
    cases = [*_clauses(report), *_incomplete(report)]
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
    for clause in report.clauses:
        if clause.selected:
            yield _case(clause, [each for each in broken if each.clause is clause])


def _case(clause: ClauseReport, broken: Sequence[Broken]) -> ET.Element:
    element = ET.Element("testcase", _legible(classname=clause.area, name=clause.id))
    reason = clause.reason or clause.verdict
    match clause.verdict:
        case Verdict.FAILED if broken:
            for each in broken:
                _put(element, "failure", each.failure.title, _describe(each), type=each.failure.code)
        case Verdict.FAILED | Verdict.ERROR:
            _put(element, "failure", reason, clause.statement, type=clause.verdict)
        case Verdict.INCONCLUSIVE | Verdict.NOT_RUN:
            _put(element, "skipped", f"{clause.verdict}: {reason}", clause.statement)
        case Verdict.WARNED:
            ET.SubElement(element, "system-out").text = printable("\n\n".join(map(_describe, broken)))
    return element


def _describe(broken: Broken) -> str:
    failure = broken.failure
    lines = [
        broken.clause.statement,
        f"expected: {failure.expected}",
        f"received: {failure.received}",
        f"hint: {failure.hint}",
        *([f"note: {failure.remark}"] if failure.remark else []),
        f"check: {broken.check.id}",
    ]
    return "\n".join(lines)


def _incomplete(report: Report) -> Iterable[ET.Element]:
    if report.verdict is RunVerdict.INCOMPLETE:
        case = ET.Element("testcase", classname="run", name="run.complete")
        _put(case, "failure", report.verdict_sentence, "A run that is incomplete proves nothing.", type="incomplete")
        yield case


def _put(case: ET.Element, tag: str, message: str, text: str, **attributes: str) -> None:
    ET.SubElement(case, tag, _legible(message=message, **attributes)).text = printable(text)


def _legible(**attributes: str) -> dict[str, str]:
    """Attributes without the characters that XML can't hold."""
    return {name: printable(value) for name, value in attributes.items()}


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
    }
